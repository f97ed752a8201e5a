import {
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream'
import type { Logger } from 'pino'
import type { Log, RawEvent, Reading } from '../ports.ts'
import { persist } from './persist.ts'

/** So many messages are fetched ahead, and so long does a pull wait: short, so that a dead server is noticed. */
const fetchedAhead = 500
const pullExpiresMs = 3_000

/** A stream, or the part of it on a subject, read by an ordered consumer: no acknowledgements, no gaps. */
export class StoredLog implements Log {
  readonly #js: JetStreamClient
  readonly #jsm: JetStreamManager
  readonly #stream: string
  readonly #subject: string
  readonly #log: Logger

  constructor(js: JetStreamClient, jsm: JetStreamManager, stream: string, subject: string, log: Logger) {
    this.#js = js
    this.#jsm = jsm
    this.#stream = stream
    this.#subject = subject
    this.#log = log
  }

  read(after: number): Reading {
    const stopped = new AbortController()
    let messages: ConsumerMessages | undefined
    const open = async () => {
      const consumer = await this.#js.consumers.get(this.#stream, {
        filter_subjects: [this.#subject],
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: after + 1,
      })
      messages = await consumer.consume({ max_messages: fetchedAhead, expires: pullExpiresMs })
      if (stopped.signal.aborted) messages.stop()
      return messages
    }
    const to = { log: this.#log, signal: stopped.signal }
    async function* events(): AsyncGenerator<RawEvent> {
      const opened = await persist('reading the log', to, open)
      let last = after
      for await (const message of opened) {
        // A consumer that was made anew may go back a little.
        if (message.seq <= last) continue
        last = message.seq
        yield rawEvent(message)
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

  async lastSequence(): Promise<number> {
    return (await this.#jsm.streams.info(this.#stream)).state.last_seq
  }
}

export function rawEvent(message: JsMsg): RawEvent {
  const headers: Record<string, string> = {}
  if (message.headers) for (const [name, values] of message.headers) headers[name] = values.join(', ')
  return {
    subject: message.subject,
    seq: message.seq,
    at: Number(message.timestampNanos / 1_000_000n),
    id: headers['Nats-Msg-Id'] ?? '',
    body: message.data,
    headers,
  }
}
