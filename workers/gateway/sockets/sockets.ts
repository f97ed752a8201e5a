import type { WebSocket } from '@fastify/websocket'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { placeOf } from '../../../engine/errors.ts'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import type { OwnConversationsAnswer } from '../../../schemas/protocol/search.ts'
import { token } from '../../../schemas/token.ts'
import { measureGateway, refused } from '../../monitoring/metrics.ts'
import type { GatewaySettings } from '../../settings/gateway.ts'
import type { Files } from '../files/files.ts'
import { addressOf } from '../http/address.ts'
import type { ChannelPages } from '../http/channel-pages.ts'
import { notifierAnswer } from '../http/notifier-answer.ts'
import { Outage } from '../http/outage.ts'
import { refusals } from '../http/refusals.ts'
import { notFound, refuse } from '../http/refuse.ts'
import { isAllowedOrigin } from '../http/request-source.ts'
import type { Identity } from '../identity/identity.ts'
import { Admission } from './admission.ts'
import { AgentConnection, type AgentConnectionDeps, type DeskAgent } from './agent-connection.ts'
import { BegunRequests } from './begun-requests.ts'
import { Client } from './client.ts'
import { CustomerConnection, type CustomerConnectionDeps } from './customer-connection.ts'
import { CustomerPresences } from './customer-presences.ts'
import { OpenWorkspaces } from './open-workspaces.ts'
import { SavedReplies } from './saved-replies.ts'

/** The answer to a plain request where only a WebSocket is served. */
export const webSocketOnly = 'this is a WebSocket: ask with Upgrade'

/** How often each client is pinged. */
const heartbeatMs = 30_000

export interface SocketsDeps {
  /** In the role of a widget gateway. */
  widget: RoleConnection
  /** In the role of an agent workspace. */
  workspace: RoleConnection
  /** In the role of an administration: only saved replies are read by it. */
  administration: RoleConnection
  identity: Identity
  files: Files
  pages: ChannelPages
  settings: Pick<GatewaySettings, 'limits' | 'loginRequired' | 'origins'>
  log: Logger
}

/** The WebSockets of customers (`/v1/widget`) and of agents (`/v1/desk`), by PROTOCOL.md. */
export class Sockets {
  /** Records the outages of customers, for the log and the health check. */
  readonly customersOutage: Outage
  readonly #deps: SocketsDeps
  readonly #begun: BegunRequests
  readonly #admission: Admission
  /** The open clients, and what they are. */
  readonly #clients = new Map<Client, SocketKind>()
  readonly #stopMeasuring: () => void
  readonly #customers: CustomerConnectionDeps
  readonly #agents: AgentConnectionDeps
  readonly #heartbeat: NodeJS.Timeout
  readonly #stopRevoked: () => void

