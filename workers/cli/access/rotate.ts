import { Duration } from 'luxon'
import { Bucket } from '../../../engine/nats/bucket.ts'
import { keptDaysDefault, SigningKeys } from '../../gateway/identity/signing-keys.ts'
import { rotatePasswords } from '../../nats-server/embedded/rotate-passwords.ts'
import { variablesOf } from '../../settings/settings.ts'
import { note } from '../shell/audit.ts'
import { command, UsageError } from '../shell/command.ts'
import { withTopology } from '../shell/connect-to-running.ts'
import { stderrLogger } from '../shell/logger.ts'

export default command({
  usage: `
Usage: frontdesk rotate signing-key [--keep <duration>]
       frontdesk rotate passwords

Replaces a secret of frontdesk's own while everything runs. No secret is printed.

  signing-key  what the gateways sign customers' sessions and the sign-ins of staff with. The new key signs from a
               minute on, the former ones verify until --keep is over: nobody is signed out. With --keep PT0S, for a
               key that others know, they verify nothing at once, and everybody signs in again
  passwords    those of all users of the embedded NATS server. Connections are closed and opened again with the new
               passwords, which frontdesk's programs read in the data folder; a program of yours that has the URL of
               the ready line needs the new one. The passwords of a server of your own are changed there

Options:
  --keep <duration>  how long former keys verify: an ISO 8601 duration; default P${keptDaysDefault}D, longer than a session lasts
  -h, --help         show this help

Examples:
  npx frontdesk rotate signing-key
  npx frontdesk rotate signing-key --keep PT0S
  npx frontdesk rotate passwords
`,
  options: { keep: { type: 'string' } },
  environment: variablesOf.topology,
  async run({ values: { keep }, positionals }) {
    if (positionals.length !== 1) throw new UsageError('rotate takes one of signing-key and passwords')
    switch (positionals[0]) {
      case 'signing-key': {
        const keptMs = millisecondsOf(keep ?? `P${keptDaysDefault}D`)
        await withTopology('rotate', async (nats, { logLevel }) => {
          const keys = await SigningKeys.open(new Bucket(nats, 'secrets'), stderrLogger(logLevel))
          await note(nats, 'rotated', { kind: 'secret', id: 'signing-key' })
          const { from, until } = await keys.rotate(keptMs)
          keys.stop()
          process.stdout.write(
            `signing-key rotated: the new one signs from ${iso(from)} on, the former ones verify until ${iso(until)}\n`,
          )
        })
        return 0
      }
      case 'passwords':
        if (keep !== undefined) throw new UsageError('--keep is of signing-key only')
        await withTopology('rotate', async (nats, { natsUrl, data }) => {
          if (natsUrl !== undefined)
            throw new Error(
              'NATS_URL names a server of your own: change its passwords there; the README of workers/nats-server has the steps',
            )
          await note(nats, 'rotated', { kind: 'secret', id: 'passwords' })
          await rotatePasswords(data)
          process.stdout.write('passwords rotated\n')
        })
        return 0
      default:
        throw new UsageError(`rotate knows no ${positionals[0]}: signing-key or passwords`)
    }
  },
})

const iso = (at: number) => new Date(at).toISOString()

function millisecondsOf(keep: string): number {
  const duration = Duration.fromISO(keep)
  if (!duration.isValid || duration.toMillis() < 0)
    throw new UsageError('--keep is not an ISO 8601 duration such as P31D')
  return duration.toMillis()
}
