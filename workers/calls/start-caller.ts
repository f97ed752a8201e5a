import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import type { Logger } from 'pino'
import { Bucket } from '../../engine/nats/bucket.ts'
import type { Nats } from '../../engine/nats/connect.ts'
import type { Worker } from '../../engine/nats/engine/start-worker.ts'
import { CallQueue, type QueuedCall } from '../../engine/nats/queues/call-queue.ts'
import { retry } from '../../engine/nats/retry.ts'
import { inSpan, type SpanOptions } from '../../engine/nats/tracing/tracing.ts'
import type { AllowedHosts } from './client/allowed-hosts.ts'
import type { ApiClient } from './client/api-client.ts'
import { ApiSecrets } from './client/api-secrets.ts'
import { idempotencyKey, performCall } from './perform-call.ts'
import type { WebhookTimes } from './webhooks/receiver.ts'
import { Webhooks } from './webhooks/webhooks.ts'

/** Calls under way at once; others wait in the stream, for any caller. */
export const callsAtOnceMax = 64
/** On a stop, unfinished calls go to another caller after this. */
const stopTimeoutMs = 3_000
const giveUpTimeoutMs = 1_000

export interface CallerOptions {
  allowed: AllowedHosts
  /** For tests. */
  webhookTimes?: Partial<WebhookTimes>
}

/** Starts a caller, which shares the calls of APIs and the webhooks with the other callers on the same NATS. */
export async function startCaller(
  nats: Nats,
  log: Logger,
  { allowed, webhookTimes: times }: CallerOptions,
): Promise<Pick<Worker, 'stop' | 'failed'>> {
  const stopping = new AbortController()
  const giveUp = new AbortController()
  // Each call adds a listener; Node warns of a leak from eleven on.
  setMaxListeners(callsAtOnceMax, giveUp.signal)
  const retryOptions = { log, signal: giveUp.signal }
  const queue = new CallQueue(nats, retryOptions)
  // Loaded at the first call: most installations make none, and its HTTP client takes a tenth of their start.
  let client: Promise<ApiClient> | undefined
  const openClient = () => import('./client/api-client.ts').then(({ ApiClient }) => new ApiClient(allowed))
  const stored = new ApiSecrets(new Bucket(nats, 'apiSecrets'))
  const secrets = {
    valueOf: (name: string) => retry('reading a secret', retryOptions, () => stored.valueOf(name)),
  }

  const deal = async (queued: QueuedCall) => {
    const { call } = queued
    try {
      if (await queue.isAwaited(call)) {
        client ??= openClient()
        const answer = await performCall(call, { client: await client, secrets, log, signal: giveUp.signal })
        // A new id each time: where two callers have performed the same call, both answers are stored.
        await queue.answer(call.conversation, answer, `${idempotencyKey(call)}.${randomUUID()}`)
      }
      await queued.done()
    } catch (error) {
      queued.giveBack()
      if (!giveUp.signal.aborted) throw error
    }
  }

  let fail: (error: unknown) => void = () => {}
  const callsFailed = new Promise<never>((_, reject) => {
    fail = reject
  })
  const webhooks = await Webhooks.start(nats, { secrets, openClient, retryOptions, log, times })
  const failed = Promise.race([callsFailed, webhooks.failed])
  failed.catch(() => {})
  const running = new Set<Promise<void>>()
  const begin = (queued: QueuedCall) => {
    const { trace, call } = queued
    const attributes = { 'frontdesk.conversation': call.conversation, 'frontdesk.bot': call.bot }
    const span: SpanOptions = { kind: 'CLIENT', parent: trace ?? null, attributes }
    const run: Promise<void> = inSpan('call API', span, () => deal(queued))
      .catch(fail)
      .finally(() => running.delete(run))
    running.add(run)
  }
  const takeAll = async () => {
    while (!stopping.signal.aborted) {
      if (running.size >= callsAtOnceMax) await Promise.race(running)
      for await (const queued of queue.pull(callsAtOnceMax - running.size))
        if (stopping.signal.aborted) queued.giveBack()
        else begin(queued)
    }
  }

  await queue.open()
  const taking = takeAll().catch((error) => {
    if (!giveUp.signal.aborted) fail(error)
  })
  return {
    failed,
    stop: async () => {
      stopping.abort()
      queue.stop()
      const finished = Promise.all([taking, webhooks.stop(), ...running])
      if (!(await within(stopTimeoutMs, finished))) {
        giveUp.abort(new Error('the caller stops'))
        await within(giveUpTimeoutMs, finished)
      }
      await (await client)?.close()
      // So that calls that were given back go to others at once, unless NATS is away.
      await within(
        giveUpTimeoutMs,
        nats.flush().catch(() => {}),
      )
    },
  }
}

/** Whether the promise settles within this time. */
async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  const isInTime = await Promise.race([promise.then(() => true), late])
  clearTimeout(timer)
  return isInTime
}
