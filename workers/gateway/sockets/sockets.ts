import type { WebSocket } from '@fastify/websocket'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { token } from '../../../schemas/token.ts'
import type { GatewaySettings } from '../../settings/settings.ts'
import { refuse } from '../http/refuse.ts'
import type { Identity } from '../identity/identity.ts'
import { Admission } from './admission.ts'
import { AgentConnection, type AgentSide, type DeskAgent } from './agent-connection.ts'
import { isAllowedOrigin } from './allowed-origin.ts'
import { Client } from './client.ts'
import { CustomerConnection, type CustomerSide } from './customer-connection.ts'
import { WorkspaceRequests } from './workspace-requests.ts'

/** So often is each client asked whether it is there. */
const heartbeatMs = 30_000

export interface SocketsSide {
  /** In the role of a widget gateway. */
  widget: RoleConnection
  /** In the role of an agent workspace. */
  workspace: RoleConnection
  identity: Identity
  settings: Pick<GatewaySettings, 'limits' | 'origins'>
  log: Logger
}

/** The WebSockets of customers (`/v1/widget`) and of agents (`/v1/desk`), as PROTOCOL.md says them. */
export class Sockets {
  readonly #side: SocketsSide
  readonly #admission: Admission
  readonly #clients = new Set<Client>()
  readonly #customers: CustomerSide
  readonly #agents: AgentSide
  readonly #heart: NodeJS.Timeout
  readonly #stopRevoked: () => void

  constructor(side: SocketsSide) {
    this.#side = side
    this.#admission = new Admission(side.settings.limits)
    this.#customers = { nats: side.widget, identity: side.identity, connections: new Map() }
    this.#agents = { nats: side.workspace, workspaces: new WorkspaceRequests(side.workspace) }
    this.#stopRevoked = side.identity.onRevoked((conversation) => {
      for (const connection of this.#customers.connections.get(conversation) ?? []) connection.loggedOut()
    })
    this.#heart = setInterval(() => {
      for (const client of this.#clients) client.beat()
    }, heartbeatMs)
  }

  get count(): number {
    return this.#clients.size
  }

  routes(http: FastifyInstance): void {
    const customer = async (request: FastifyRequest, reply: FastifyReply) => {
      const { origin } = request.headers
      if (isAllowedOrigin(origin, request.host, this.#side.settings.origins)) return
      return refuse(reply, 403, 'origin_refused', `pages of ${origin} may not connect: see FRONTDESK_ORIGINS`)
    }
    const agent = async (request: FastifyRequest, reply: FastifyReply) => {
      const found = await this.#side.identity.principalOf(request, 'agent')
      if ('code' in found)
        return refuse(reply, found.code === 'sign_in_needed' ? 401 : 403, found.code, found.message)
      const { data: workspace } = token.safeParse(
        (request.query as { workspace?: string }).workspace ?? 'main',
      )
      if (workspace === undefined) return refuse(reply, 400, 'invalid', 'workspace: is no workspace')
      if (found.workspaces !== 'all' && !found.workspaces.includes(workspace))
        return refuse(reply, 403, 'not_allowed', `workspace ${workspace} is not one of yours`)
      const { id, name, expiresAt } = found
      request.desk = { agent: { id, name, expiresAt }, workspace }
    }
    http.get('/v1/widget', { websocket: true, preValidation: [customer, this.admit] }, (socket, request) =>
      this.serve(socket, request, (client) => new CustomerConnection(this.#customers, client)),
    )
    http.get('/v1/desk', { websocket: true, preValidation: [agent, this.admit] }, (socket, request) =>
      this.serve(socket, request, (client) => {
        const { agent, workspace } = request.desk as Desk
        return new AgentConnection(this.#agents, client, agent, workspace)
      }),
    )
  }

  /** Lets all clients go; they may come back to another gateway at once. */
  stop(): void {
    clearInterval(this.#heart)
    this.#stopRevoked()
    this.#admission.stop()
    for (const client of this.#clients) client.goAway()
  }

  /** Before a WebSocket is opened: whether there may be one more. */
  readonly admit = async (request: FastifyRequest, reply: FastifyReply) => {
    const refusal = this.#admission.refusal(request.ip)
    if (refusal) return refuse(reply, refusal.status, 'too_many_connections', refusal.message)
  }

  /** Counts a socket, and deals with its frames until it closes. */
  serve(socket: WebSocket, request: FastifyRequest, connect: (client: Client) => Connection): void {
    const { paces, leave } = this.#admission.enter(request.ip)
    const failed = (error: Error) => {
      this.#side.log.error({ error: error.message, stack: error.stack }, 'a connection fails')
      socket.close(1011)
    }
    const client = new Client(socket, paces, (text) => connection.handle(text).catch(failed))
    const connection = connect(client)
    connection.begun?.catch(failed)
    this.#clients.add(client)
    socket.once('close', () => {
      this.#clients.delete(client)
      leave()
      connection.close()
    })
  }
}

/** What a socket's frames are for. */
interface Connection {
  /** What it does before the first frame. */
  begun?: Promise<void>
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
