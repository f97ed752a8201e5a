import { setTimeout as sleep } from 'node:timers/promises'
import type { Msg, Subscription } from '@nats-io/transport-node'
import type { RoleConnection } from '../connect.ts'
import { isWeather } from '../errors.ts'
import { onReconnect } from '../on-reconnect.ts'
import { subjects } from '../topology.ts'
import { type PublicRecord, publicRecord, readRecords, type SequencedRecord } from './records.ts'

/** So many live records wait for a slow reader; of more, all are dropped and read from the stream in time. */
const waitingMax = 100
/** Between two tries, doubled up to the longest. */
const firstPauseMs = 50
const longestPauseMs = 2_000
/** So often is the stream read for a record that live told of: some 5 seconds. */
const readsForOneMax = 7
/**
 * In a cluster a subscription takes a moment to be known everywhere, and a stream is read from a replica that may
 * be a little behind: what was stored just then is neither live nor read at first. So it is read once more.
 */
const readAgainAfterMs = 1_000

interface LiveRecord extends SequencedRecord {
  /** The sequence of the conversation's record before; 0 where it is the first. */
  previous: number
}

/** What a view is told: each record once and in order. A promise is waited for before the next. */
export type Seen = (record: PublicRecord, sequence: number) => void | Promise<void>

/**
 * A conversation as a subscriber follows it: what is live, each record once and in order. Whatever live has
 * missed is read from the stream: at the beginning, after a reconnect, and where a record names another
 * predecessor than the last one seen.
 */
export class ConversationView {
  /** The sequence of the last record seen. */
  last: number
  /** Settles once all has been seen that is stored when the view begins, or the view is closed. */
  readonly caughtUp: Promise<void>
  readonly #role: RoleConnection
  readonly #conversation: string
  readonly #seen: Seen
  readonly #subscription: Subscription
  readonly #forgetReconnects: () => void
  #outcomes: Map<string, (record: PublicRecord) => void> | undefined
  #waiting: LiveRecord[] = []
  /** The stream has to be read, at least up to this sequence. */
  #toRead: number | undefined
  #isWorking = false
  #isClosed = false
  #again: NodeJS.Timeout | undefined

  /** @param after begins behind the record of this sequence */
  constructor(role: RoleConnection, conversation: string, seen: Seen, after = 0) {
    this.last = after
    this.#role = role
    this.#conversation = conversation
    this.#seen = seen
    // Whatever is stored from now on is live; whatever was before, is read.
    this.#subscription = role.connection.subscribe(subjects.live(conversation), {
      callback: (error, message) => {
        if (!error) this.#hear(message)
      },
    })
    this.#forgetReconnects = onReconnect(role.connection, () => void this.#read())
    this.caughtUp = this.#read()
  }

  /** A view that has caught up. */
  static async open(
    role: RoleConnection,
    conversation: string,
    seen: Seen,
    after = 0,
  ): Promise<ConversationView> {
    const view = new ConversationView(role, conversation, seen, after)
    await view.caughtUp
    return view
  }

  /** The record of an event, by the event's id: ask before it is published. */
  outcomeOf(id: string): Promise<PublicRecord> {
    this.#outcomes ??= new Map()
    return new Promise((resolve) => this.#outcomes?.set(id, resolve))
  }

  close(): void {
    this.#isClosed = true
    this.#subscription.unsubscribe()
    this.#forgetReconnects()
    clearTimeout(this.#again)
    this.#waiting = []
  }

  #hear(message: Msg): void {
    const sequence = Number(message.headers?.get('Nats-Sequence'))
    const previous = Number(message.headers?.get('Nats-Last-Sequence'))
    if (this.#isClosed || sequence <= this.last) return
    if (this.#waiting.length < waitingMax)
      this.#waiting.push({ sequence, previous, record: publicRecord(message.string()) })
    else {
      this.#waiting = []
      this.#mustReadTo(sequence)
    }
    void this.#work()
  }

  /** Settles once it was read, unless that is under way already. */
  #read(): Promise<void> {
    this.#mustReadTo(0)
    clearTimeout(this.#again)
    this.#again = setTimeout(() => {
      this.#mustReadTo(0)
      void this.#work()
    }, readAgainAfterMs).unref()
    return this.#work()
  }

  #mustReadTo(sequence: number): void {
    this.#toRead = Math.max(this.#toRead ?? 0, sequence)
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return
    this.#isWorking = true
    while (this.#isOpen()) {
      if (this.#toRead !== undefined) await this.#catchUp()
      const next = this.#waiting.shift()
      if (!next) {
        if (this.#toRead === undefined) break
      } else if (next.previous === this.last) await this.#take(next)
      else if (next.sequence > this.last) this.#mustReadTo(next.sequence)
    }
    this.#isWorking = false
  }

  async #catchUp(): Promise<void> {
    let reads = 0
    for (let pause = firstPauseMs; this.#isOpen(); pause = Math.min(2 * pause, longestPauseMs)) {
      const upTo = this.#toRead ?? 0
      this.#toRead = undefined
      try {
        for await (const seen of readRecords(this.#role, this.#conversation, this.last)) {
          await this.#take(seen)
          if (this.#isClosed) return
        }
        // A replica that is behind does not have it yet; what was erased or lost since, never comes.
        if (this.last >= upTo || ++reads === readsForOneMax) return
      } catch (error) {
        if (!isWeather(error)) throw error
      }
      this.#mustReadTo(upTo)
      // After a reconnect thousands of views read: not all at the same moment.
      await sleep(pause * (0.5 + Math.random()))
    }
  }

  #isOpen(): boolean {
    return !this.#isClosed && !this.#role.connection.isClosed()
  }

  async #take({ sequence, record }: SequencedRecord): Promise<void> {
    if (this.#isClosed || sequence <= this.last) return
    this.last = sequence
    if (!record) return
    await this.#seen(record, sequence)
    this.#outcomes?.get(record.event.id)?.(record)
    this.#outcomes?.delete(record.event.id)
  }
}
