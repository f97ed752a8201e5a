import { setTimeout as sleep } from 'node:timers/promises'
import type { Msg, Subscription } from '@nats-io/transport-node'
import { CatchUp } from '../catch-up.ts'
import type { RoleConnection } from '../connect.ts'
import { headersIn } from '../publisher.ts'
import { subjects } from '../topology.ts'
import { type Context, inTrace, traceIn } from '../tracing/tracing.ts'
import {
  lastRecordOf,
  type PublicRecord,
  publicRecord,
  readRecords,
  type SequencedRecord,
} from './records.ts'

/** A replica may be stale: only this many reads in a row without a record, with this pause between them, count. */
const readsOfNothing = 3
const readAgainMs = 400

/** Live records that wait for a slow subscriber; where there are more, all are dropped and read from the stream. */
const waitingMax = 100

interface LiveRecord extends SequencedRecord {
  /** The sequence of the conversation's record before; 0 where it is the first. */
  previous: number
  /** The trace in which it was stored. */
  trace: Context | undefined
}

/** Called for each record once and in order. A promise is awaited before the next. */
export type RecordListener = (record: PublicRecord, sequence: number) => void | Promise<void>

export interface ViewOptions {
  /** The sequence of the record that it begins after. */
  after?: number | undefined
  /** The stream ends before the last record that was told: it has lost its end. The view is closed then. */
  isBeyondEnd?(): void
  /** The stream cannot be read at the moment: it is tried again. */
  failed?(error: unknown): void
}

/**
 * A conversation as a subscriber follows it: each record once and in order, live. Missed records are read from the
 * stream: at the beginning, after a reconnect, and where a record names another predecessor than the last one.
 */
export class ConversationView {
  /** The sequence of the last record. */
  last: number
  /** Settles once the listener has had every record stored before the view begins, or the view is closed. */
  readonly caughtUp: Promise<void>
  readonly #role: RoleConnection
  readonly #conversation: string
  readonly #listener: RecordListener
  readonly #subscription: Subscription
  readonly #catchUp: CatchUp
  #outcomes: Map<string, (record: PublicRecord) => void> | undefined
  readonly #isBeyondEnd: (() => void) | undefined
  /** Whether the stream is known to have the last record. */
  #isLevel = false
  #waiting: LiveRecord[] = []

  constructor(
    role: RoleConnection,
    conversation: string,
    listener: RecordListener,
    { after = 0, isBeyondEnd, failed }: ViewOptions = {},
  ) {
    this.last = after
    this.#isBeyondEnd = isBeyondEnd
    this.#role = role
    this.#conversation = conversation
    this.#listener = listener
    // Records that are stored from now on are live; earlier ones are read.
    this.#subscription = role.connection.subscribe(subjects.live(conversation), {
      callback: (error, message) => {
        if (!error) this.#receive(message)
      },
    })
    this.#catchUp = new CatchUp(role, {
      read: () => this.#read(),
      handleNext: () => this.#handleNext(),
      reconnected: () => {
        this.#isLevel = false
      },
      failed: (error) => failed?.(error),
    })
    this.caughtUp = this.#catchUp.readTwice()
  }

  /** Opens a view and waits until it has caught up. */
  static async open(
    role: RoleConnection,
    conversation: string,
    listener: RecordListener,
    options: ViewOptions = {},
  ): Promise<ConversationView> {
    const view = new ConversationView(role, conversation, listener, options)
    await view.caughtUp
    return view
  }

  /** The record of an event, by the event's id: ask before it is published. */
  outcomeOf(id: string): Promise<PublicRecord> {
    this.#outcomes ??= new Map()
    return new Promise((resolve) => this.#outcomes?.set(id, resolve))
  }

  close(): void {
    this.#catchUp.close()
    this.#subscription.unsubscribe()
    this.#waiting = []
  }

  #receive(message: Msg): void {
    const sequence = Number(message.headers?.get('Nats-Sequence'))
    const previous = Number(message.headers?.get('Nats-Last-Sequence'))
    if (!this.#catchUp.isOpen || sequence <= this.last) return
    if (this.#waiting.length < waitingMax) {
      const trace = traceIn(headersIn(message.headers))
      this.#waiting.push({ sequence, previous, record: publicRecord(message.string()), trace })
      void this.#catchUp.work()
    } else {
      this.#waiting = []
      void this.#catchUp.readTo(sequence)
    }
  }

  #handleNext(): Promise<void> | undefined {
    const next = this.#waiting.shift()
    if (!next) return undefined
    if (next.previous === this.last) return inTrace(next.trace, () => this.#notify(next))
    return next.sequence > this.last ? this.#catchUp.readTo(next.sequence) : Promise.resolve()
  }

  async #read(): Promise<number> {
    const before = this.last
    for await (const stored of readRecords(this.#role, this.#conversation, this.last)) {
      await this.#notify(stored)
      if (!this.#catchUp.isOpen) break
    }
    if (this.last > before) this.#isLevel = true
    else if (!this.#isLevel && this.#isBeyondEnd && this.last > 0) await this.#checkEnd(this.#isBeyondEnd)
    return this.last
  }

  async #checkEnd(isBeyondEnd: () => void): Promise<void> {
    for (let reads = 1; (await lastRecordOf(this.#role, this.#conversation)) < this.last; reads++) {
      if (!this.#catchUp.isOpen) return
      if (reads === readsOfNothing) {
        this.close()
        return isBeyondEnd()
      }
      await sleep(readAgainMs)
    }
    this.#isLevel = true
  }

  async #notify({ sequence, record }: SequencedRecord): Promise<void> {
    if (!this.#catchUp.isOpen || sequence <= this.last) return
    this.last = sequence
    if (!record) return
    await this.#listener(record, sequence)
    this.#outcomes?.get(record.event.id)?.(record)
    this.#outcomes?.delete(record.event.id)
  }
}
