import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { connectRole } from '../../../engine/nats/connect.ts'
import { type GatewayRole, gatewayRoleNames } from '../../../schemas/roles.ts'
import { type Gateway, type GatewayConnections, startGateway } from '../../gateway/gateway.ts'
import type { ServerUrls } from '../../nats-server/roles.ts'
import { loadOwnMachines } from '../../settings/own-machines.ts'
import type { Settings } from '../../settings/settings.ts'
import { connectPatiently } from './connect-patiently.ts'
import type { Lifetime } from './lifetime.ts'

/** The gateway's roles may neither look for a stream nor create it. */
const waitingFor = 'waiting for the streams in NATS: an engine makes them at its start'
const warnAfterMs = 2_000

/** Runs a gateway, on a connection for each role; settles once it answers. */
export async function runGateway(
  urls: ServerUrls['roles'],
  settings: Settings,
  log: Logger,
  lifetime: Lifetime,
): Promise<Gateway> {
  if (urls.widget === urls.identity)
    log.warn('every part of the gateway may do everything on this NATS: see NATS_URL_WIDGET and the like')
  const definitions = await loadOwnMachines(settings.machines)
  const connectAs = async (role: GatewayRole) => {
    const connection = await connectPatiently(connectRole, urls[role], `gateway, ${role}`, log)
    lifetime.started('connection', () => connection.close())
    lifetime.needs(connection.lost())
    return connection
  }
  const connected = await Promise.all(
    gatewayRoleNames.map(async (role) => [role, await connectAs(role)] as const),
  )
  const connections = Object.fromEntries(connected) as GatewayConnections
  const waiting = setTimeout(() => log.warn(waitingFor), warnAfterMs)
  const gateway = await startGateway(connections, log, settings.gateway, definitions).finally(() =>
    clearTimeout(waiting),
  )
  lifetime.started('worker', gateway.stop)
  // `frontdesk sign-in` reads this file.
  await mkdir(settings.data, { recursive: true, mode: 0o700 })
  await writeFile(join(settings.data, 'gateway.url'), `${gateway.url}\n`)
  log.info({ role: 'gateway', url: gateway.url }, 'ready')
  return gateway
}
