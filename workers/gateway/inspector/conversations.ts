import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import {
  type Conversation,
  type StoredRecord,
  unknownConversation,
} from '../../../engine/core/conversation.ts'
import { UnknownMachine } from '../../../engine/core/running.ts'
import { placeOf } from '../../../engine/errors.ts'
import { parse, problemAt } from '../../../schemas/problem.ts'
import {
  type InspectedStep,
  type InspectorFrame,
  type StepAnswer,
  type WhatIfAnswer,
  whatIfBytesMax,
  whatIfQuestion,
} from '../../../schemas/protocol/inspector.ts'
import { token } from '../../../schemas/token.ts'
import { Drawings } from '../../diagram/drawings.ts'
import { LayoutFailed } from '../../diagram/run-elk.ts'
import { eventStreamHeaders, heartbeatMs } from '../http/event-stream.ts'
import { invalid, notFound, refuse } from '../http/refuse.ts'
import { signInEnds } from '../identity/principal.ts'
import { Semaphore } from '../sockets/semaphore.ts'
import { followConversation, storedSteps } from './follow-conversation.ts'
import { History, type HistoryStep } from './history.ts'
import type { EngineerRouteDeps, InspectorDeps } from './inspector-deps.ts'
import { Mask } from './mask.ts'
import { NoTimer, whatIf } from './what-if.ts'

/** The most stored steps of one frame; a live step is sent at once. */
const stepsPerFrameMax = 100
/** The most conversations that are followed at once. */
const followedMax = 100
/** The most conversations read at once to answer single questions. */
const readersMax = 2

/** Within this time, what an engineer reveals of a conversation is one entry of the audit log: pages ask often. */
const revealMs = 10 * 60_000
const revealsMax = 1_000

interface ConversationRequest {
  Params: { id: string; seq: string }
  Querystring: { after?: string; reveal?: string }
}

/** The routes of one conversation: its steps, stored and then live, and what-if questions. */
export function conversationRoutes(deps: EngineerRouteDeps): FastifyPluginAsync {
  const { inspector, log, engineerOf, audit } = deps
  const reveals = new Map<string, number>()
  const closing = new AbortController()
  const drawings = new Drawings()
  const readers = new Semaphore(readersMax)
  let followed = 0
  /** The mask for a request; `undefined`, and logged, where the engineer asks to see everything. */
  const maskFor = async (request: FastifyRequest<ConversationRequest>): Promise<Mask | undefined> => {
    if (request.query.reveal !== '1') return new Mask()
    const { id: engineer } = engineerOf(request)
    const { id } = request.params
    const revealed = `${engineer} ${id}`
    if (Date.now() - (reveals.get(revealed) ?? 0) > revealMs) {
      await audit(request, 'revealed', { kind: 'conversation', id })
      if (reveals.size >= revealsMax) reveals.clear()
      reveals.set(revealed, Date.now())
    }
    log.info({ engineer, conversation: request.params.id }, 'what a customer typed is revealed')
    return undefined
  }

  return async (fastify) => {
    fastify.addHook('preClose', async () => closing.abort())

    fastify.get<ConversationRequest>(
      '/conversations/:id/steps',
      { exposeHeadRoute: false },
      async (request, reply) => {
        const { id } = request.params
        if (!token.safeParse(id).success) return noConversation(reply, id)
        if (followed >= followedMax)
          return refuse(reply, 'too_many', `${followedMax} conversations are open already: close some`)
        const mask = await maskFor(request)
        const engineer = engineerOf(request)
        const after = Number(request.headers['last-event-id'] ?? request.query.after ?? 0) || 0
        reply.hijack()
        const response = reply.raw
        const gone = goneOf(response)
        const signal = AbortSignal.any([closing.signal, gone, signInEnds(engineer, gone)])
        const steps = followConversation(inspector, id, deps, signal)
        followed++
        await sendEvents(response, framesOf(steps, mask, after), signal).catch((error) => {
          log.error({ ...placeOf(error), conversation: id }, 'a conversation cannot be inspected')
          // It would fail again: this frame keeps the client from coming back.
          const failed: InspectorFrame = { type: 'failed', message: 'the log of the gateway says why' }
          response.write(`data: ${JSON.stringify(failed)}\n\n`)
        })
        followed--
        response.end()
      },
    )

    fastify.get<{ Params: { name: string } }>('/machines/:name/drawing', async (request, reply) => {
      const { name } = request.params
      const definition = await new History(deps).definition(name)
      if (!definition) return notFound(reply, `the machine ${name} is not available here`)
      try {
        return await drawings.of(definition)
      } catch (error) {
        if (error instanceof LayoutFailed) return refuse(reply, 'not_drawn', error.message)
        throw error
      }
    })

    fastify.get<ConversationRequest>('/conversations/:id/steps/:seq', async (request, reply) => {
      const { id } = request.params
      const seq = /^[1-9]\d{0,15}$/.test(request.params.seq) ? Number(request.params.seq) : 0
      if (seq === 0) return notFound(reply, `conversation ${id} has no event ${request.params.seq}`)
      const mask = await maskFor(request)
      const { last } = await readers.run(() => readUpTo(deps, id, seq, mask, goneOf(reply.raw)))
      if (last?.step.seq !== seq) return notFound(reply, `conversation ${id} has no event ${seq}`)
      const { before, after } = last
      const context = ({ record }: Conversation) => record?.state.snapshot?.context ?? null
      const answer: StepAnswer = {
        seq,
        before: context(before),
        after: context(after),
        value: after.record?.state.snapshot?.value ?? null,
      }
      return mask
        ? { ...answer, before: mask.context(answer.before), after: mask.context(answer.after) }
        : answer
    })

    fastify.post<ConversationRequest>(
      '/conversations/:id/what-if',
      { bodyLimit: whatIfBytesMax },
      async (request, reply) => {
        const { id } = request.params
        const asked = parse(whatIfQuestion, request.body)
        if (!asked.ok) return invalid(reply, asked.error.problems)
        const mask = await maskFor(request)
        const { after, events } = asked.value
        const { last, first } = await readers.run(() => readUpTo(deps, id, after, mask, goneOf(reply.raw)))
        if (!first) return noConversation(reply, id)
        try {
          const start = last?.after ?? unknownConversation
          const steps = await whatIf(deps, id, start, first, events)
          const answer: WhatIfAnswer = { steps: steps.map((step) => mask?.shown(step) ?? step.step) }
          return answer
        } catch (error) {
          if (error instanceof UnknownMachine)
            return refuse(reply, 'no_machine', `the machine ${error.machine} is not available here`)
          if (!(error instanceof NoTimer)) throw error
          return invalid(reply, [problemAt(['events'], 'no_timer', { index: error.index })])
        }
      },
    )
  }
}

