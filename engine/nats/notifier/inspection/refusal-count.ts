import { setImmediate as nextTurn } from 'node:timers/promises'
import type { JsMsg } from '@nats-io/jetstream'
import { foundMax, type Progress, type RefusalsAnswer } from '../../../../schemas/protocol/inspector.ts'
import type { StoredRecord } from '../../../core/conversation.ts'
import { readRecord } from '../../../core/record.ts'
import type { Nats } from '../../connect.ts'
import { readToEnd } from '../../read-to-end.ts'
import { streams, subjects } from '../../topology.ts'

/** So many records are looked at, the latest that there are when it begins. */
export const lookedAtMax = 1_000_000
const minuteMs = 60_000
/** Others in this process are let in after so long. */
const turnMs = 10

type Refusal = RefusalsAnswer['refusals'][number]

/** The records of a minute, by the stream's clock. */
interface Minute {
  records: number
  /** By type and code. */
  refusals: Map<string, Refusal>
}

/**
 * How often events were refused, by type and code. What was counted once is not read again: each question reads on
 * from there, and only one that asks for an earlier time begins anew.
 */
export class RefusalCount {
  readonly #nats: Nats
  readonly #lookedAtMax: number
  /** In their order. */
  #minutes = new Map<number, Minute>()
  /** The earliest that was asked for, in epoch milliseconds. */
  #asked = Number.POSITIVE_INFINITY
  /** When the first was stored that was looked at, where there are too many since then. */
  #from: number | undefined
  #isCut = false
  /** The last sequence that was looked at. */
  #last = 0
  #progress: Progress | undefined
  #reading: Promise<void> | undefined
  #isStopped = false

  constructor(nats: Nats, max: number = lookedAtMax) {
    this.#nats = nats
    this.#lookedAtMax = max
  }

  /** Reads what there is to read by now, for as many questions at once as there are. */
  async read(since: number): Promise<void> {
    do {
      this.#reading ??= this.#readOn(since).finally(() => {
        this.#reading = undefined
      })
      await this.#reading
      // Somebody else's question was under way, about a shorter time.
    } while (minuteOf(since) < this.#asked && !this.#isStopped)
  }

  /** What is counted by now. @param since in epoch milliseconds; its whole minute counts */
  answer(since: number): RefusalsAnswer {
    const minute = minuteOf(since)
    const total = new Map<string, Refusal>()
    let records = 0
    for (const [at, counted] of this.#minutes) {
      if (at < minute) continue
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

  async #readOn(since: number): Promise<void> {
    this.#progress = { read: 0, of: 0 }
    try {
      const { state } = await this.#nats.jsm.streams.info(streams.conversations)
      const minute = minuteOf(since)
      // A stream whose last is before what was read has lost its tail.
      if (minute < this.#asked || state.last_seq < this.#last) {
        this.#forgetAll()
        const first = (await this.#firstSince(minute)) ?? state.last_seq + 1
        this.#last = Math.max(first - 1, state.last_seq - this.#lookedAtMax)
        this.#isCut = this.#last >= first
        this.#asked = minute
      }
      let read = 0
      let turnBegan = performance.now()
      for await (const message of readToEnd(this.#nats, streams.conversations, { from: this.#last + 1 })) {
        if (this.#isStopped) return
        // The client may begin again where it has been.
        if (message.seq <= this.#last) continue
        this.#last = message.seq
        if (!this.#count(message)) return this.#forgetAll()
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

  /** Says whether what was counted before still holds: an erased conversation is named no more. */
  #count(message: JsMsg): boolean {
    const at = Number(message.timestampNanos / 1_000_000n)
    if (this.#isCut) this.#from ??= at
    const counted = this.#minuteAt(minuteOf(at))
    counted.records++
    // Within a text the quotes would not stand alone: most records need not be read.
    const body = Buffer.from(message.data.buffer, message.data.byteOffset, message.data.byteLength)
    const mayCount = body.includes('"outcome":"rejected"') || body.includes('"erased":')
    const record = mayCount ? readRecord(body.toString()) : null
    const conversation = message.subject.slice(subjects.conversation('').length)
    if (record?.state.erased) return !this.#names(conversation)
    if (record?.rejected) noteRefusal(counted, conversation, record, record.rejected.code)
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

  /** The next reading begins anew. */
  #forgetAll(): void {
    this.#minutes = new Map()
    this.#asked = Number.POSITIVE_INFINITY
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
