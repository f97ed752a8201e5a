import type { RawEvent, StoredRecord } from '../../engine/core/conversation.ts'
import { addressOf } from '../../engine/core/read-event.ts'
import { readRecord } from '../../engine/core/record.ts'
import { Bucket } from '../../engine/nats/bucket.ts'
import type { Nats } from '../../engine/nats/connect.ts'
import { readCursor } from '../../engine/nats/engine/cursor-store.ts'
import { type ReadOptions, readToEnd } from '../../engine/nats/read-to-end.ts'
import { rawEvent } from '../../engine/nats/stream-log.ts'
import { buckets, streams, subjects } from '../../engine/nats/topology.ts'

/** A record as the stream has it. */
export interface KeptRecord {
  conversation: string
  sequence: number
  /** When it was stored, in epoch milliseconds. */
  storedAt: number
  record: StoredRecord
}

/** All that a run has left behind. */
export interface Remains {
  events: RawEvent[]
  records: KeptRecord[]
  requests: RawEvent[]
  workspace: RawEvent[]
  deadletters: RawEvent[]
  timers: RawEvent[]
  calls: RawEvent[]
  /** The bucket of open requests, by its key. */
  open: Map<string, unknown>
  /** Up to where each partition was dealt with. */
  cursors: number[]
}

export async function readBack(nats: Nats, partitions: number): Promise<Remains> {
  // A wake-up that fires meanwhile leaves TIMERS and appears in EVENTS: in this order it is seen in one of them.
  const timers = await readAll(nats, streams.timers)
  const open = new Map<string, unknown>()
  const prefix = `$KV.${buckets.openRequests}.`
  for (const { subject, body, headers } of await readAll(nats, `KV_${buckets.openRequests}`))
    if (body.length > 0 && !headers['KV-Operation']) open.set(subject.slice(prefix.length), parse(body))
  const cursors = new Bucket(nats, 'cursors')
  return {
    timers,
    open,
    events: await readAll(nats, streams.events),
    records: keptRecords(await readAll(nats, streams.conversations)),
    requests: await readAll(nats, streams.requests),
    workspace: await readAll(nats, streams.workspace),
    deadletters: await readAll(nats, streams.deadletters),
    calls: await readQueue(nats, streams.calls),
    cursors: await Promise.all(
      Array.from(
        { length: partitions },
        async (_, partition) => readCursor((await cursors.get(`event.${partition}`))?.value).seq,
      ),
    ),
  }
}

/** How far a cursor has to come. */
export interface Goal {
  cursor: string
  seq: number
}

/** The present end of a log that a cursor goes along. */
export async function endOf(nats: Nats, cursor: string, stream: string, subject: string): Promise<Goal> {
  const last = await nats.jsm.streams.getMessage(stream, { last_by_subj: subject })
  return { cursor, seq: last?.seq ?? 0 }
}

export async function behind(nats: Nats, goals: Goal[]): Promise<string[]> {
  const bucket = new Bucket(nats, 'cursors')
  const left: string[] = []
  for (const goal of goals) {
    const { seq, owner } = readCursor((await bucket.get(goal.cursor))?.value)
    if (seq < goal.seq) left.push(`${goal.cursor} is at ${seq} of ${goal.seq}, owned by ${owner}`)
  }
  return left
}

/** The timers that were due by then and still run. */
export async function overdue(nats: Nats, dueBy: number): Promise<string[]> {
  const latest = await readAll(nats, streams.conversations, { isLastOfEach: true })
  return keptRecords(latest).flatMap(({ conversation, record }) =>
    (record.state.timers ?? [])
      .filter(({ due }) => due <= dueBy)
      .map(({ id, due }) => `${conversation}: ${id} was due at ${new Date(due).toISOString()}`),
  )
}

/** The replicas that do not have all of their stream yet: a consumer may be on any. */
export async function lagging(nats: Nats): Promise<string[]> {
  const left: string[] = []
  for await (const { config, cluster } of nats.jsm.streams.list())
    for (const { name, current, lag = 0 } of cluster?.replicas ?? [])
      if (!current || lag > 0) left.push(`${name} lacks ${lag} messages of ${config.name}`)
  return left
}

export function conversationOf({ subject }: RawEvent): string {
  return addressOf(subject).conversation
}

export function parse(body: Uint8Array): unknown {
  return JSON.parse(Buffer.from(body).toString())
}

export function keptRecords(messages: RawEvent[]): KeptRecord[] {
  return messages.map(({ subject, seq, at, body }) => {
    const record = readRecord(Buffer.from(body).toString())
    if (!record) throw new Error(`CONVERSATIONS ${seq} is no record: ${Buffer.from(body)}`)
    return {
      conversation: subject.slice(subjects.conversation('').length),
      sequence: seq,
      storedAt: at,
      record,
    }
  })
}

/** A queue has no consumer but the one that takes its messages away: they are got one by one. */
async function readQueue(nats: Nats, stream: string): Promise<RawEvent[]> {
  const { first_seq: first, last_seq: last } = (await nats.jsm.streams.info(stream)).state
  const all: RawEvent[] = []
  for (let seq = first; seq <= last; seq++) {
    const found = await nats.jsm.streams.getMessage(stream, { seq })
    if (found)
      all.push({
        subject: found.subject,
        seq,
        at: found.time.getTime(),
        id: '',
        body: found.data,
        headers: {},
      })
  }
  return all
}

export async function readAll(nats: Nats, stream: string, options?: ReadOptions): Promise<RawEvent[]> {
  const all: RawEvent[] = []
  for await (const message of readToEnd(nats, stream, options)) all.push(rawEvent(message))
  return all
}
