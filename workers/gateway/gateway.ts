import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { builtIn } from '../../engine/machines/bots/built-in.ts'
import { type Definition, definitionsOf, type Retirement } from '../../engine/machines/definitions.ts'
import { Bucket } from '../../engine/nats/bucket.ts'
import type { RoleConnection } from '../../engine/nats/connect.ts'
import { storedBots } from '../../engine/nats/engine/bot-revisions.ts'
import { AuditLog } from '../../engine/nats/views/audit-log.ts'
import { ConfigurationStore } from '../../engine/nats/views/configuration-store.ts'
import type { Unready } from '../../schemas/protocol/health.ts'
import type { GatewayRole } from '../../schemas/roles.ts'
import { ApiClient } from '../calls/client/api-client.ts'
import { listenOn, urlOf } from '../monitoring/free-port.ts'
import { readinessOf, readyLagSecondsMax } from '../monitoring/readiness.ts'
import type { GatewaySettings } from '../settings/gateway.ts'
import { adminRoutes } from './administration/admin-routes.ts'
import { descriptionRoutes } from './description/description-routes.ts'
import { fileRoutes } from './files/file-routes.ts'
import { Files } from './files/files.ts'
import { ChannelPages } from './http/channel-pages.ts'
import { healthRoutes, outageMs } from './http/health.ts'
import { servePages } from './http/pages.ts'
import { httpServer } from './http/server.ts'
import { type Identity, startIdentity } from './identity/identity.ts'
import { type InspectorRouteDeps, inspectorRoutes } from './inspector/routes.ts'
import { statelyRoutes } from './inspector/stately.ts'
import { unsubscribeRoutes } from './mail/unsubscribe-routes.ts'
import { numbersRoutes } from './numbers/numbers-routes.ts'
import { PushNotifications } from './push/push-notifications.ts'
import { pushRoutes } from './push/push-routes.ts'
import { PushSubscriptions } from './push/push-subscriptions.ts'
import { searchRoutes } from './search/search-routes.ts'
import { Sockets } from './sockets/sockets.ts'

/** The contact for push services of a gateway without a public URL (RFC 8292 2.1). */
const unknownContact = 'mailto:frontdesk@example.invalid'

/** A connection to NATS for each role; the handlers of a page get its own only. */
export type GatewayConnections = Record<GatewayRole, RoleConnection>

export interface Gateway {
  /** Its URL on this machine: `http://127.0.0.1:8080`. */
  url: string
  identity: Identity
  /** Open WebSockets. */
  connections(): number
  /** The reasons why it would not serve customers now. */
  unready(): Promise<Unready[]>
  stop(): Promise<void>
}

/**
 * Serves HTTP and WebSockets in front of NATS: customers, agents, administrators, engineers, and their pages.
 *
 * @param ownMachines machines that conversations may run, besides those that come with frontdesk
 * @param lagSecondsMax how long an event may wait while the gateway is ready
 */
export async function startGateway(
  { widget, workspace, administration, identity: secrets, inspector }: GatewayConnections,
  log: Logger,
  settings: GatewaySettings,
  ownMachines: readonly (Definition | Retirement)[] = [],
  lagSecondsMax = readyLagSecondsMax,
): Promise<Gateway> {
  const { host, port, portIsGiven } = settings
  const identity = await startIdentity(secrets, settings, log)
  const files = new Files(settings.files, widget)
  const pages = await ChannelPages.open(administration, log)
  const sockets = new Sockets({ widget, workspace, administration, identity, pages, settings, files, log })
  const administrators = adminRoutes({
    configuration: new ConfigurationStore(administration),
    keys: identity.keys,
    audit: new AuditLog(administration),
    people: { seen: identity.people, signOut: identity.signOut, workspace },
    log,
    authenticate: (request) => identity.authenticate(request, 'administrator'),
  })
  const { pushHosts, publicUrl } = settings
  const subscriptions = await PushSubscriptions.open(new Bucket(secrets, 'secrets'), log)
  const contact = publicUrl?.startsWith('https:') ? publicUrl : unknownContact
  const push = new PushNotifications(workspace, subscriptions, new ApiClient(pushHosts), contact, log)
  const definitions = definitionsOf(...builtIn, ...ownMachines)
  const engineers: InspectorRouteDeps = {
    inspector,
    definitions,
    machines: storedBots(definitions, inspector),
    log,
    authenticate: (request) => identity.authenticate(request, 'engineer'),
  }

  const http = await httpServer(settings, log)
  await http.register(servePages)
  await http.register(descriptionRoutes)
  await http.register(identity.routes)
  await http.register(administrators)
  await http.register(
    pushRoutes({
      subscriptions,
      hosts: pushHosts,
      authenticate: (request) => identity.authenticate(request, 'agent'),
    }),
  )
  await http.register(unsubscribeRoutes(identity.unsubscribes))
  await http.register(numbersRoutes({ workspace, authenticate: identity.authenticate }))
  await http.register(searchRoutes({ workspace, authenticate: identity.authenticate }))
  await http.register(inspectorRoutes(engineers))
  await http.register(statelyRoutes({ ...engineers, sockets }))
  await http.register(fileRoutes({ files, identity, workspace, origins: settings.origins, pages, log }))
  sockets.routes(http)
  await http.register(pages.routes)
  const { customersOutage: outage } = sockets
  const unready = readinessOf(widget, lagSecondsMax, () => outage.now(outageMs))
  await http.register(healthRoutes({ widget, outage, unready }))

  await listenOn({ port, portIsGiven, variable: 'FRONTDESK_PORT' }, log, (tried) =>
    http.listen({ host, port: tried }),
  )
  return {
    url: urlOf(host, (http.server.address() as AddressInfo).port),
    identity,
    connections: () => sockets.count,
    unready,
    stop: async () => {
      sockets.stop()
      await http.close()
      await push.stop()
      identity.stop()
      pages.stop()
    },
  }
}
