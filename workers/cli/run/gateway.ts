import { readSettings, variablesOf } from '../../settings/settings.ts'
import { command, UsageError } from '../shell/command.ts'
import { runningNats } from '../shell/connect-to-running.ts'
import { stderrLogger } from '../shell/logger.ts'
import { untilStopped } from './lifetime.ts'
import { runGateway } from './run-gateway.ts'
import { startMonitoring } from './start-monitoring.ts'

export default command({
  usage: `
Usage: frontdesk gateway

Serves customers, agents, administrators and engineers over HTTP and WebSockets: the widget, the agent desk,
the administration, the inspector. Several gateways on one NATS serve the same conversations.

Connects to the NATS of NATS_URL (and for each role, NATS_URL_WIDGET and so on), or to the running one of the data
folder. Logs to standard error, also when it is ready. Runs until SIGTERM or SIGINT.

By default it listens on this machine only, and agents, administrators and engineers can sign in from this machine
only: npx frontdesk sign-in <name>. Before it listens to other machines (FRONTDESK_HOST=0.0.0.0), put a proxy with
TLS in front of it and configure an identity provider (FRONTDESK_OIDC_*), or let links sign in over HTTPS
(FRONTDESK_REMOTE_SIGN_IN).

Options:
  -h, --help  show this help

Example:
  FRONTDESK_PORT=9000 npx frontdesk gateway
`,
  options: {},
  environment: variablesOf.gateway,
  async run({ positionals }) {
    if (positionals.length > 0) throw new UsageError('gateway takes no arguments')
    const settings = readSettings(process.env)
    const urls = await runningNats(settings)
    const log = stderrLogger(settings.logLevel)
    return untilStopped(log.child({ role: 'gateway' }), async (lifetime) => {
      const monitoring = await startMonitoring(settings, log, lifetime)
      await runGateway(urls, settings, log, lifetime, monitoring)
    })
  },
})
