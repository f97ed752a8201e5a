import { readSettings, variablesOf } from '../../settings/settings.ts'
import { command, UsageError } from '../shell/command.ts'
import { runningNatsUrl } from '../shell/connect-to-running.ts'
import { stderrLogger } from '../shell/logger.ts'
import { runAlone } from './run-worker.ts'

export default command({
  usage: `
Usage: frontdesk notifier

Tells the agent workspaces of requests and keeps the bucket of open ones. One notifier is active at a
time; others stand by. Each of them finds conversations for engineers, whom it costs some 300 bytes of memory
a conversation while they ask.

Uses the NATS of NATS_URL, else the one that runs for the data folder; waits 10 seconds for one that is not
there yet. Logs to standard error, there too that it is ready. Runs until SIGTERM or SIGINT.

Options:
  -h, --help  this

Example:
  NATS_URL=nats://127.0.0.1:4222 npx frontdesk notifier
`,
  options: {},
  environment: variablesOf.topology,
  async run({ positionals }) {
    if (positionals.length > 0) throw new UsageError('notifier takes no arguments')
    const settings = readSettings(process.env)
    const url = await runningNatsUrl(settings)
    return runAlone('notifier', url, settings, stderrLogger(settings.logLevel))
  },
})
