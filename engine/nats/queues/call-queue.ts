import { type Call, type CallAnswer, call as callSchema } from '../../../schemas/conversation/call.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import type { Nats } from '../connect.ts'
import { ConversationStore } from '../engine/conversation-store.ts'
import { publishEvent } from '../inbox.ts'
import { headersIn } from '../publisher.ts'
import { type RetryOptions, retry } from '../retry.ts'
import { streams } from '../topology.ts'
import { type Context, traceIn } from '../tracing/tracing.ts'
import { DurablePull } from './durable-pull.ts'

/** Customers wait for calls: those of a caller that is gone soon go to another one. */
const ackWaitMs = 3_000

/** A call that belongs to this caller, until it is done, given back, or the caller is silent. */
export interface QueuedCall {
  call: Call
  /** The trace in which it was requested. */
  trace: Context | undefined
  /** The call is answered, or not awaited any more; if it comes again, it is not awaited then. */
  done(): Promise<void>
  /** Gives the call to another caller. */
  giveBack(): void
}

/** The calls that wait to be performed, in the stream CALLS. */
export class CallQueue {
  readonly #nats: Nats
  readonly #retryOptions: RetryOptions
  readonly #conversations: ConversationStore
  readonly #calls: DurablePull

  constructor(nats: Nats, retryOptions: RetryOptions) {
    this.#nats = nats
    this.#retryOptions = retryOptions
    this.#conversations = new ConversationStore(nats, retryOptions)
    this.#calls = new DurablePull(nats, streams.calls, { durable_name: 'callers', ackWaitMs }, retryOptions)
  }

  /** Settles once the stream keeps calls for callers. */
  open(): Promise<void> {
    return this.#calls.open()
  }

  /** Yields calls as they come, at most this many; ends at the pull's time-out. */
  async *pull(callsMax: number): AsyncGenerator<QueuedCall> {
    for await (const { message, done, putOff, discard } of this.#calls.pull(callsMax)) {
      const call = readCall(message.data)
      if (call) {
        const trace = traceIn(headersIn(message.headers))
        yield { call, trace, done, giveBack: () => putOff() }
        continue
      }
      const { subject, seq } = message
      this.#retryOptions.log.error({ subject, seq }, 'passing over a message that is not a call')
      discard()
    }
  }

  /** Pulls no more calls. */
  stop(): void {
    this.#calls.stop()
  }

  /** Whether the conversation still waits for this call: not answered, not out of time, not gone. */
  async isAwaited({ conversation, call }: Call): Promise<boolean> {
    for (const fromLeader of [false, true]) {
      const { record } = await this.#conversations.load(conversation, fromLeader)
      if (record?.state.awaits === call) return true
    }
    return false
  }

  /** Publishes the answer as an event of the conversation, under an id that a repeat has, too. */
  async answer(conversation: string, answer: CallAnswer, id: string): Promise<void> {
    await retry('an answer', this.#retryOptions, () =>
      publishEvent(this.#nats, conversation, 'call.answered', answer, id),
    )
  }
}

function readCall(body: Uint8Array): Call | null {
  return callSchema.safeParse(parseJson(body)).data ?? null
}
