import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { AuditLog } from '../../../engine/nats/views/audit-log.ts'
import { parse } from '../../../schemas/problem.ts'
import { type TicketAnswer, ticketQuestion } from '../../../schemas/protocol/inspector.ts'
import { type Result, success } from '../../../schemas/result.ts'
import { token } from '../../../schemas/token.ts'
import { refusal } from '../http/refusals.ts'
import { invalid, notFound, refuse } from '../http/refuse.ts'
import { type Authentication, signInEnds } from '../identity/principal.ts'
import { requireRole } from '../identity/require-role.ts'
import type { Client } from '../sockets/client.ts'
import { type Sockets, webSocketOnly } from '../sockets/sockets.ts'
import { followConversation } from './follow-conversation.ts'
import { auditedEngineer, type InspectorDeps } from './inspector-deps.ts'
import { Mask } from './mask.ts'
import type { InspectorRouteDeps } from './routes.ts'
import { type Grant, Tickets } from './tickets.ts'
import { WireEvents } from './wire-events.ts'

/** The longest pause of a replay. */
const pauseMsMax = 24 * 3_600_000

export interface StatelyDeps extends InspectorRouteDeps {
  sockets: Pick<Sockets, 'admit' | 'serve'>
}

interface StatelyRequest {
  Params: { id: string }
  Querystring: { ticket?: string; reveal?: string; speed?: string }
}

/** For XState inspectors: a conversation in their own protocol, and the tickets by which programs connect to it. */
export function statelyRoutes(deps: StatelyDeps): FastifyPluginAsync {
  const { sockets, log, authenticate } = deps
  const tickets = new Tickets()
  const audit = new AuditLog(deps.inspector)
  const grants = new WeakMap<FastifyRequest, Grant>()

  /** Pages of any origin may connect with a ticket; with a cookie only the gateway's own. */
  const authorize = async (request: FastifyRequest, reply: FastifyReply) => {
    const { params, query, ip } = request as FastifyRequest<StatelyRequest>
    if (!token.safeParse(params.id).success) return notFound(reply, `there is no conversation ${params.id}`)
    if (query.speed !== undefined && !(Number(query.speed) > 0))
      return refuse(reply, 'invalid', 'speed: is not a number above 0', 400)
    const granted = await grantFor(request, query.ticket, params.id, ip)
    if (!granted.ok) return refuse(reply, granted.error.code, granted.error.message)
    const grant = granted.value
    // A client that does not ask for it is not shown it, whatever its ticket allows.
    const isRevealed = grant.isRevealed && query.reveal === '1'
    // A ticket that reveals was noted when it was made.
    if (isRevealed && query.ticket === undefined)
      await audit.note('revealed', auditedEngineer(grant.engineer), { kind: 'conversation', id: params.id })
    grants.set(request, { ...grant, isRevealed })
  }

  const grantFor = async (
    request: FastifyRequest,
    ticket: string | undefined,
    conversation: string,
    address: string,
  ): Promise<Result<Grant, Extract<Authentication, { ok: false }>['error']>> => {
    if (ticket !== undefined) {
      const grant = tickets.grantOf(String(ticket), conversation, address)
      return grant ? success(grant) : refusal('sign_in_needed', ticketRefused)
    }
    const found = await authenticate(request)
    return found.ok ? success({ engineer: found.value, conversation, isRevealed: true, address }) : found
  }

  const ticketRoutes: FastifyPluginAsync = async (fastify) => {
    const engineerOf = requireRole(fastify, authenticate)
    fastify.post('/', async (request, reply) => {
      const asked = parse(ticketQuestion, request.body)
      if (!asked.ok) return invalid(reply, asked.error.problems)
      const { conversation, reveal } = asked.value
      const engineer = engineerOf(request)
      const on = { kind: 'conversation', id: conversation }
      await audit.note('ticketMade', auditedEngineer(engineer), on)
      if (reveal) await audit.note('revealed', auditedEngineer(engineer), on)
      const { ticket, expiresAt } = tickets.create({
        engineer,
        conversation,
        isRevealed: reveal,
        address: request.ip,
      })
      log.info({ engineer: engineer.id, conversation, reveal }, 'a ticket for an XState inspector')
      const answer: TicketAnswer = { ticket, expiresAt: new Date(expiresAt).toISOString() }
      return answer
    })
  }

  return async (fastify) => {
    await fastify.register(ticketRoutes, { prefix: '/v1/inspector/tickets' })
    fastify.route<StatelyRequest>({
      method: 'GET',
      url: '/v1/inspector/conversations/:id/stately',
      preValidation: [authorize, sockets.admit],
      handler: (_, reply) => notFound(reply, webSocketOnly),
      wsHandler: (socket, request) =>
        sockets.serve('stately', socket, request, (client) => {
          const grant = grants.get(request) as Grant
          const { engineer, conversation, isRevealed } = grant
          const { origin } = request.headers
          const audited = { engineer: engineer.id, conversation, ...(origin !== undefined && { origin }) }
          log.info(audited, 'an XState inspector is attached')
          if (isRevealed) log.info(audited, 'what a customer typed is revealed')
          return new StatelyConnection(deps, client, grant, Number(request.query.speed ?? Infinity))
        }),
    })
  }
}

const ticketRefused =
  'this ticket has expired, or is for another gateway, address or conversation: make another one'

/** Sends an inspector the conversation from its beginning, then live. */
class StatelyConnection {
  readonly begun: Promise<void>
  readonly #closed = new AbortController()

  /** @param speed of the replay, as a multiple of how fast it happened; live events are not delayed */
  constructor(deps: InspectorDeps, client: Client, grant: Grant, speed: number) {
    this.begun = this.#send(deps, client, grant, speed)
  }

  /** Inspectors send nothing that matters. */
  async handle(): Promise<void> {}

  close(): void {
    this.#closed.abort()
  }

  async #send(
    deps: InspectorDeps,
    client: Client,
    { engineer, conversation, isRevealed }: Grant,
    speed: number,
  ): Promise<void> {
    const expired = signInEnds(engineer, this.#closed.signal)
    const signal = AbortSignal.any([this.#closed.signal, expired])
    const wire = new WireEvents(conversation, deps.definitions, isRevealed ? undefined : new Mask())
    let isLive = false
    /** The time of the replay at which the recorded time is 0. */
    let origin: number | undefined
    for await (const step of followConversation(deps.inspector, conversation, deps, signal)) {
      if (step === 'live') {
        isLive = true
        continue
      }
      const offset = Date.parse(step.step.at) / speed
      origin ??= Date.now() - offset
      const early = Math.min(origin + offset - Date.now(), pauseMsMax)
      if (!isLive && early > 0) await sleep(early, undefined, { signal }).catch(() => {})
      for (const event of wire.eventsOf(step)) await client.deliver(event)
    }
    if (expired.aborted) client.end('sign_in_needed')
  }
}
