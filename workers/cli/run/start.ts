import { zoneDataVersion } from '../../../schemas/time-zone.ts'
import { serversOf } from '../../nats-server/resolve/patiently.ts'
import { resolveServer } from '../../nats-server/resolve/resolve-server.ts'
import { readSettings, variablesOf } from '../../settings/settings.ts'
import { command, UsageError } from '../shell/command.ts'
import { stderrLogger } from '../shell/logger.ts'
import { untilStopped } from './lifetime.ts'
import { startMonitoring } from './start-monitoring.ts'

export default command({
  usage: `
Usage: frontdesk start

Runs everything on this machine: NATS (an embedded server, unless NATS_URL is set), the engine, the notifier,
the caller and the gateway. Prints one line on standard output once everything answers:

  ready nats=<url> http=<url> tz=<release of the time zone data>

and on standard error four links: to the pages of the customer, the agent, the administrator and the engineer. At a
terminal the last three sign in once, within an hour, from this machine; a new start ends those of the last. Elsewhere,
where output is kept, and with an identity provider (FRONTDESK_OIDC_ISSUER), the links only open the pages. The ready
line has the password of NATS: it is for the program that started this one. Where it is kept, in a container's or a
service's log, use --hide-password.

Runs until SIGTERM or SIGINT (Ctrl-C), which stops everything that it started; a second signal ends it at once.
A second \`start\` on the same data folder shares the work of the first one and uses its NATS.

Options:
  --hide-password  leave users and passwords out of the URL of the ready line
  -h, --help       show this help

Examples:
  npm start
  FRONTDESK_DATA=/var/lib/frontdesk FRONTDESK_NATS_PORT=14222 npx frontdesk start
`,
  options: { 'hide-password': { type: 'boolean' } },
  environment: variablesOf.all,
  async run({ values, positionals }) {
    if (positionals.length > 0) throw new UsageError('start takes no arguments')
    const settings = readSettings(process.env)
    const log = stderrLogger(settings.logLevel)
    return untilStopped(log, async (lifetime) => {
      const monitoring = await startMonitoring(settings, log, lifetime)
      const starting = resolveServer({
        dataFolder: settings.data,
        sync: settings.sync,
        files: settings.natsLogins.engine,
        report: (line) => log.info(line),
      })
      // The modules are read while the server starts.
      const [server, { runAll }] = await Promise.all([starting, import('./run-all.ts')])
      lifetime.started('server', server.stop)
      lifetime.needs(
        server.exited.then(({ code }) => {
          throw new Error(
            `the embedded nats-server has ended${code === null ? '' : ` with exit code ${code}`}`,
          )
        }),
      )
      const { url, links } = await runAll(server, settings, log, lifetime, monitoring)
      const nats = values['hide-password'] ? serversOf(server.url) : server.url
      process.stdout.write(`ready nats=${nats} http=${url} tz=${zoneDataVersion}\n`)
      process.stderr.write(links)
    })
  },
})
