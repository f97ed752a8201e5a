import { addressOf } from '../core/read-event.ts'
import type { RawEvent } from '../ports.ts'
import type { StoredBody } from '../replay.ts'
import type { RoleConnection } from './connect.ts'
import { readRecord } from './stored-conversations.ts'
import { type StoredMessage, storedMessages } from './stored-messages.ts'
import { streams, subjects } from './topology.ts'

/** An event of a conversation with its record: either may be missing. */
export interface Happened {
  conversation: string
  /** The event's sequence in EVENTS. */
  seq: number
  /** Missing where the log has aged. */
  event?: RawEvent
  /** Missing where the event made none, or has not made it yet. */
  record?: StoredBody
}

/** Of a batch: the server looks at all subjects for each. */
const batchBytes = 1024 * 1024

/**
 * What happened in one conversation, or in all, each conversation in its order, from what is stored now: every event
 * after `after` with its record, and every such record whose event is not there any more. Those that lie
 * behind the last record are told last, without one.
 *
 * @param after the sequences of the last event and of the last record that are known
 */
export async function* storedHistory(
  role: Pick<RoleConnection, 'publisher'>,
  conversation: string | 'all',
  after: { event: number; record: number } = { event: 0, record: 0 },
): AsyncGenerator<Happened> {
  const one = conversation === 'all' ? '*' : conversation
  const recordsOf = subjects.conversation(one)
  // The records first: what is recorded when they end has its event in the log already.
  const records = storedMessages(role, streams.conversations, recordsOf, after.record, batchBytes)
  const events = storedMessages(role, streams.events, subjects.eventsOf(one), after.event, batchBytes)
  const waiting = new Map<string, RawEvent[]>()
  let read = after.event
  for await (const stored of records) {
    const seq = eventOf(stored)
    if (seq === undefined) continue
    while (read < seq) {
      const next = await events.next()
      if (next.done) break
      const event = rawEvent(next.value)
      read = event.seq
      const { conversation } = addressOf(event.subject)
      const before = waiting.get(conversation)
      if (before) before.push(event)
      else waiting.set(conversation, [event])
    }
    const conversation = stored.subject.slice(subjects.conversation('').length)
    const mine = waiting.get(conversation) ?? []
    const record = { sequence: stored.seq, body: Buffer.from(stored.body).toString() }
    while (mine[0] && mine[0].seq < seq) yield happened(mine.shift() as RawEvent)
    const event = mine[0]?.seq === seq ? mine.shift() : undefined
    if (mine.length === 0) waiting.delete(conversation)
    yield { conversation, seq, record, ...(event && { event }) }
  }
  for (const left of waiting.values()) for (const event of left) yield happened(event)
  for await (const message of events) yield happened(rawEvent(message))
}

function happened(event: RawEvent): Happened {
  return { conversation: addressOf(event.subject).conversation, seq: event.seq, event }
}

function rawEvent({ headers, ...message }: StoredMessage): RawEvent {
  return { ...message, headers, id: headers['Nats-Msg-Id'] ?? '' }
}

// As every engine writes it; to parse the whole takes many times as long.
const head = /^\{"at":"[^"]*","event":\{"id":"(?:[^"\\]|\\.)*","type":"[^"]*","seq":(\d+)\}/

/** Which event a record is of; nothing where it is no record. */
function eventOf({ body }: StoredMessage): number | undefined {
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, 4_096)).toString()
  const found = head.exec(text)
  return found ? Number(found[1]) : readRecord(Buffer.from(body).toString())?.event.seq
}
