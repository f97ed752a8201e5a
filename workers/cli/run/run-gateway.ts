import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { connectRole } from '../../../engine/nats/connect.ts'
import { type GatewayRole, gatewayRoleNames } from '../../../schemas/roles.ts'
import { type Gateway, type GatewayConnections, startGateway } from '../../gateway/gateway.ts'
import { natsReconnects } from '../../monitoring/metrics.ts'
import type { MonitoringServer } from '../../monitoring/monitoring-server.ts'
import { patiently } from '../../nats-server/resolve/patiently.ts'
import type { ServerUrls } from '../../nats-server/roles.ts'
import { loadOwnMachines } from '../../settings/own-machines.ts'
import type { Settings } from '../../settings/settings.ts'
import { accessOf } from '../shell/connect-to-running.ts'
import type { Lifetime } from './lifetime.ts'

/** Runs a gateway, on a connection for each role; settles once it answers. */
export async function runGateway(
  urls: ServerUrls,
  settings: Settings,
  parentLog: Logger,
  lifetime: Lifetime,
  monitoring: MonitoringServer,
): Promise<Gateway> {
  monitoring.expect('gateway')
  const log = parentLog.child({ role: 'gateway', worker: randomUUID() })
  const widget = accessOf(urls, settings, 'widget')
  const identity = accessOf(urls, settings, 'identity')
  if (widget.url === identity.url && widget.creds === identity.creds && widget.nkey === identity.nkey)
    log.warn('every part of the gateway may do everything on this NATS: see NATS_URL_WIDGET and the like')
  const definitions = await loadOwnMachines(settings.machines)
  const connectAs = async (role: GatewayRole) => {
    const access = accessOf(urls, settings, role)
    const connection = await patiently(
      () => connectRole(access, `gateway, ${role}`),
      access.url,
      (fields, text) => log.warn(fields, text),
    )
    lifetime.started('connection', () => connection.close())
    lifetime.needs(connection.lost())
    natsReconnects.inc({ role: 'gateway' }, 0)
    connection.reconnected(() => natsReconnects.inc({ role: 'gateway' }))
    return connection
  }
  const connected = await Promise.all(
    gatewayRoleNames.map(async (role) => [role, await connectAs(role)] as const),
  )
  const connections = Object.fromEntries(connected) as GatewayConnections
  const { readyLagMax } = settings.monitoring
  const gateway = await startGateway(connections, log, settings.gateway, definitions, readyLagMax)
  lifetime.started('worker', gateway.stop)
  monitoring.started('gateway', gateway.unready)
  await writeUrl(settings.data, gateway.url).catch((error: Error) =>
    log.warn(
      { reason: error.message },
      'the data folder cannot be written: on another port than 8080, `frontdesk sign-in` needs FRONTDESK_PORT',
    ),
  )
  log.info({ url: gateway.url }, 'ready')
  return gateway
}

/** Stores the URL for `frontdesk sign-in`. */
async function writeUrl(dataFolder: string, url: string): Promise<void> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  await writeFile(join(dataFolder, 'gateway.url'), `${url}\n`)
}
