import { Bucket } from '../../../engine/nats/bucket.ts'
import { OneTimeCodes } from '../../gateway/identity/one-time-codes.ts'
import { SignOuts } from '../../gateway/identity/sign-outs.ts'
import { variablesOf } from '../../settings/settings.ts'
import { command, UsageError } from '../shell/command.ts'
import { withTopology } from '../shell/connect-to-running.ts'

export default command({
  usage: `
Usage: frontdesk sign-out --all

Ends every sign-in of agents, administrators and engineers on all gateways: cookies and copies of them are refused,
desks and streams are closed, and links that were not used yet sign nobody in. Whoever may still sign in does so again.
A JWT of the identity provider that a program sends with each request stays valid until it expires.

Options:
  --all       every sign-in; needed, for there is no other
  -h, --help  show this help

Example:
  npx frontdesk sign-out --all
`,
  options: { all: { type: 'boolean' } },
  environment: variablesOf.topology,
  async run({ values, positionals }) {
    if (positionals.length > 0) throw new UsageError('sign-out takes no arguments')
    if (!values.all) throw new UsageError('sign-out needs --all')
    await withTopology('sign-out', async (nats) => {
      const bucket = new Bucket(nats, 'secrets')
      await new OneTimeCodes(bucket).discard()
      const signOuts = await SignOuts.open(bucket)
      await signOuts.endAll()
      signOuts.stop()
      process.stdout.write('all signed out\n')
    })
    return 0
  },
})
