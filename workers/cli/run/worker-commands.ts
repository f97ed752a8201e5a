import { readSettings, variablesOf } from '../../settings/settings.ts'
import type { Variable } from '../../settings/variable.ts'
import { type AnyCommand, command, UsageError } from '../shell/command.ts'
import { runningNats } from '../shell/connect-to-running.ts'
import { stderrLogger } from '../shell/logger.ts'
import { untilStopped } from './lifetime.ts'
import { type Role, runWorker } from './run-worker.ts'
import { startMonitoring } from './start-monitoring.ts'

export const engine = workerCommand(
  'engine',
  variablesOf.engine,
  `
Applies incoming events to their conversations. Several engines on one NATS share the work; a silent one is replaced
within a few seconds.

Your own machines (FRONTDESK_MACHINES) are checked first: if conversations run one that is missing, or that has
changed under its version, the engine names it, counts its conversations, and exits.
`,
  'NATS_URL=nats://127.0.0.1:4222',
)

export const notifier = workerCommand(
  'notifier',
  variablesOf.notifier,
  `
Routes requests to agents, publishes who is there and the places in the queues, and has conversations erased that are
older than the retention of their channel. One notifier is active at a time; others stand by. Each of them answers the
inspector's searches, which takes some 420 bytes of memory for each conversation while engineers use it.
`,
  'NATS_URL=nats://127.0.0.1:4222',
)

export const caller = workerCommand(
  'caller',
  variablesOf.caller,
  `
Calls APIs for bots, at the hosts in FRONTDESK_API_HOSTS only; by default at none. Several callers on one NATS share
the work: if one stops, another repeats its calls within a few seconds.
`,
  'FRONTDESK_API_HOSTS=api.example.com,10.0.0.7:8080',
)

export const mailer = workerCommand(
  'mailer',
  variablesOf.mailer,
  `
Sends e-mails to customers who have left when an agent answers, to an address that they have given. Needs
FRONTDESK_SMTP_URL, FRONTDESK_MAIL_FROM and FRONTDESK_PUBLIC_URL. Several mailers on one NATS share the work.
`,
  'FRONTDESK_SMTP_URL=smtps://user:password@mail.example.com FRONTDESK_MAIL_FROM=chat@example.com FRONTDESK_PUBLIC_URL=https://chat.example.com',
)

/**
 * The command that runs one worker as the whole process, until it is stopped.
 *
 * @param about its explanation, for `--help`
 */
function workerCommand(
  role: Role,
  environment: readonly Variable[],
  about: string,
  example: string,
): AnyCommand {
  return command({
    usage: `
Usage: frontdesk ${role}

${about.trim()}

Connects to the NATS of NATS_URL, or to the running one of the data folder, and waits up to 10 seconds for it.
Logs to standard error, also when it is ready. Runs until SIGTERM or SIGINT.

Options:
  -h, --help  show this help

Example:
  ${example} npx frontdesk ${role}
`,
    options: {},
    environment,
    async run({ positionals }) {
      if (positionals.length > 0) throw new UsageError(`${role} takes no arguments`)
      const settings = readSettings(process.env)
      const urls = await runningNats(settings)
      const log = stderrLogger(settings.logLevel)
      return untilStopped(log.child({ role }), async (lifetime) => {
        const monitoring = await startMonitoring(settings, log.child({ role }), lifetime)
        await runWorker(role, urls, settings, log, lifetime, monitoring)
      })
    },
  })
}
