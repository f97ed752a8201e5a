import { AckPolicy, type Consumer, type ConsumerConfig, type JsMsg } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import type { Nats } from '../connect.ts'
import { isWeather } from '../errors.ts'
import { type RetryOptions, retry } from '../retry.ts'

/** How long a pull waits for messages: short, so that a dead server is noticed. */
const pullExpiresMs = 3_000
const ackTimeoutMs = 1_000

/** A message that belongs to this worker, until it is done, put off, or the worker is silent. */
export interface PulledMessage {
  message: JsMsg
  /** If the acknowledgement is lost, the message comes again. */
  done(): Promise<void>
  /** The message comes again to any worker, at once or after this time, in milliseconds. */
  putOff(ms?: number): void
  /** The message never comes again: nothing can be made of it. */
  discard(): void
  /** Ends the heartbeats: the message comes again, to any worker, unless another delivery of it is kept alive. */
  leave(): void
}

export interface DurablePullConfig extends Partial<ConsumerConfig> {
  durable_name: string
  /** A worker that is silent for this long, in milliseconds, is gone, and its messages go to others. */
  ackWaitMs: number
}

/** A durable consumer that all workers of a kind share, so that each message goes to one of them. */
export class DurablePull {
  readonly #nats: Nats
  readonly #stream: string
  readonly #ackWaitMs: number
  readonly #config: Partial<ConsumerConfig> & { durable_name: string }
  readonly #retryOptions: RetryOptions
  #consumer: Consumer | undefined
  #stopPull = () => {}
  #isStopped = false

  constructor(
    nats: Nats,
    stream: string,
    { ackWaitMs, ...config }: DurablePullConfig,
    retryOptions: RetryOptions,
  ) {
    this.#nats = nats
    this.#stream = stream
    this.#ackWaitMs = ackWaitMs
    this.#config = config
    this.#retryOptions = retryOptions
  }

  /** Settles once the stream keeps messages for the consumer. */
  async open(): Promise<void> {
    this.#consumer = await this.#ensured()
  }

  /** Yields messages as they come, at most this many; ends at the pull's time-out. */
  async *pull(messagesMax: number): AsyncGenerator<PulledMessage> {
    let count = 0
    this.#consumer ??= await this.#ensured()
    const consumer = this.#consumer
    const messages = await retry('a pull of messages', this.#retryOptions, () =>
      consumer.fetch({ max_messages: messagesMax, expires: pullExpiresMs }),
    )
    this.#stopPull = () => messages.stop()
    if (this.#isStopped) messages.stop()
    try {
      for await (const message of messages) {
        yield this.#pulled(message)
        if (++count === messagesMax) return
      }
    } catch (error) {
      if (!isWeather(error)) throw error
      // The next pull retries; the consumer may be gone, too.
      this.#consumer = undefined
    } finally {
      messages.stop()
    }
  }

  /** Pulls no more messages. */
  stop(): void {
    this.#isStopped = true
    this.#stopPull()
  }

  #ensured(): Promise<Consumer> {
    const { js, jsm } = this.#nats
    return retry('a durable consumer', this.#retryOptions, async () => {
      const { durable_name } = this.#config
      await jsm.consumers.add(this.#stream, {
        ack_policy: AckPolicy.Explicit,
        ack_wait: nanos(this.#ackWaitMs),
        // Workers pull no more than they handle at once.
        max_ack_pending: -1,
        ...this.#config,
      })
      return js.consumers.get(this.#stream, durable_name)
    })
  }

  #pulled(message: JsMsg): PulledMessage {
    const { connection } = this.#nats
    const timer = setInterval(() => {
      if (!connection.isClosed()) message.working()
    }, 0.3 * this.#ackWaitMs)
    return {
      message,
      done: async () => {
        clearInterval(timer)
        await message.ackAck({ timeout: ackTimeoutMs }).catch(() => {})
      },
      putOff: (ms) => {
        clearInterval(timer)
        if (!connection.isClosed()) message.nak(ms)
      },
      discard: () => {
        clearInterval(timer)
        message.term()
      },
      leave: () => clearInterval(timer),
    }
  }
}
