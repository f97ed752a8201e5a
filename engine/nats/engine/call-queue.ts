import { AckPolicy, type Consumer, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import { type Call, type CallAnswer, call as callSchema } from '../../../schemas/conversation/call.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import type { Nats } from '../connect.ts'
import { isWeather } from '../errors.ts'
import { publishEvent } from '../inbox.ts'
import { type RetryOptions, retry } from '../retry.ts'
import { streams } from '../topology.ts'
import { ConversationStore } from './conversation-store.ts'

/** The consumer that all callers share, so that each call goes to one of them. */
const durable = 'callers'
/** A caller that is silent for this long is gone, and its calls go to others. */
const ackWaitMs = 3_000
const heartbeatMs = 1_000
/** How long a pull waits for calls: short, so that a dead server is noticed. */
const pullExpiresMs = 3_000
const ackTimeoutMs = 1_000

/** A call that belongs to this caller, until it is done, given back, or the caller is silent. */
export interface QueuedCall {
  call: Call
  /** The call is answered, or not awaited any more. */
  done(): Promise<void>
  /** Gives the call to another caller. */
  giveBack(): void
}

/** The calls that wait to be performed, in the stream CALLS. */
export class CallQueue {
  readonly #nats: Nats
  readonly #retryOptions: RetryOptions
  readonly #conversations: ConversationStore
  #consumer: Consumer | undefined
  #messages: ConsumerMessages | undefined
  #isStopped = false

  constructor(nats: Nats, retryOptions: RetryOptions) {
    this.#nats = nats
    this.#retryOptions = retryOptions
    this.#conversations = new ConversationStore(nats, retryOptions)
  }

  /** Settles once the stream keeps calls for callers. */
  async open(): Promise<void> {
    await retry('the queue of calls', this.#retryOptions, () => this.#ensureConsumer())
  }

  /** Yields calls as they come, at most this many; ends at the pull's time-out. */
  async *pull(callsMax: number): AsyncGenerator<QueuedCall> {
    let count = 0
    const messages = await retry('the queue of calls', this.#retryOptions, () => this.#fetch(callsMax))
    try {
      for await (const message of messages) {
        const queued = this.#queued(message)
        if (queued) yield queued
        if (++count === callsMax) return
      }
    } catch (error) {
      if (!isWeather(error)) throw error
      // The next pull retries; the consumer may be gone, too.
      this.#consumer = undefined
    } finally {
      messages.stop()
    }
  }

  /** Pulls no more calls. */
  stop(): void {
    this.#isStopped = true
    this.#messages?.stop()
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

  async #ensureConsumer(): Promise<Consumer> {
    const { js, jsm } = this.#nats
    await jsm.consumers.add(streams.calls, {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ackWaitMs),
      // Callers pull no more than they perform at once.
      max_ack_pending: -1,
    })
    return js.consumers.get(streams.calls, durable)
  }

  async #fetch(callsMax: number): Promise<ConsumerMessages> {
    this.#consumer ??= await this.#ensureConsumer()
    const messages = await this.#consumer.fetch({ max_messages: callsMax, expires: pullExpiresMs })
    this.#messages = messages
    if (this.#isStopped) messages.stop()
    return messages
  }

  #queued(message: JsMsg): QueuedCall | null {
    const call = readCall(message.data)
    if (!call) {
      const { subject, seq } = message
      this.#retryOptions.log.error({ subject, seq }, 'passing over a message that is not a call')
      message.term()
      return null
    }
    const { connection } = this.#nats
    const timer = setInterval(() => {
      if (!connection.isClosed()) message.working()
    }, heartbeatMs)
    return {
      call,
      done: async () => {
        clearInterval(timer)
        // If the acknowledgement is lost, the call comes again, and is not awaited then.
        await message.ackAck({ timeout: ackTimeoutMs }).catch(() => {})
      },
      giveBack: () => {
        clearInterval(timer)
        if (!connection.isClosed()) message.nak()
      },
    }
  }
}

function readCall(body: Uint8Array): Call | null {
  return callSchema.safeParse(parseJson(body)).data ?? null
}
