import type { Logger } from 'pino'
import { collectDefaultMetrics, Gauge } from 'prom-client'
import { version } from '../../build/version.mjs'
import { registry } from '../../monitoring/metrics.ts'
import { MonitoringServer } from '../../monitoring/monitoring-server.ts'
import type { Settings } from '../../settings/settings.ts'
import type { Lifetime } from './lifetime.ts'

/** Serves the metrics and the health of this process, from before its workers start until they have stopped. */
export async function startMonitoring(
  { monitoring }: Settings,
  log: Logger,
  lifetime: Lifetime,
): Promise<MonitoringServer> {
  measureProcess()
  const server = await MonitoringServer.listen(monitoring, log)
  lifetime.started('worker', async () => server.stopping())
  lifetime.started('server', () => server.close())
  return server
}

/** Measures this process: processor time, memory, the event loop, and its build. */
export function measureProcess(): void {
  collectDefaultMetrics({ register: registry, prefix: 'frontdesk_' })
  new Gauge({
    name: 'frontdesk_build_info',
    help: '1; the labels name the build.',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version, node: process.versions.node }, 1)
}
