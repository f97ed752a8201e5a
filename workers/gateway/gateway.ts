import type { AddressInfo } from 'node:net'
import cookie from '@fastify/cookie'
import websocket, { type WebSocket } from '@fastify/websocket'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { RoleConnection } from '../../engine/nats/connect.ts'
import { isWeather } from '../../engine/nats/errors.ts'
import { StoredConfiguration } from '../../engine/nats/stored-configuration.ts'
import { token } from '../../schemas/token.ts'
import { frameBytesMax } from '../../schemas/widget-protocol.ts'
import type { GatewaySettings } from '../settings.ts'
import { adminRoutes } from './admin-routes.ts'
import { Admission } from './admission.ts'
import { AgentConnection, type DeskAgent } from './agent-connection.ts'
import { isAllowedOrigin } from './allowed-origin.ts'
import { Client } from './client.ts'
import { CustomerConnection, type CustomerSide } from './customer-connection.ts'
import { type Identity, startIdentity } from './identity/identity.ts'
import { servePages } from './pages.ts'

/** So often is each client asked whether it is there. */
const heartbeatMs = 30_000
const healthTimeoutMs = 2_000
const portsTried = 100

/** One connection to NATS for each role; a page's handler is given its own only. */
export interface GatewayRoles {
  widget: RoleConnection
  workspace: RoleConnection
  administration: RoleConnection
  identity: RoleConnection
}

export interface Gateway {
  /** `http://127.0.0.1:8080` */
  url: string
  identity: Identity
  /** Open WebSockets. */
  connections(): number
  stop(): Promise<void>
}

/** HTTP and WebSockets in front of NATS: customers, agents, administrators, and their pages. */
export async function startGateway(
  roles: GatewayRoles,
  log: Logger,
  settings: GatewaySettings,
): Promise<Gateway> {
  const { host, limits, origins, trustProxy } = settings
  const identity = await startIdentity(roles.identity, settings, log)
  const admission = new Admission(limits)
  const clients = new Set<Client>()
  const customers: CustomerSide = { nats: roles.widget, identity, connections: new Map() }
  const stopRevoked = identity.onRevoked((conversation) => {
    for (const connection of customers.connections.get(conversation) ?? []) connection.loggedOut()
  })

  const http = Fastify({ trustProxy, bodyLimit: frameBytesMax, forceCloseConnections: true })
  await http.register(cookie)
  await http.register(websocket, { options: { maxPayload: frameBytesMax, perMessageDeflate: false } })
  http.setErrorHandler((error: Error & { statusCode?: number }, _, reply) => answerError(error, reply, log))
  await http.register(identity.routes)
  await http.register(
    adminRoutes({
      configuration: new StoredConfiguration(roles.administration),
      keys: identity.keys,
      allow: async (request) => {
        const found = await identity.principalOf(request, 'administrator')
        return 'code' in found ? found : null
      },
    }),
  )
  await http.register(servePages)

  http.get('/healthz', async (_, reply) => {
    const isWell = await answers(roles.widget)
    return reply.code(isWell ? 200 : 503).send({ status: isWell ? 'ok' : 'unavailable' })
  })

  /** Counts a socket and deals with its frames until it closes. */
  const serve = (socket: WebSocket, request: FastifyRequest, connect: (client: Client) => Connection) => {
    const { paces, leave } = admission.enter(request.ip)
    const client = new Client(socket, paces, (text) =>
      connection.handle(text).catch((error: Error) => {
        log.error({ error: error.message, stack: error.stack }, 'a connection fails')
        socket.close(1011)
      }),
    )
    const connection = connect(client)
    clients.add(client)
    socket.once('close', () => {
      clients.delete(client)
      leave()
      connection.close()
    })
  }

  const admit = async (request: FastifyRequest, reply: FastifyReply) => {
    const refusal = admission.refusal(request.ip)
    if (refusal) return refuse(reply, refusal.status, 'too_many_connections', refusal.message)
  }

  const allowOrigin = async (request: FastifyRequest, reply: FastifyReply) => {
    if (isAllowedOrigin(request.headers.origin, request.host, origins)) return
    const message = `pages of ${request.headers.origin} may not connect: see FRONTDESK_ORIGINS`
    return refuse(reply, 403, 'origin_refused', message)
  }
  const allowAgent = async (request: FastifyRequest, reply: FastifyReply) => {
    const agent = await identity.principalOf(request, 'agent')
    if ('code' in agent) return refuse(reply, 401, agent.code, agent.message)
    const workspace = token.safeParse((request.query as { workspace?: string }).workspace ?? 'main')
    if (!workspace.success) return refuse(reply, 400, 'invalid', 'workspace: is no workspace')
    if (agent.workspaces !== 'all' && !agent.workspaces.includes(workspace.data))
      return refuse(reply, 403, 'not_allowed', `workspace ${workspace.data} is not one of yours`)
    request.desk = { agent: { id: agent.id, name: agent.name }, workspace: workspace.data }
  }

  http.get('/v1/widget', { websocket: true, preValidation: [allowOrigin, admit] }, (socket, request) =>
    serve(socket, request, (client) => new CustomerConnection(customers, client)),
  )
  http.get('/v1/desk', { websocket: true, preValidation: [allowAgent, admit] }, (socket, request) =>
    serve(socket, request, (client) => {
      const { agent, workspace } = request.desk as Desk
      return new AgentConnection(roles.workspace, client, agent, workspace)
    }),
  )

  const heart = setInterval(() => {
    for (const client of clients) client.beat()
  }, heartbeatMs)

  const taken = await listen(http, settings, log)
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    identity,
    connections: () => clients.size,
    stop: async () => {
      clearInterval(heart)
      for (const client of clients) client.goAway()
      await http.close()
      admission.stop()
      stopRevoked()
      identity.stop()
    },
  }
}

