import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { type TicketAnswer, ticketQuestion } from '../../../schemas/protocol/inspector.ts'
import { token } from '../../../schemas/token.ts'
import { readAsked } from '../http/read-question.ts'
import { invalid, notFound, refuse } from '../http/refuse.ts'
import { lock } from '../http/require-role.ts'
import type { Refusal } from '../identity/principal.ts'
import { signInEnds } from '../identity/sign-in-ends.ts'
import type { SignedIn } from '../identity/staff-sign-in.ts'
import type { Client } from '../sockets/client.ts'
import type { Sockets } from '../sockets/sockets.ts'
import { followConversation } from './follow-conversation.ts'
import type { LockedSide } from './inspector-side.ts'
import { Mask } from './mask.ts'
import { type Grant, Tickets } from './tickets.ts'
import { WireEvents } from './wire-events.ts'

/** No pause of a replay at a speed is longer. */
const pauseMsMax = 24 * 3_600_000

export interface StatelySide extends LockedSide {
  sockets: Pick<Sockets, 'admit' | 'serve'>
}

interface Asked {
  Params: { id: string }
  Querystring: { ticket?: string; reveal?: string; speed?: string }
}

/** For XState inspectors: a conversation in their own words, and the tickets with which programs come to it. */
export function statelyRoutes(side: StatelySide): FastifyPluginAsync {
  const { sockets, log, principalOf } = side
  const tickets = new Tickets()
  const grants = new WeakMap<FastifyRequest, Grant>()

  /** Pages of any origin may come with a ticket; with a cookie only the gateway's own. */
  const allow = async (request: FastifyRequest, reply: FastifyReply) => {
    const { params, query, ip } = request as FastifyRequest<Asked>
    if (!token.safeParse(params.id).success) return notFound(reply, `there is no conversation ${params.id}`)
    if (query.speed !== undefined && !(Number(query.speed) > 0))
      return refuse(reply, 400, 'invalid', 'speed: is no number above 0')
    const grant =
      query.ticket === undefined
        ? grantOf(await principalOf(request), params.id, ip)
        : (tickets.grantOf(String(query.ticket), params.id, ip) ?? noTicket)
    if ('code' in grant)
      return refuse(reply, grant.code === 'sign_in_needed' ? 401 : 403, grant.code, grant.message)
    // Whoever does not ask for it does not get it, whatever the ticket would let them see.
    grants.set(request, { ...grant, isRevealed: grant.isRevealed && query.reveal === '1' })
  }

  const ticketRoutes: FastifyPluginAsync = async (fastify) => {
    const engineers = new WeakMap<FastifyRequest, SignedIn>()
    lock(fastify, async (request) => {
      const found = await principalOf(request)
      if ('code' in found) return found
      engineers.set(request, found)
      return null
    })
    fastify.post('/', async (request, reply) => {
      const asked = readAsked(ticketQuestion, request.body)
      if ('problems' in asked) return invalid(reply, asked.problems)
      const { conversation, reveal } = asked
      const engineer = engineers.get(request) as SignedIn
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
    fastify.get<Asked>(
      '/v1/inspector/conversations/:id/stately',
      { websocket: true, preValidation: [allow, sockets.admit] },
      (socket, request) =>
        sockets.serve(socket, request, (client) => {
          const grant = grants.get(request) as Grant
          const { engineer, conversation, isRevealed } = grant
          const { origin } = request.headers
          const who = { engineer: engineer.id, conversation, ...(origin !== undefined && { origin }) }
          log.info(who, 'an XState inspector is attached')
          if (isRevealed) log.info(who, 'what a customer typed is revealed')
          return new StatelyConnection(side, client, grant, Number(request.query.speed ?? Infinity))
        }),
    )
  }
}

function grantOf(found: SignedIn | Refusal, conversation: string, address: string): Grant | Refusal {
  return 'code' in found ? found : { engineer: found, conversation, isRevealed: true, address }
}

const noTicket: Refusal = {
  code: 'sign_in_needed',
  message: 'this ticket counts no longer, or neither here nor for this conversation: make another one',
}

/** Tells an inspector a conversation from its beginning, and goes on as it happens. */
class StatelyConnection {
  readonly begun: Promise<void>
  readonly #gone = new AbortController()

  /** @param speed how many times as fast as it was, up to what is live */
  constructor(side: LockedSide, client: Client, grant: Grant, speed: number) {
    this.begun = this.#tell(side, client, grant, speed)
  }

  /** Inspectors only listen. */
  async handle(): Promise<void> {}

  close(): void {
    this.#gone.abort()
  }

  async #tell(
    side: LockedSide,
    client: Client,
    { engineer, conversation, isRevealed }: Grant,
    speed: number,
  ): Promise<void> {
    const expired = signInEnds(engineer)
    const signal = AbortSignal.any([this.#gone.signal, expired])
    const wire = new WireEvents(conversation, side.definitions, isRevealed ? undefined : new Mask())
    let isLive = false
    /** When the recorded time 0 would be, in the replay. */
    let origin: number | undefined
    for await (const retold of followConversation(side.inspector, conversation, side, signal)) {
      if (retold === 'live') {
        isLive = true
        continue
      }
      const at = Date.parse(retold.step.at) / speed
      origin ??= Date.now() - at
      const early = Math.min(origin + at - Date.now(), pauseMsMax)
      if (!isLive && early > 0) await sleep(early, undefined, { signal }).catch(() => {})
      for (const event of wire.of(retold)) await client.deliver(event)
    }
    if (expired.aborted) client.end('sign_in_needed', 'sign in again')
  }
}
