import { setImmediate as nextTurn } from 'node:timers/promises'
import type { JsMsg } from '@nats-io/jetstream'
import { foundMax, type Progress, type RefusalsAnswer } from '../../../../schemas/protocol/inspector.ts'
import type { StoredRecord } from '../../../core/conversation.ts'
import { readRecord } from '../../../core/record.ts'
import type { Nats } from '../../connect.ts'
import { readToEnd } from '../../read-to-end.ts'
import { streams, subjects } from '../../topology.ts'

/** The most records that are counted: the latest when the count begins. */
export const countedMax = 1_000_000
const minuteMs = 60_000
/** The reading yields to others in this process after this. */
const turnMs = 10

type Refusal = RefusalsAnswer['refusals'][number]

/** The records of a minute, by the stream's clock. */
interface Minute {
  records: number
  /** Refusals by type and code. */
  refusals: Map<string, Refusal>
}

/**
 * Counts refused events, by type and code. Each question continues the count, and only one about an earlier time
 * begins it anew.
 */
export class RefusalCount {
  readonly #nats: Nats
  readonly #countedMax: number
  /** In order of time. */
  #minutes = new Map<number, Minute>()
  /** The earliest time of a question, in epoch milliseconds. */
  #earliest = Number.POSITIVE_INFINITY
  /** When the first counted record was stored, where `countedMax` cut the count. */
  #from: number | undefined
  #isCut = false
  /** The last sequence counted. */
  #last = 0
  /** Erased conversations that a count has named. Their earlier records may still be there for a moment. */
  readonly #erased = new Set<string>()
  #progress: Progress | undefined
  #reading: Promise<void> | undefined
  #isStopped = false

  constructor(nats: Nats, max: number = countedMax) {
    this.#nats = nats
    this.#countedMax = max
  }

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

  /** The counts so far. @param since in epoch milliseconds; its whole minute counts */
  answer(since: number): RefusalsAnswer {
    const minute = minuteOf(since)
    const total = new Map<string, Refusal>()
    let records = 0
    for (const [time, counted] of this.#minutes) {
      if (time < minute) continue
      records += counted.records
      for (const [key, refusal] of counted.refusals) {
        const count = (total.get(key)?.count ?? 0) + refusal.count
        total.set(key, { ...refusal, count })
      }
    }
    const refusals = [...total.values()].sort((a, b) => b.count - a.count).slice(0, foundMax)
    return {
      refusals,
      records,
      since: new Date(Math.max(minute, this.#from ?? minute)).toISOString(),
      ...(this.#progress && { progress: this.#progress }),
    }
  }

  stop(): void {
    this.#isStopped = true
  }

  async #readNew(since: number): Promise<void> {
    this.#progress = { read: 0, of: 0 }
    try {
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
        if (!this.#count(message)) return this.#reset()
        read++
        this.#progress = { read, of: read + message.info.pending }
        if (performance.now() - turnBegan < turnMs) continue
        await nextTurn()
        turnBegan = performance.now()
      }
    } finally {
      this.#progress = undefined
    }
  }

  /** The sequence of the first record since a time. */
  async #firstSince(time: number): Promise<number | undefined> {
    const options = { from: new Date(time), ahead: 1 }
    for await (const { seq } of readToEnd(this.#nats, streams.conversations, options)) return seq
  }

  /** Whether the earlier counts still hold: they may not name an erased conversation. */
  #count(message: JsMsg): boolean {
    const time = Number(message.timestampNanos / 1_000_000n)
    if (this.#isCut) this.#from ??= time
    const counted = this.#minuteAt(minuteOf(time))
    counted.records++
    // Most records need not be parsed. Within a text the quotes would be escaped.
    const body = Buffer.from(message.data.buffer, message.data.byteOffset, message.data.byteLength)
    const mayCount = body.includes('"outcome":"rejected"') || body.includes('"erased":')
    const record = mayCount ? readRecord(body.toString()) : null
    const conversation = message.subject.slice(subjects.conversation('').length)
    if (record?.state.erased) {
      if (!this.#names(conversation)) return true
      this.#erased.add(conversation)
      return false
    }
    if (record?.rejected && !this.#erased.has(conversation))
      noteRefusal(counted, conversation, record, record.rejected.code)
    return true
  }

  #minuteAt(minute: number): Minute {
    const known = this.#minutes.get(minute)
    if (known) return known
    const made: Minute = { records: 0, refusals: new Map() }
    this.#minutes.set(minute, made)
    return made
  }

  #names(conversation: string): boolean {
    for (const { refusals } of this.#minutes.values())
      for (const { last } of refusals.values()) if (last.conversation === conversation) return true
    return false
  }

  /** Restarts the count with the next reading. */
  #reset(): void {
    this.#minutes = new Map()
    this.#earliest = Number.POSITIVE_INFINITY
    this.#from = undefined
    this.#isCut = false
    this.#last = 0
  }
}

function noteRefusal(
  { refusals }: Minute,
  conversation: string,
  { at, event }: StoredRecord,
  code: string,
): void {
  const key = `${event.type} ${code}`
  const count = (refusals.get(key)?.count ?? 0) + 1
  refusals.set(key, { type: event.type, code, count, last: { at, conversation, seq: event.seq } })
}

const minuteOf = (time: number) => Math.floor(time / minuteMs) * minuteMs
