import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import {
  type Conversation,
  type StoredRecord,
  unknownConversation,
} from '../../../engine/core/conversation.ts'
import { UnknownMachine } from '../../../engine/core/decide.ts'
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
import { readAsked } from '../http/read-question.ts'
import { invalid, notFound, refuse } from '../http/refuse.ts'
import { signInEnds } from '../identity/sign-in-ends.ts'
import { followConversation, tellStored } from './follow-conversation.ts'
import { History, type Retold } from './history.ts'
import type { InspectorSide } from './inspector-side.ts'
import { Mask } from './mask.ts'
import { Turns } from './turns.ts'
import { NoTimer, whatIf } from './what-if.ts'

/** So many steps go out at once; what comes live goes out at once anyway. */
const stepsAtOnce = 100
/** So many conversations are followed at once, and so many read through to answer one question. */
const followedMax = 100
const readAtOnceMax = 2

interface Asked {
  Params: { id: string; seq: string }
  Querystring: { after?: string; reveal?: string }
}

/** One conversation: its steps from the first one on, live at the end, and what else it might have done. */
export function conversationRoutes(side: InspectorSide): FastifyPluginAsync {
  const { inspector, log } = side
  const closing = new AbortController()
  const drawings = new Drawings()
  const readings = new Turns(readAtOnceMax)
  let followed = 0
  /** Nothing is hidden from who asks for it; that they have is on record. */
  const maskFor = (request: FastifyRequest<Asked>): Mask | undefined => {
    if (request.query.reveal !== '1') return new Mask()
    const { id: engineer } = side.principal(request)
    log.info({ engineer, conversation: request.params.id }, 'what a customer typed is revealed')
    return undefined
  }

  return async (fastify) => {
    fastify.addHook('preClose', async () => closing.abort())

    fastify.get<Asked>('/conversations/:id/steps', { exposeHeadRoute: false }, async (request, reply) => {
      const { id } = request.params
      if (!token.safeParse(id).success) return noConversation(reply, id)
      if (followed >= followedMax)
        return refuse(
          reply,
          503,
          'too_many',
          `${followedMax} conversations are looked at already: close some`,
        )
      const mask = maskFor(request)
      const engineer = side.principal(request)
      const after = Number(request.headers['last-event-id'] ?? request.query.after ?? 0) || 0
      reply.hijack()
      const response = reply.raw
      const gone = goneOf(response)
      // Who is not signed in any more sees no more of it.
      const signal = AbortSignal.any([closing.signal, gone, signInEnds(engineer)])
      const steps = followConversation(inspector, id, side, signal)
      followed++
      await tell(response, framesOf(steps, mask, after), signal).catch((error) => {
        log.error({ err: error, conversation: id }, 'a conversation cannot be told')
        // It would fail again: who is told so does not come back.
        const failed: InspectorFrame = { type: 'failed', message: 'the log of the gateway says why' }
        response.write(`data: ${JSON.stringify(failed)}\n\n`)
      })
      followed--
      response.end()
    })

    fastify.get<{ Params: { name: string } }>('/machines/:name/drawing', async (request, reply) => {
      const { name } = request.params
      const definition = await new History(side).definition(name)
      if (!definition) return notFound(reply, `the machine ${name} is not at hand here`)
      try {
        return await drawings.of(definition)
      } catch (error) {
        if (error instanceof LayoutFailed) return refuse(reply, 422, 'not_drawn', error.message)
        throw error
      }
    })

    fastify.get<Asked>('/conversations/:id/steps/:seq', async (request, reply) => {
      const { id } = request.params
      const seq = /^[1-9]\d{0,15}$/.test(request.params.seq) ? Number(request.params.seq) : 0
      if (seq === 0) return notFound(reply, `conversation ${id} has no event ${request.params.seq}`)
      const mask = maskFor(request)
      const { last } = await readings.take(() => readUpTo(side, id, seq, mask, goneOf(reply.raw)))
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

    fastify.post<Asked>(
      '/conversations/:id/what-if',
      { bodyLimit: whatIfBytesMax },
      async (request, reply) => {
        const { id } = request.params
        const asked = readAsked(whatIfQuestion, request.body)
        if ('problems' in asked) return invalid(reply, asked.problems)
        const mask = maskFor(request)
        const { after, events } = asked
        const { last, first } = await readings.take(() => readUpTo(side, id, after, mask, goneOf(reply.raw)))
        if (!first) return noConversation(reply, id)
        try {
          const from = last?.after ?? unknownConversation
          const retold = await whatIf(side, id, from, first, events)
          const answer: WhatIfAnswer = { steps: retold.map((one) => mask?.shown(one) ?? one.step) }
          return answer
        } catch (error) {
          if (error instanceof UnknownMachine)
            return refuse(reply, 409, 'no_machine', `the machine ${error.machine} is not at hand here`)
          if (!(error instanceof NoTimer)) throw error
          return invalid(reply, [{ path: ['events'], message: error.message }])
        }
      },
    )
  }
}

function noConversation(reply: FastifyReply, id: string): FastifyReply {
  return notFound(reply, `there is no conversation ${id}`)
}

/** A conversation's last step up to an event, and the first record that says which machine it runs. */
async function readUpTo(
  side: InspectorSide,
  id: string,
  seq: number,
  mask: Mask | undefined,
  gone: AbortSignal,
): Promise<{ last?: Retold; first?: StoredRecord }> {
  let last: Retold | undefined
  let first: StoredRecord | undefined
  if (!token.safeParse(id).success) return {}
  const history = new History(side)
  for await (const retold of tellStored(side.inspector, id, history)) {
    const { record } = history.now
    if (record?.state.machine !== undefined) first ??= record
    if (retold.step.seq <= seq) {
      mask?.learn(retold)
      last = retold
    } else if (first) break
    if (gone.aborted) break
  }
  return { ...(last && { last }), ...(first && { first }) }
}

/** Aborts once nobody waits for the answer any more. */
function goneOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  response.on('error', () => gone.abort())
  return gone.signal
}

interface Frame {
  /** Where a client goes on that comes back. */
  id?: number
  frame: InspectorFrame
}

/** The steps after one, in as few frames as they come in. */
async function* framesOf(
  steps: AsyncIterable<Retold | 'live'>,
  mask: Mask | undefined,
  after: number,
): AsyncGenerator<Frame> {
  let gathered: InspectedStep[] = []
  let isLive = false
  const frame = (): Frame => {
    const id = gathered.at(-1)?.seq as number
    const steps = gathered
    gathered = []
    return { id, frame: { type: 'steps', steps } }
  }
  for await (const retold of steps) {
    if (retold === 'live') {
      if (gathered.length > 0) yield frame()
      yield { frame: { type: 'live' } }
      isLive = true
      continue
    }
    const step = mask?.shown(retold) ?? retold.step
    if (step.seq <= after) continue
    gathered.push(step)
    if (isLive || gathered.length === stepsAtOnce) yield frame()
  }
}

/** Tells a client by server-sent events, as fast as it reads. */
async function tell(
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
