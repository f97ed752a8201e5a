import type { Msg, MsgHdrs, NatsConnection } from '@nats-io/transport-node'
import { ApiError, NoAnswer, NoResponders } from './errors.ts'
import { onReconnect } from './on-reconnect.ts'
import { withTrace } from './tracing/tracing.ts'

export type Headers = Record<string, string>

/** JetStream's acknowledgement of a stored message. */
export interface PubAck {
  seq: number
  /** A message with its `Nats-Msg-Id` was there already. */
  duplicate: boolean
}

/** As JetStream writes it; with `error` it has nothing else. */
interface Acknowledgement {
  stream: string
  seq: number
  duplicate?: boolean
  error?: ApiError
}

/** A request that is sent at the end of this turn of the event loop. */
interface Unsent {
  id: number
  subject: string
  body: string | Uint8Array
  headers: Headers | undefined
}

interface Waiting {
  since: number
  /** For a request with several answers: whether more come after this one. */
  goesOn: ((answer: Msg) => boolean) | undefined
  resolve(answer: Msg): void
  reject(reason: NoAnswer): void
}

/** A request fails without an answer for this long. */
export const answerTimeoutMs = 5_000
const sweepMs = 250

/**
 * Requests over one inbox: answers are matched by a counter in their subject, and one timer sweeps those that
 * never come. The client's own `publish` and `request` make an inbox, a timer and a promise race of each call
 * and reach about a third of this rate.
 *
 * The requests of one turn of the event loop are sent together. The client writes to its socket several times a turn,
 * which took a fifth of an engine's processor time.
 */
export class Publisher {
  /** The highest sequence that each stream has acknowledged, by the stream's name in NATS. */
  readonly acknowledged = new Map<string, number>()
  readonly #connection: NatsConnection
  readonly #inbox: string
  readonly #waiting = new Map<number, Waiting>()
  readonly #sweeper: NodeJS.Timeout
  #unsent: Unsent[] = []
  #count = 0

  constructor(connection: NatsConnection, inbox: string) {
    this.#connection = connection
    this.#inbox = inbox
    connection.subscribe(`${inbox}.*`, {
      callback: (error, answer) => {
        if (error) return
        this.#answered(Number(answer.subject.slice(inbox.length + 1)), answer)
      },
    })
    this.#sweeper = setInterval(() => this.#sweep(), sweepMs)
    this.#sweeper.unref()
    // Answers under way are lost with the connection, and the client drops requests until it is back.
    onReconnect(connection, () => this.#rejectAll('the connection was lost'))
    void connection.closed().then(() => {
      clearInterval(this.#sweeper)
      this.#rejectAll('the connection is closed')
    })
  }

  /** Stores a message. Throws ApiError where JetStream refuses it, NoAnswer where it is unknown whether it is stored. */
  async publish(subject: string, body: string | Uint8Array, headers?: Headers): Promise<PubAck> {
    const answer = await this.request(subject, body, withTrace(headers))
    const { stream, seq, duplicate, error } = answer.json<Acknowledgement>()
    if (error) throw new ApiError(error)
    if (seq > (this.acknowledged.get(stream) ?? 0)) this.acknowledged.set(stream, seq)
    return { seq, duplicate: duplicate === true }
  }

  /** Sends any request. Throws NoAnswer. */
  request(subject: string, body: string | Uint8Array, headers?: Headers): Promise<Msg> {
    return this.#ask(subject, body, headers, undefined)
  }

  /**
   * Sends a request with several answers: returns them up to and with the one that `isLast` accepts, `answersMax` at
   * most. Throws NoAnswer where the last does not come in the time of one answer.
   */
  async requestMany(
    subject: string,
    body: string,
    answersMax: number,
    isLast: (answer: Msg) => boolean,
  ): Promise<Msg[]> {
    const answers: Msg[] = []
    await this.#ask(subject, body, undefined, (answer) => {
      answers.push(answer)
      return !isLast(answer) && answers.length < answersMax
    })
    return answers
  }

  #ask(
    subject: string,
    body: string | Uint8Array,
    headers: Headers | undefined,
    goesOn: Waiting['goesOn'],
  ): Promise<Msg> {
    return new Promise((resolve, reject) => {
      const id = this.#count++
      this.#waiting.set(id, { since: Date.now(), goesOn, resolve, reject })
      if (this.#unsent.push({ id, subject, body, headers }) === 1) setImmediate(() => this.#send())
    })
  }

  #send() {
    const unsent = this.#unsent
    this.#unsent = []
    for (const { id, subject, body, headers } of unsent) {
      const reply = `${this.#inbox}.${id}`
      try {
        // Buffers come from a pool; the client would allocate bytes for each text.
        const bytes = typeof body === 'string' ? Buffer.from(body) : body
        this.#connection.publish(subject, bytes, headers ? { reply, headers: encoded(headers) } : { reply })
      } catch (error) {
        this.#waiting.get(id)?.reject(new NoAnswer(`cannot publish to ${subject}`, { cause: error }))
        this.#waiting.delete(id)
      }
    }
  }

  #answered(id: number, answer: Msg) {
    const waiting = this.#waiting.get(id)
    if (!waiting) return
    const isNobody = answer.headers?.code === 503
    if (!isNobody && waiting.goesOn?.(answer)) return
    this.#waiting.delete(id)
    if (isNobody) waiting.reject(new NoResponders('there are no responders at the moment'))
    else waiting.resolve(answer)
  }

  // The map is in the order of the requests, so the first that is young enough ends the sweep.
  #sweep() {
    const due = Date.now() - answerTimeoutMs
    for (const [id, { since, reject }] of this.#waiting) {
      if (since > due) return
      this.#waiting.delete(id)
      reject(new NoAnswer(`no answer within ${answerTimeoutMs} ms`))
    }
  }

  #rejectAll(reason: string) {
    for (const { reject } of this.#waiting.values()) reject(new NoAnswer(reason))
    this.#waiting.clear()
  }
}

/** Received headers as an object, without some; values of one name are joined. */
export function headersIn(received: MsgHdrs | undefined, without?: ReadonlySet<string>): Headers {
  const headers: Headers = {}
  if (received)
    for (const [name, values] of received) if (!without?.has(name)) headers[name] = values.join(', ')
  return headers
}

/** Headers as the protocol writes them. The client only encodes those that it publishes; its own take four times as long. */
function encoded(headers: Headers): MsgHdrs {
  let lines = ''
  for (const name in headers) {
    const value = headers[name] as string
    if (/[\r\n]/.test(value)) throw new Error(`the header ${name} has a line break`)
    lines += `${name}: ${value}\r\n`
  }
  return { encode: () => Buffer.from(lines && `NATS/1.0\r\n${lines}\r\n`) } as unknown as MsgHdrs
}
