import { readSettings, variablesOf } from '../../settings/settings.ts'
import { command, UsageError } from '../shell/command.ts'
import { runningNatsUrl } from '../shell/connect-to-running.ts'
import { stderrLogger } from '../shell/logger.ts'
import { runAlone } from './run-worker.ts'

export default command({
  usage: `
Usage: frontdesk engine

Applies what comes in to the conversations. Several engines on one NATS share the work; one that goes
silent is replaced within a few seconds.

Machines of your own (FRONTDESK_MACHINES) are checked first: where conversations run one that is missing, or
that has changed under its version, it says which and how many, and ends.

Uses the NATS of NATS_URL, else the one that runs for the data folder; waits 10 seconds for one that is not
there yet. Logs to standard error, there too that it is ready. Runs until SIGTERM or SIGINT.

Options:
  -h, --help  this

Example:
  NATS_URL=nats://127.0.0.1:4222 npx frontdesk engine
`,
  options: {},
  environment: variablesOf.engine,
  async run({ positionals }) {
    if (positionals.length > 0) throw new UsageError('engine takes no arguments')
    const settings = readSettings(process.env)
    const url = await runningNatsUrl(settings)
    return runAlone('engine', url, settings, stderrLogger(settings.logLevel))
  },
})
