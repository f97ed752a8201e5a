import { setImmediate as nextTurn } from 'node:timers/promises'
import type { JsMsg } from '@nats-io/jetstream'
import type { Progress } from '../../../../schemas/protocol/progress.ts'
import type { Nats } from '../../connect.ts'
import { readToEnd } from '../../read-to-end.ts'
import { streams } from '../../topology.ts'

/** The most records that are counted: the latest when the count begins. */
export const countedMax = 1_000_000
const minuteMs = 60_000
/** The reading yields to others in this process after this. */
const turnMs = 10

/**
 * Counts something in the records since a time. Each question continues the count, and only one about an earlier time
 * begins it anew.
 */
export abstract class RecordCount {
  readonly #nats: Nats
  readonly #countedMax: number
  /** The earliest time of a question, in epoch milliseconds. */
  #earliest = Number.POSITIVE_INFINITY
  /** When the first counted record was stored, where `countedMax` cut the count. */
  #from: number | undefined
  #isCut = false
  /** The last sequence counted. */
  #last = 0
  #progress: Progress | undefined
  #reading: Promise<void> | undefined
  #isStopped = false

  constructor(nats: Nats, max: number = countedMax) {
    this.#nats = nats
    this.#countedMax = max
  }

  /** Counts a record, by the stream's clock. Returns whether the earlier counts still hold. */
  protected abstract count(message: JsMsg, storedAt: number): boolean

  /** Drops all counts. */
  protected abstract drop(): void

  /** Called before each reading; true restarts the count. */
  protected async isOutdated(): Promise<boolean> {
    return false
  }

  /** The records were read to their end. */
  protected readAll(): void {}

  /** Counts up to now; concurrent questions share one reading. */
  async read(since: number): Promise<void> {
    do {
      this.#reading ??= this.#readNew(since).finally(() => {
        this.#reading = undefined
      })
      await this.#reading
      // The reading may have been another question's, about a later time.
    } while (minuteOf(since) < this.#earliest && !this.#isStopped)
  }

  /** The time of the first record, where there were too many. */
  protected get from(): number | undefined {
    return this.#from
  }

  protected get progress(): Progress | undefined {
    return this.#progress
  }

  stop(): void {
    this.#isStopped = true
  }

  async #readNew(since: number): Promise<void> {
    this.#progress = { read: 0, of: 0 }
    try {
      if (await this.isOutdated()) this.#reset()
      const { state } = await this.#nats.jsm.streams.info(streams.conversations)
      const minute = minuteOf(since)
      // The stream has lost its end, which was counted.
      if (minute < this.#earliest || state.last_seq < this.#last) {
        this.#reset()
        const first = (await this.#firstSince(minute)) ?? state.last_seq + 1
        this.#last = Math.max(first - 1, state.last_seq - this.#countedMax)
        this.#isCut = this.#last >= first
        this.#earliest = minute
      }
      let read = 0
      let turnBegan = performance.now()
      for await (const message of readToEnd(this.#nats, streams.conversations, { from: this.#last + 1 })) {
        if (this.#isStopped) return
        // After a reconnect the client may read some again.
        if (message.seq <= this.#last) continue
        this.#last = message.seq
        const storedAt = Number(message.timestampNanos / 1_000_000n)
        if (this.#isCut) this.#from ??= storedAt
        if (!this.count(message, storedAt)) return this.#reset()
        read++
        this.#progress = { read, of: read + message.info.pending }
        if (performance.now() - turnBegan < turnMs) continue
        await nextTurn()
        turnBegan = performance.now()
      }
      this.readAll()
    } finally {
      this.#progress = undefined
    }
  }

  /** The sequence of the first record since a time. */
  async #firstSince(time: number): Promise<number | undefined> {
    const options = { from: new Date(time), ahead: 1 }
    for await (const { seq } of readToEnd(this.#nats, streams.conversations, options)) return seq
  }

  /** Restarts the count with the next reading. */
  #reset(): void {
    this.drop()
    this.#earliest = Number.POSITIVE_INFINITY
    this.#from = undefined
    this.#isCut = false
    this.#last = 0
  }
}

export const minuteOf = (time: number) => Math.floor(time / minuteMs) * minuteMs
