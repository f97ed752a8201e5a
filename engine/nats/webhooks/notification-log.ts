import type { RequestAction } from '../../../schemas/conversation/record.ts'
import type { RawEvent } from '../../core/conversation.ts'
import type { Reading } from '../../ports.ts'
import type { Nats } from '../connect.ts'
import { directGet } from '../direct-get.ts'
import { headersIn } from '../publisher.ts'
import { type RetryOptions, retry } from '../retry.ts'
import { StreamLog } from '../stream-log.ts'
import { streams, subjects } from '../topology.ts'

/** A notification as it was stored. */
export interface StoredNotification {
  sequence: number
  /** When it was stored, in epoch milliseconds. */
  at: number
  /** The id of its `Nats-Msg-Id`, which repeats have, too, with `_` for `.`: what is signed has a full stop after it. */
  id: string
  workspace: string
  conversation: string
  action: RequestAction
  /** Its JSON. */
  body: string
}

type Stored = Pick<RawEvent, 'subject' | 'seq' | 'at' | 'id' | 'body'>

/** A place in WORKSPACE: after this message, which was stored at this time, in epoch milliseconds. */
export interface Position {
  sequence: number
  at: number
}

/** The stream WORKSPACE, as webhooks read it. */
export class NotificationLog {
  readonly #nats: Nats
  readonly #retryOptions: RetryOptions

  constructor(nats: Nats, retryOptions: RetryOptions) {
    this.#nats = nats
    this.#retryOptions = retryOptions
  }

  /** The notifications after a sequence, as they come. Throws LostTail where the stream has lost its end. */
  read(workspace: string | undefined, after: number): Reading {
    const { js, jsm } = this.#nats
    const subject = subjects.workspace(workspace ?? '*', '*')
    return new StreamLog(js, jsm, streams.workspace, subject, this.#retryOptions.log).read(after)
  }

  /** `undefined`: it was removed, by its age or by an erasure. */
  async get(sequence: number): Promise<StoredNotification | undefined> {
    const found = await this.#retry(() =>
      this.#nats.jsm.streams.getMessage(streams.workspace, { seq: sequence }),
    )
    if (!found) return undefined
    const id = headersIn(found.header)['Nats-Msg-Id'] ?? ''
    return notificationOf({
      ...found,
      subject: found.subject,
      seq: sequence,
      at: found.time.getTime(),
      id,
      body: found.data,
    })
  }

  /** The place before the first notification that was stored at this time, in epoch milliseconds, or later. */
  async before(time: number): Promise<Position> {
    const { state } = await this.#retry(() => this.#nats.jsm.streams.info(streams.workspace))
    return this.#retry(async () => {
      const from = new Date(time)
      for await (const { seq } of directGet(
        this.#nats,
        streams.workspace,
        subjects.workspace('*', '*'),
        from,
      ))
        return { sequence: seq - 1, at: time }
      return { sequence: state.last_seq, at: time }
    })
  }

  /**
   * The position itself, or an earlier one if the stream has lost its end since, and other messages have its sequence.
   */
  async valid({ sequence, at }: Position): Promise<Position> {
    const { state } = await this.#retry(() => this.#nats.jsm.streams.info(streams.workspace))
    const message = sequence === 0 ? undefined : await this.get(sequence)
    const isOther = sequence > state.last_seq || (message !== undefined && message.at > at)
    return isOther ? this.before(at + 1) : { sequence, at }
  }

  /** The number of notifications after a place. */
  async countAfter(workspace: string | undefined, after: number): Promise<number> {
    const filter_subjects = [subjects.workspace(workspace ?? '*', '*')]
    return this.#retry(async () => {
      const consumer = await this.#nats.js.consumers.get(streams.workspace, {
        filter_subjects,
        opt_start_seq: after + 1,
      })
      try {
        return (await consumer.info()).num_pending
      } finally {
        await consumer.delete()
      }
    })
  }

  /** The notification with this id: reads all of its action. */
  async find(id: string): Promise<StoredNotification | undefined> {
    const [, action] = /_([A-Za-z]+)(?:_\d+)?$/.exec(id) ?? []
    if (action === undefined) return undefined
    return this.#retry(async () => {
      const subject = subjects.workspace('*', action)
      for await (const { headers, ...message } of directGet(this.#nats, streams.workspace, subject)) {
        const found = notificationOf({ ...message, id: headers['Nats-Msg-Id'] ?? '' })
        if (found.id === id) return found
      }
      return undefined
    })
  }

  #retry<T>(attempt: () => Promise<T>): Promise<T> {
    return retry('reading notifications', this.#retryOptions, attempt)
  }
}

/** A message of WORKSPACE as a notification. */
export function notificationOf({ subject, seq, at, id, body }: Stored): StoredNotification {
  const [, , workspace = '', , action = ''] = subject.split('.')
  return {
    sequence: seq,
    at,
    id: id.replaceAll('.', '_'),
    workspace,
    conversation: id.split('.')[0] ?? '',
    action: action as RequestAction,
    body: Buffer.from(body).toString(),
  }
}