/** Says the port, which is another one where the usual one is taken and nobody asked for it. */
async function listen(
  http: FastifyInstance,
  { host, port, portIsGiven }: GatewaySettings,
  log: Logger,
): Promise<number> {
  for (let tried = port; ; tried++)
    try {
      await http.listen({ host, port: tried })
      if (tried !== port) log.warn(`port ${port} is taken by another program: using ${tried}`)
      return (http.server.address() as AddressInfo).port
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      if (portIsGiven) throw new Error(`port ${port} is taken: set FRONTDESK_PORT to another one`)
      if (tried === port + portsTried) throw new Error(`no free port from ${port} on: set FRONTDESK_PORT`)
    }
}

/** What a socket's frames are for. */
interface Connection {
  handle(text: string): Promise<void>
  close(): void
}

/** Whose desk's connection it is. */
interface Desk {
  agent: DeskAgent
  workspace: string
}

declare module 'fastify' {
  interface FastifyRequest {
    desk?: Desk
  }
}

function refuse(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply.code(status).send({ code, message })
}

function answerError(error: Error & { statusCode?: number }, reply: FastifyReply, log: Logger): FastifyReply {
  if (isWeather(error)) return refuse(reply, 503, 'unavailable', 'NATS does not answer just now: try again')
  const { statusCode = 500, message } = error
  if (statusCode === 413) return refuse(reply, 413, 'too_large', message)
  if (statusCode < 500) return refuse(reply, statusCode, 'invalid', message)
  log.error({ error: message, stack: error.stack }, 'a request fails')
  return refuse(reply, 500, 'failed', 'this failed; the log of the gateway says why')
}

async function answers({ connection }: RoleConnection): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), healthTimeoutMs)
  })
  const answer = connection.flush().then(
    () => true,
    () => false,
  )
  const isWell = await Promise.race([answer, tooLate])
  clearTimeout(timer)
  return isWell
}
