import type { Logger } from 'pino'
import type { MonitoringServer } from '../../monitoring/monitoring-server.ts'
import type { ServerUrls } from '../../nats-server/roles.ts'
import type { Settings } from '../../settings/settings.ts'
import type { Lifetime } from './lifetime.ts'
import { links } from './links.ts'
import { runGateway } from './run-gateway.ts'
import { roles, runWorker, sharedTopology } from './run-worker.ts'

/** Runs every worker and the gateway; settles once all answer. */
export async function runAll(
  urls: ServerUrls,
  settings: Settings,
  log: Logger,
  lifetime: Lifetime,
  monitoring: MonitoringServer,
): Promise<{ url: string; links: string }> {
  const topology = sharedTopology(settings)
  const [gateway] = await Promise.all([
    topology.ensured.then(() => runGateway(urls, settings, log, lifetime, monitoring)),
    ...roles
      .filter((role) => role !== 'mailer' || settings.mail)
      .map((role) => runWorker(role, urls, settings, log, lifetime, monitoring, topology)),
  ])
  return { url: gateway.url, links: await links(gateway, settings, process.stderr.isTTY === true) }
}
