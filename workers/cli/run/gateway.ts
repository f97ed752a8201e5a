import { readSettings, variablesOf } from '../../settings/settings.ts'
import { command, UsageError } from '../shell/command.ts'
import { runningNats } from '../shell/connect-to-running.ts'
import { stderrLogger } from '../shell/logger.ts'
import { untilStopped } from './lifetime.ts'
import { runGateway } from './run-gateway.ts'

export default command({
  usage: `
Usage: frontdesk gateway

Serves customers, agents, administrators and engineers over HTTP and WebSockets: the widget, the agent desk,
the administration, the inspector. Several gateways on one NATS serve the same conversations.

Uses the NATS of NATS_URL (and as each role, NATS_URL_WIDGET and so on), else the one that runs for the data
folder. Logs to standard error, there too that it is ready. Runs until SIGTERM or SIGINT.

It listens on this machine only, and without an identity provider agents, administrators and engineers can sign
in from this machine only: npx frontdesk sign-in <name>. Before it listens elsewhere (FRONTDESK_HOST=0.0.0.0), put a
proxy with TLS in front of it and say who signs people in (FRONTDESK_OIDC_*).

Options:
  -h, --help  this

Example:
  FRONTDESK_PORT=9000 npx frontdesk gateway
`,
  options: {},
  environment: variablesOf.gateway,
  async run({ positionals }) {
    if (positionals.length > 0) throw new UsageError('gateway takes no arguments')
    const settings = readSettings(process.env)
    const { roles } = await runningNats(settings)
    const log = stderrLogger(settings.logLevel)
    return untilStopped(log, async (lifetime) => {
      await runGateway(roles, settings, log, lifetime)
    })
  },
})
