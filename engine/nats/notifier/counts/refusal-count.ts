import type { JsMsg } from '@nats-io/jetstream'
import { foundMax, type RefusalsAnswer } from '../../../../schemas/protocol/inspector.ts'
import type { StoredRecord } from '../../../core/conversation.ts'
import { readRecord } from '../../../core/record.ts'
import { subjects } from '../../topology.ts'
import { minuteOf, RecordCount } from './record-count.ts'

type Refusal = RefusalsAnswer['refusals'][number]

/** The records of a minute, by the stream's clock. */
interface Minute {
  records: number
  /** Refusals by type and code. */
  refusals: Map<string, Refusal>
}

/** Counts refused events, by type and code. */
export class RefusalCount extends RecordCount {
  /** In order of time. */
  #minutes = new Map<number, Minute>()
  /** Erased conversations that a count has named. Their earlier records may still be there for a moment. */
  readonly #erased = new Set<string>()

  /** The counts so far. @param since in epoch milliseconds; its whole minute counts */
  answer(since: number): RefusalsAnswer {
    const { from, progress } = this
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
      since: new Date(Math.max(minute, from ?? minute)).toISOString(),
      ...(progress && { progress }),
    }
  }

  /** A count may not name an erased conversation. */
  protected count(message: JsMsg, storedAt: number): boolean {
    const counted = this.#minuteAt(minuteOf(storedAt))
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

  protected drop(): void {
    this.#minutes = new Map()
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
