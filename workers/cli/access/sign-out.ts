import { Bucket } from '../../../engine/nats/bucket.ts'
import { OneTimeCodes } from '../../gateway/identity/one-time-codes.ts'
import { SignOuts } from '../../gateway/identity/sign-outs.ts'
import { variablesOf } from '../../settings/settings.ts'
import { note } from '../shell/audit.ts'
import { command, UsageError } from '../shell/command.ts'
import { withTopology } from '../shell/connect-to-running.ts'

export default command({
  usage: `
Usage: frontdesk sign-out <id>|--all

Ends every sign-in of agents, administrators and engineers on all gateways, or those of one person, by their id: cookies
and copies of them are refused, desks and streams are closed; with --all, links that were not used yet sign nobody in.
Whoever may still sign in does so again. A JWT of the identity provider that a program sends with each request stays valid until it expires.

Options:
  --all       every sign-in
  -h, --help  show this help

Example:
  npx frontdesk sign-out --all
`,
  options: { all: { type: 'boolean' } },
  environment: variablesOf.topology,
  async run({ values, positionals }) {
    const [id] = positionals
    if (positionals.length > 1 || (id === undefined) !== (values.all === true) || id === '')
      throw new UsageError('sign-out takes the id of a person, or --all')
    await withTopology('sign-out', async (nats) => {
      const bucket = new Bucket(nats, 'secrets')
      await note(nats, 'signedOut', { kind: 'person', id: id ?? '*' })
      if (id === undefined) await new OneTimeCodes(bucket).discard()
      const signOuts = await SignOuts.open(bucket)
      await (id === undefined ? signOuts.endAll() : signOuts.endOf(id))
      signOuts.stop()
      process.stdout.write(`${id ?? 'all'} signed out\n`)
    })
    return 0
  },
})
