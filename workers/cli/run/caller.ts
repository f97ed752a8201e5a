import { readSettings, variablesOf } from '../../settings/settings.ts'
import { command, UsageError } from '../shell/command.ts'
import { runningNatsUrl } from '../shell/connect-to-running.ts'
import { stderrLogger } from '../shell/logger.ts'
import { runAlone } from './run-worker.ts'

export default command({
  usage: `
Usage: frontdesk caller

Calls APIs for bots, where FRONTDESK_API_HOSTS allows it: nowhere, unless it is set. Several callers on one NATS
share the work; what one has begun that goes silent, another one does within a few seconds.

Uses the NATS of NATS_URL, else the one that runs for the data folder; waits 10 seconds for one that is not
there yet. Logs to standard error, there too that it is ready. Runs until SIGTERM or SIGINT.

Options:
  -h, --help  this

Example:
  FRONTDESK_API_HOSTS=api.example.com,10.0.0.7:8080 npx frontdesk caller
`,
  options: {},
  environment: variablesOf.caller,
  async run({ positionals }) {
    if (positionals.length > 0) throw new UsageError('caller takes no arguments')
    const settings = readSettings(process.env)
    const url = await runningNatsUrl(settings)
    return runAlone('caller', url, settings, stderrLogger(settings.logLevel))
  },
})
