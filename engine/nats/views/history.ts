import type { JsMsg } from '@nats-io/jetstream'
import type { RawEvent } from '../../core/conversation.ts'
import { addressOf } from '../../core/read-event.ts'
import { eventSeqIn, isErasedIn, readRecord } from '../../core/record.ts'
import type { StoredBody } from '../../replay.ts'
import type { Nats, RoleConnection } from '../connect.ts'
import { directGet, type StoredMessage } from '../direct-get.ts'
import { readToEnd } from '../read-to-end.ts'
import { rawEvent } from '../stream-log.ts'
import { streams, subjects } from '../topology.ts'

/** An event of a conversation with its record: either may be missing. */
export interface HistoryEntry {
  conversation: string
  /** The event's sequence in EVENTS. */
  seq: number
  /** Absent where it has aged out of the log. */
  event?: RawEvent
  /** Absent where the event made none, or has none yet. */
  record?: StoredBody
  /** The event comes after all records: it may have none yet. */
  isLast?: true
  /** The log ended before this record's event: the event has aged out, or the answering replica is stale. */
  isBehind?: true
}

/** Large batches: the server looks at all subjects for each. */
const batchBytes = 1024 * 1024
/** For reading everything. */
const fetchedAhead = 5_000

/**
 * Reads the history of one conversation, in order, as the streams have it now: every event after `after` with its
 * record, and every record whose event is gone. Events after the last record come last, without one.
 *
 * @param after the sequences of the last known event and record
 */
export function readHistory(
  role: Pick<RoleConnection, 'publisher'>,
  conversation: string,
  after: { event: number; record: number } = { event: 0, record: 0 },
): AsyncGenerator<HistoryEntry> {
  const recordsOf = subjects.conversation(conversation)
  const eventsOf = subjects.eventsOf(conversation)
  return merged(
    directGet(role, streams.conversations, recordsOf, after.record, batchBytes),
    directGet(role, streams.events, eventsOf, after.event, batchBytes),
  )
}

/** Reads the history of all conversations, each in its own order. */
export function readAllHistory(nats: Pick<Nats, 'js'>): AsyncGenerator<HistoryEntry> {
  return merged(
    readToEnd(nats, streams.conversations, { ahead: fetchedAhead }),
    readToEnd(nats, streams.events, { ahead: fetchedAhead }),
  )
}

/** A message of a stream, by a direct get or from a consumer. */
type Read = StoredMessage | JsMsg

/** Records are read first: the events of all of them are in the log by then. */
async function* merged(
  records: AsyncIterable<Read>,
  events: AsyncGenerator<Read>,
): AsyncGenerator<HistoryEntry> {
  try {
    yield* inPairs(records, events)
  } finally {
    // The consumer of this generator may stop early.
    await events.return(undefined)
  }
}

async function* inPairs(
  records: AsyncIterable<Read>,
  events: AsyncGenerator<Read>,
): AsyncGenerator<HistoryEntry> {
  const waiting = new Map<string, RawEvent[]>()
  let read = 0
  for await (const stored of records) {
    const body = textOf(stored)
    const seq = eventOf(body)
    if (seq === undefined) continue
    while (read < seq) {
      const next = await events.next()
      if (next.done) break
      const event = eventIn(next.value)
      read = event.seq
      const { conversation } = addressOf(event.subject)
      const before = waiting.get(conversation)
      if (before) before.push(event)
      else waiting.set(conversation, [event])
    }
    const conversation = stored.subject.slice(recordSubject.length)
    const mine = waiting.get(conversation) ?? []
    while (mine[0] && mine[0].seq < seq) yield happened(mine.shift() as RawEvent)
    const event = mine[0]?.seq === seq ? mine.shift() : undefined
    if (mine.length === 0) waiting.delete(conversation)
    const missing = read < seq && !isErasedIn(body) ? { isBehind: true as const } : {}
    yield { conversation, seq, record: { sequence: stored.seq, body }, ...(event ? { event } : missing) }
  }
  for (const left of waiting.values()) for (const event of left) yield { ...happened(event), isLast: true }
  for await (const message of events) yield { ...happened(eventIn(message)), isLast: true }
}

const recordSubject = subjects.conversation('')

function happened(event: RawEvent): HistoryEntry {
  return { conversation: addressOf(event.subject).conversation, seq: event.seq, event }
}

function eventIn(message: Read): RawEvent {
  return 'body' in message ? { ...message, id: message.headers['Nats-Msg-Id'] ?? '' } : rawEvent(message)
}

function textOf(message: Read): string {
  const { buffer, byteOffset, byteLength } = 'body' in message ? message.body : message.data
  return Buffer.from(buffer, byteOffset, byteLength).toString()
}

/** The sequence of the record's event; `undefined` if the body is not a record. */
function eventOf(body: string): number | undefined {
  return eventSeqIn(body) ?? readRecord(body)?.event.seq
}
