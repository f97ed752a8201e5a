import {
  type Consumer,
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream'
import type { Logger } from 'pino'
import type { RawEvent } from '../core/conversation.ts'
import { LostTail } from '../errors.ts'
import type { Log, Reading } from '../ports.ts'
import { headersIn } from './publisher.ts'
import { RetryAborted, retry } from './retry.ts'

const fetchedAhead = 500
/** How long a pull waits for messages: short, so that a dead server is noticed. */
const pullExpiresMs = 3_000

/** A stream, or its messages on a subject, read by an ordered consumer: without acknowledgements and gaps. */
export class StreamLog implements Log {
  readonly #js: JetStreamClient
  readonly #jsm: JetStreamManager
  readonly #stream: string
  readonly #subject: string
  readonly #log: Logger
  /** The last consumer, and how many of its messages were taken from it. */
  #open: { consumer: Consumer; taken: number } | undefined
  #given = 0

  constructor(js: JetStreamClient, jsm: JetStreamManager, stream: string, subject: string, log: Logger) {
    this.#js = js
    this.#jsm = jsm
    this.#stream = stream
    this.#subject = subject
    this.#log = log
  }

  read(after: number): Reading {
    const stopped = new AbortController()
    const retryOptions = { log: this.#log, signal: stopped.signal }
    let last: LastRead = { seq: after }
    let messages: ConsumerMessages | undefined
    const open = async () => {
      await this.#checkTail(last)
      const consumer = await this.#js.consumers.get(this.#stream, {
        filter_subjects: [this.#subject],
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: last.seq + 1,
      })
      messages = await consumer.consume({ max_messages: fetchedAhead, expires: pullExpiresMs })
      this.#open = { consumer, taken: 0 }
      if (stopped.signal.aborted) messages.stop()
      void stopWhenRecreated(messages)
      return messages
    }
    const take = () => {
      if (this.#open) this.#open.taken++
    }
    const give = () => {
      this.#given++
    }
    async function* events(): AsyncGenerator<RawEvent> {
      while (!stopped.signal.aborted) {
        // Stopping does not wait for NATS, and is no failure.
        const reading = await retry('reading the log', retryOptions, open).catch((error) => {
          if (error instanceof RetryAborted) return []
          throw error
        })
        for await (const message of reading) {
          take()
          if (message.seq <= last.seq) continue
          const event = rawEvent(message)
          last = event
          give()
          yield event
        }
      }
    }
    const iterator = events()
    return {
      [Symbol.asyncIterator]: () => iterator,
      stop() {
        stopped.abort()
        messages?.stop()
      },
    }
  }

  /** The events that its readings have given. */
  get given(): number {
    return this.#given
  }

  /** The stored events that the last reading has not given yet; 0 before the first. Throws transient errors. */
  async unread(): Promise<number> {
    if (!this.#open) return 0
    const { num_pending, delivered } = await this.#open.consumer.info()
    return Math.max(0, num_pending + delivered.consumer_seq - this.#open.taken)
  }

  /** Throws LostTail where the stream does not have the last message read: a server may lose its end in a power cut. */
  async #checkTail({ seq, at }: LastRead) {
    const lastNow = await this.lastSequence()
    if (seq > lastNow) throw new LostTail('the last message read', seq, this.#stream, lastNow)
    if (at === undefined) return
    const found = await this.#jsm.streams.getMessage(this.#stream, { seq })
    if (found && found.time.getTime() !== at)
      throw new LostTail('the last message read', seq, this.#stream, seq - 1)
  }

  async lastSequence(): Promise<number> {
    return (await this.#jsm.streams.info(this.#stream)).state.last_seq
  }
}

interface LastRead {
  seq: number
  /** Absent before anything was read. */
  at?: number
}

/** Stops where the client recreates the consumer behind the fetched messages: `#checkTail` has to run first. */
async function stopWhenRecreated(messages: ConsumerMessages): Promise<void> {
  for await (const { type } of messages.status()) if (type === 'ordered_consumer_recreated') messages.stop()
}

export function rawEvent(message: JsMsg): RawEvent {
  const headers = headersIn(message.headers)
  return {
    subject: message.subject,
    seq: message.seq,
    at: Number(message.timestampNanos / 1_000_000n),
    id: headers['Nats-Msg-Id'] ?? '',
    body: message.data,
    headers,
  }
}