  constructor(deps: SocketsDeps) {
    this.#deps = deps
    const { widget, workspace, administration, identity, pages, files, log } = deps
    this.#begun = new BegunRequests(workspace)
    this.#admission = new Admission(deps.settings.limits, this.#begun)
    this.customersOutage = new Outage('customers', log)
    this.#customers = {
      nats: widget,
      identity,
      files,
      connections: new Map(),
      isLoginRequired: deps.settings.loginRequired,
      presences: new CustomerPresences(widget),
      pages,
      outage: this.customersOutage,
      conversationsOf: async (externalId) => {
        const found = await notifierAnswer<OwnConversationsAnswer>(workspace, 'own', { externalId })
        return found.ok ? found.value : undefined
      },
    }
    const outage = new Outage('agents', log)
    this.#agents = {
      nats: workspace,
      files,
      workspaces: new OpenWorkspaces(workspace),
      replies: new SavedReplies(administration, log),
      outage,
    }
    const { connections } = this.#customers
    this.#stopRevoked = identity.onRevoked({
      open: () => connections.keys(),
      revoked: (conversation, at) => {
        for (const connection of connections.get(conversation) ?? []) connection.logOut(at)
      },
    })
    for (const code of Object.keys(refusals)) refused.inc({ code }, 0)
    this.#stopMeasuring = measureGateway({ connections: () => this.#kinds() })
    this.#heartbeat = setInterval(() => {
      for (const client of this.#clients.keys()) client.ping()
      for (const siblings of this.#customers.connections.values())
        for (const connection of siblings) connection.checkKey()
    }, heartbeatMs)
  }

  #kinds(): ReadonlyMap<SocketKind, number> {
    const kinds = new Map<SocketKind, number>([
      ['customer', 0],
      ['agent', 0],
      ['stately', 0],
    ])
    for (const kind of this.#clients.values()) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    return kinds
  }

  get count(): number {
    return this.#clients.size
  }

  routes(http: FastifyInstance): void {
    const { pages } = this.#deps
    const isLimited = ({ headers, host }: FastifyRequest) =>
      !isAllowedOrigin(headers.origin, host, this.#deps.settings.origins)
    const customer = async (request: FastifyRequest, reply: FastifyReply) => {
      // The page whose WebSocket was refused can only read the answer to a plain request.
      reply.headers({ 'access-control-allow-origin': '*', 'cache-control': 'no-store' })
      const origin = `${request.headers.origin}`
      // Which channel the page asks for, its first frame says.
      if (isLimited(request) && !pages.mayUseAny(origin))
        return refuse(reply, 'origin_refused', pages.refuse(origin))
    }
    const agent = async (request: FastifyRequest, reply: FastifyReply) => {
      const found = await this.#deps.identity.authenticate(request, 'agent')
      if (!found.ok) return refuse(reply, found.error.code, found.error.message)
      const { data: workspace } = token.safeParse(
        (request.query as { workspace?: string }).workspace ?? 'main',
      )
      if (workspace === undefined)
        return refuse(reply, 'invalid', 'workspace: is not the id of a workspace', 400)
      const { id, name, expiresAt, ended, workspaces } = found.value
      if (workspaces !== 'all' && !workspaces.includes(workspace))
        return refuse(reply, 'not_allowed', `you have no access to the workspace ${workspace}`)
      this.#deps.identity.people.seen({ id, name, workspaces }, ['agent'])
      request.desk = { agent: { id, name, expiresAt, ended }, workspace }
    }
    http.route({
      method: 'GET',
      url: '/v1/widget',
      preValidation: [customer, this.admit],
      // A widget asks this way why it was refused; an error status would appear in the console of its page.
      handler: (_, reply) => reply.code(204).send(),
      wsHandler: (socket, request) =>
        this.serve('customer', socket, request, (client) => {
          const limitedOrigin = isLimited(request) ? request.headers.origin : undefined
          return new CustomerConnection(this.#customers, client, limitedOrigin)
        }),
    })
    http.route({
      method: 'GET',
      url: '/v1/desk',
      preValidation: [agent, this.admit],
      handler: (_, reply) => notFound(reply, webSocketOnly),
      wsHandler: (socket, request) =>
        this.serve('agent', socket, request, (client) => {
          const { agent, workspace } = request.desk as Desk
          return new AgentConnection(this.#agents, client, agent, workspace)
        }),
    })
  }

  /** Closes all clients with a code after which they reconnect at once, to another gateway. */
  stop(): void {
    clearInterval(this.#heartbeat)
    this.#stopMeasuring()
    this.#stopRevoked()
    this.#admission.stop()
    this.#begun.stop()
    this.#agents.workspaces.stop()
    this.#agents.replies.stop()
    this.#customers.presences.stop()
    for (const client of this.#clients.keys()) client.closeForRestart()
  }

  /** Refuses a WebSocket over the limit before it is opened. */
  readonly admit = async (request: FastifyRequest, reply: FastifyReply) => {
    const { connectionsMax, connectionsPerAddressMax } = this.#deps.settings.limits
    const full = this.#admission.isFull(addressOf(request))
    if (full === 'gateway')
      return refuse(
        reply,
        'too_many_connections',
        `the gateway has ${connectionsMax} connections, its limit`,
        503,
      )
    if (full === 'address')
      return refuse(
        reply,
        'too_many_connections',
        `the address has ${connectionsPerAddressMax} connections, its limit`,
      )
  }

  /** Counts a socket, and handles its frames until it closes. */
  serve(
    kind: SocketKind,
    socket: WebSocket,
    request: FastifyRequest,
    connect: (client: Client) => Connection,
  ): void {
    const { limits, leave } = this.#admission.enter(addressOf(request))
    const failed = (error: Error) => {
      this.#deps.log.error(placeOf(error), 'a connection failed')
      socket.close(1011)
    }
    const client = new Client(socket, request.socket, limits, (text) => connection.handle(text).catch(failed))
    const connection = connect(client)
    connection.begun?.catch(failed)
    this.#clients.set(client, kind)
    socket.once('close', () => {
      this.#clients.delete(client)
      leave()
      connection.close()
    })
  }
}

/** A socket’s client: a widget, a desk, or the page of Stately. */
export type SocketKind = 'customer' | 'agent' | 'stately'

/** Handles the frames of one socket. */
interface Connection {
  /** Work that continues before the first frame. */
  begun?: Promise<void>
  handle(text: string): Promise<void>
  close(): void
}

interface Desk {
  agent: DeskAgent
  workspace: string
}

declare module 'fastify' {
  interface FastifyRequest {
    desk?: Desk
  }
}
