import { readSettings, variablesOf } from '../../settings/settings.ts'
import type { Variable } from '../../settings/variable.ts'
import { type AnyCommand, command, UsageError } from '../shell/command.ts'
import { runningNatsUrl } from '../shell/connect-to-running.ts'
import { stderrLogger } from '../shell/logger.ts'
import { untilStopped } from './lifetime.ts'
import { type Role, runWorker } from './run-worker.ts'

export const engine = workerCommand(
  'engine',
  variablesOf.engine,
  `
Applies what comes in to the conversations. Several engines on one NATS share the work; one that goes
silent is replaced within a few seconds.

Machines of your own (FRONTDESK_MACHINES) are checked first: where conversations run one that is missing, or
that has changed under its version, it says which and how many, and ends.
`,
  'NATS_URL=nats://127.0.0.1:4222',
)

export const notifier = workerCommand(
  'notifier',
  variablesOf.topology,
  `
Tells the agent workspaces of requests and keeps the bucket of open ones. One notifier is active at a
time; others stand by. Each of them finds conversations for engineers, whom it costs some 300 bytes of memory
a conversation while they ask.
`,
  'NATS_URL=nats://127.0.0.1:4222',
)

export const caller = workerCommand(
  'caller',
  variablesOf.caller,
  `
Calls APIs for bots, where FRONTDESK_API_HOSTS allows it: nowhere, unless it is set. Several callers on one NATS
share the work; what one has begun that goes silent, another one does within a few seconds.
`,
  'FRONTDESK_API_HOSTS=api.example.com,10.0.0.7:8080',
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

Uses the NATS of NATS_URL, else the one that runs for the data folder; waits 10 seconds for one that is not
there yet. Logs to standard error, there too that it is ready. Runs until SIGTERM or SIGINT.

Options:
  -h, --help  this

Example:
  ${example} npx frontdesk ${role}
`,
    options: {},
    environment,
    async run({ positionals }) {
      if (positionals.length > 0) throw new UsageError(`${role} takes no arguments`)
      const settings = readSettings(process.env)
      const url = await runningNatsUrl(settings)
      const log = stderrLogger(settings.logLevel)
      return untilStopped(log, (lifetime) => runWorker(role, url, settings, log, lifetime))
    },
  })
}
