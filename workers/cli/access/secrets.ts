import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { Bucket } from '../../../engine/nats/bucket.ts'
import type { Nats } from '../../../engine/nats/connect.ts'
import {
  ApiSecrets,
  apiSecretLengthMax,
  apiSecretLengthMin,
  apiSecretsMax,
} from '../../calls/client/api-secrets.ts'
import { variablesOf } from '../../settings/settings.ts'
import { note } from '../shell/audit.ts'
import { command, UsageError } from '../shell/command.ts'
import { withTopology } from '../shell/connect-to-running.ts'
import { jsonText } from '../shell/json.ts'

export default command({
  usage: `
Usage: frontdesk secrets list
       frontdesk secrets set <name>
       frontdesk secrets delete <name>

Manages the secrets that bots send to APIs. {{secret.<name>}} in a header of a step is replaced by its value when
the call is made; the value is in no record, no log and no answer.

  list    print all as JSON, without their values
  set     store a value from standard input, one line of ASCII; at a terminal it is asked for without echo.
          Replaces the secret of this name from the next call on
  delete  delete a secret; calls that need it fail

At most ${apiSecretsMax}, of ${apiSecretLengthMin} to ${apiSecretLengthMax} characters.

Options:
  -h, --help  show this help

Examples:
  npx frontdesk secrets set shop
  npx frontdesk secrets set shop < shop-token.txt
`,
  options: {},
  environment: variablesOf.topology,
  async run({ positionals }) {
    const [action, ...rest] = positionals
    const [name = ''] = rest
    switch (action) {
      case 'list':
        if (rest.length > 0) throw new UsageError('secrets list takes nothing more')
        await withSecrets(async (secrets) => {
          process.stdout.write(`${jsonText(await secrets.list(), 2)}\n`)
        })
        return 0
      case 'set': {
        if (rest.length !== 1) throw new UsageError('secrets set takes a name; the value is read')
        const value = await readValue(name)
        await withSecrets((secrets, nats) =>
          secrets.set(name, value, () => note(nats, 'secretSet', { kind: 'secret', id: name })),
        )
        process.stdout.write(`${name} set\n`)
        return 0
      }
      case 'delete':
        if (rest.length !== 1) throw new UsageError('secrets delete takes the name of a secret')
        await withSecrets(async (secrets, nats) => {
          if (!(await secrets.list()).some((secret) => secret.name === name))
            throw new Error(`there is no secret ${name}`)
          await note(nats, 'secretDeleted', { kind: 'secret', id: name })
          await secrets.delete(name)
        })
        process.stdout.write(`${name} deleted\n`)
        return 0
      case undefined:
        throw new UsageError('secrets needs to be told what to do: list, set or delete')
      default:
        throw new UsageError(`secrets has no ${action}`)
    }
  },
})

/** Not as an argument: those are in the shell's history, and every user of the machine sees them. */
async function readValue(name: string): Promise<string> {
  const { stdin, stderr } = process
  if (!stdin.isTTY) return (await text(stdin)).replace(/\r?\n$/, '')
  stderr.write(`${name}: `)
  // The terminal is told to show nothing, and what readline would show goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const readline = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0 })
  try {
    return await new Promise((resolve, reject) => {
      readline.once('line', resolve)
      readline.once('close', () => reject(new Error('nothing was typed')))
    })
  } finally {
    readline.close()
    stderr.write('\n')
  }
}

function withSecrets(use: (secrets: ApiSecrets, nats: Nats) => Promise<void>): Promise<void> {
  return withTopology('secrets', (nats) => use(new ApiSecrets(new Bucket(nats, 'apiSecrets')), nats))
}
