import { setTimeout as sleep } from 'node:timers/promises'
import type { Subscription } from '@nats-io/transport-node'
import type { Nats } from './connect.ts'
import { readRecord } from './stored-conversations.ts'
import { type PublicRecord, type SeenRecord, storedRecords } from './stored-records.ts'
import { subjects } from './topology.ts'

const readAgainAfterMs = 500

/**
 * A conversation as a subscriber follows it: what is live, each record once and in order. Whatever live has
 * missed is read from the stream: at the beginning, after a reconnect, and where a record names another
 * predecessor than the last one seen.
 */
export class ConversationView {
  /** The sequence of the last record seen; 0 before there is one. */
  last = 0
  readonly #nats: Nats
  readonly #conversation: string
  readonly #seen: (record: PublicRecord) => void
  readonly #outcomes = new Map<string, (record: PublicRecord) => void>()
  readonly #subscription: Subscription
  #work: Promise<void> = Promise.resolve()
  #isClosed = false

  private constructor(nats: Nats, conversation: string, seen: (record: PublicRecord) => void) {
    this.#nats = nats
    this.#conversation = conversation
    this.#seen = seen
    this.#subscription = nats.connection.subscribe(subjects.live(conversation), {
      callback: (error, message) => {
        if (error) return
        const sequence = Number(message.headers?.get('Nats-Sequence'))
        const previous = Number(message.headers?.get('Nats-Last-Sequence'))
        const record = readRecord(message.string())
        this.#then(async () => {
          if (sequence <= this.last) return
          if (previous === this.last) this.#take({ sequence, record })
          else await this.#catchUp()
        })
      },
    })
  }

  /** Settles once all that is stored so far has been seen. */
  static async open(
    nats: Nats,
    conversation: string,
    seen: (record: PublicRecord) => void,
  ): Promise<ConversationView> {
    const view = new ConversationView(nats, conversation, seen)
    // Whatever is stored from now on is live; whatever was before, is read.
    await nats.connection.flush()
    view.#then(() => view.#catchUp())
    void view.#watchReconnects()
    await view.#work
    return view
  }

  /** The record of an event, by the event's id: ask before it is published. */
  outcomeOf(id: string): Promise<PublicRecord> {
    return new Promise((resolve) => this.#outcomes.set(id, resolve))
  }

  close(): void {
    this.#isClosed = true
    this.#subscription.unsubscribe()
  }

  #then(work: () => Promise<void>): void {
    this.#work = this.#work.then(work)
  }

  async #watchReconnects() {
    for await (const { type } of this.#nats.connection.status()) {
      if (this.#isClosed) return
      if (type === 'reconnect') this.#then(() => this.#catchUp())
    }
  }

  async #catchUp() {
    while (!this.#isClosed) {
      try {
        for await (const seen of storedRecords(this.#nats, this.#conversation, this.last)) this.#take(seen)
        return
      } catch {
        // Weather: the same again, from where it stopped.
        await sleep(readAgainAfterMs)
      }
    }
  }

  #take({ sequence, record }: SeenRecord) {
    if (this.#isClosed || sequence <= this.last) return
    this.last = sequence
    if (!record) return
    this.#seen(record)
    this.#outcomes.get(record.event.id)?.(record)
    this.#outcomes.delete(record.event.id)
  }
}
