import { Bucket } from '../../../engine/nats/bucket.ts'
import { CustomerKeys } from '../../gateway/identity/customer-keys.ts'
import { variablesOf } from '../../settings/settings.ts'
import { command, UsageError } from '../shell/command.ts'
import { withTopology } from '../shell/connect-to-running.ts'
import { stderrLogger } from '../shell/logger.ts'

export default command({
  usage: `
Usage: frontdesk keys list
       frontdesk keys create <name>
       frontdesk keys revoke <kid>

The keys by which your own server signs who its users are, for the widget's login: JWTs, HS256, with the key's
id as \`kid\` in the header and the secret's text, as it stands, as the key. Several may be in use at once: create
the next one, change over, revoke the old one.

  list    all keys as JSON, without their secrets.
  create  a key as JSON. Its secret is shown this once: put it where your server reads it.
  revoke  one key. What is signed with it is refused from now on.

Options:
  -h, --help  this

Examples:
  npx frontdesk keys create "Web shop"
  npx frontdesk keys revoke 3f2b8c6d9e01a475
`,
  options: {},
  environment: variablesOf.topology,
  async run({ positionals }) {
    const [action, ...rest] = positionals
    const [given = ''] = rest
    switch (action) {
      case 'list':
        if (rest.length > 0) throw new UsageError('keys list takes nothing more')
        await withKeys(async (keys) => print(await keys.list()))
        return 0
      case 'create':
        if (rest.length !== 1) throw new UsageError('keys create takes a name')
        await withKeys(async (keys) => print(await keys.create(given)))
        return 0
      case 'revoke':
        if (rest.length !== 1) throw new UsageError('keys revoke takes the kid of a key')
        await withKeys(async (keys) => {
          if (!(await keys.revoke(given))) throw new Error(`there is no key ${given}`)
          process.stdout.write(`${given} revoked\n`)
        })
        return 0
      case undefined:
        throw new UsageError('keys needs to be told what to do: list, create or revoke')
      default:
        throw new UsageError(`keys has no ${action}`)
    }
  },
})

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

async function withKeys(use: (keys: CustomerKeys) => Promise<void>): Promise<void> {
  await withTopology('keys', async (nats, { logLevel }) => {
    const keys = await CustomerKeys.open(new Bucket(nats, 'secrets'), stderrLogger(logLevel))
    await use(keys)
    keys.stop()
  })
}