function noConversation(reply: FastifyReply, id: string): FastifyReply {
  return notFound(reply, `there is no conversation ${id}`)
}

/** A conversation's last step up to an event, and its first record that names a machine. */
async function readUpTo(
  deps: InspectorDeps,
  id: string,
  seq: number,
  mask: Mask | undefined,
  gone: AbortSignal,
): Promise<{ last?: HistoryStep; first?: StoredRecord }> {
  let last: HistoryStep | undefined
  let first: StoredRecord | undefined
  if (!token.safeParse(id).success) return {}
  const history = new History(deps)
  for await (const told of storedSteps(deps.inspector, id, history)) {
    const { record } = history.conversation
    if (record?.state.machine !== undefined) first ??= record
    if (told.step.seq <= seq) {
      mask?.update(told)
      last = told
    } else if (first) break
    if (gone.aborted) break
  }
  return { ...(last && { last }), ...(first && { first }) }
}

/** Aborts when the client has gone. */
function goneOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  response.on('error', () => gone.abort())
  return gone.signal
}

interface Frame {
  /** The event after which a client that reconnects resumes. */
  id?: number
  frame: InspectorFrame
}

/** The steps after an event: in batches until they are live. */
async function* framesOf(
  steps: AsyncIterable<HistoryStep | 'live'>,
  mask: Mask | undefined,
  after: number,
): AsyncGenerator<Frame> {
  let batch: InspectedStep[] = []
  let isLive = false
  const frame = (): Frame => {
    const id = batch.at(-1)?.seq as number
    const steps = batch
    batch = []
    return { id, frame: { type: 'steps', steps } }
  }
  for await (const told of steps) {
    if (told === 'live') {
      if (batch.length > 0) yield frame()
      yield { frame: { type: 'live' } }
      isLive = true
      continue
    }
    const step = mask?.shown(told) ?? told.step
    if (step.seq <= after) continue
    batch.push(step)
    if (isLive || batch.length === stepsPerFrameMax) yield frame()
  }
}

/** Sends frames as server-sent events, as fast as the client reads. */
async function sendEvents(
  response: ServerResponse,
  frames: AsyncIterable<Frame>,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(200, eventStreamHeaders)
  response.write(': from here on\n\n')
  const heartbeat = setInterval(() => response.write(':\n\n'), heartbeatMs)
  try {
    for await (const { id, frame } of frames) {
      const text = `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(frame)}\n\n`
      if (!response.write(text)) await once(response, 'drain', { signal }).catch(() => {})
    }
  } finally {
    clearInterval(heartbeat)
  }
}
