import { Bucket } from '../../../engine/nats/bucket.ts'
import type { Nats } from '../../../engine/nats/connect.ts'
import { CustomerKeys } from '../../gateway/identity/customer-keys.ts'
import { variablesOf } from '../../settings/settings.ts'
import { note } from '../shell/audit.ts'
import { command, UsageError } from '../shell/command.ts'
import { withTopology } from '../shell/connect-to-running.ts'
import { jsonText } from '../shell/json.ts'
import { stderrLogger } from '../shell/logger.ts'
import { answerSecret } from '../shell/secret-answer.ts'

export default command({
  usage: `
Usage: frontdesk keys list
       frontdesk keys create <name> [--file <path>]
       frontdesk keys revoke <kid>

Manages the keys with which your server signs the logins of its users in the widget: JWTs with HS256, the key's id
as \`kid\` in the header, and the secret's text, undecoded, as the key. Several keys may be in use: to rotate, create
the next one, switch to it, and revoke the old one.

  list    print all keys as JSON, without their secrets
  create  print a new key as JSON; its secret is shown only once: store it where your server reads it
  revoke  revoke a key; logins signed with it are refused from now on, and the sessions that they opened end

Options:
  --file <path>  with create: write the key to a new file that only you can read, and print the file's path
  -h, --help     show this help

Examples:
  npx frontdesk keys create "Web shop"
  npx frontdesk keys revoke 3f2b8c6d9e01a475
`,
  options: { file: { type: 'string' } },
  environment: variablesOf.topology,
  async run({ values: { file }, positionals }) {
    const [action, ...rest] = positionals
    const [given = ''] = rest
    if (file !== undefined && action !== 'create') throw new UsageError('--file is of keys create only')
    switch (action) {
      case 'list':
        if (rest.length > 0) throw new UsageError('keys list takes nothing more')
        await withKeys(async (keys) => print(await keys.list()))
        return 0
      case 'create':
        if (rest.length !== 1) throw new UsageError('keys create takes a name')
        await withKeys(async (keys, nats) => {
          await answerSecret(file, async () => {
            const created = await keys.create(given)
            // Nobody has it yet.
            await note(nats, 'keyMade', { kind: 'key', id: created.kid })
            return `${jsonText(created, 2)}\n`
          })
        })
        return 0
      case 'revoke':
        if (rest.length !== 1) throw new UsageError('keys revoke takes the kid of a key')
        await withKeys(async (keys, nats) => {
          if (!(await keys.list()).some(({ kid }) => kid === given))
            throw new Error(`there is no key ${given}`)
          await note(nats, 'keyRevoked', { kind: 'key', id: given })
          await keys.revoke(given)
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
  process.stdout.write(`${jsonText(value, 2)}\n`)
}

async function withKeys(use: (keys: CustomerKeys, nats: Nats) => Promise<void>): Promise<void> {
  await withTopology('keys', async (nats, { logLevel }) => {
    const keys = await CustomerKeys.open(new Bucket(nats, 'secrets'), stderrLogger(logLevel))
    await use(keys, nats)
    keys.stop()
  })
}
