import type { JsMsg } from '@nats-io/jetstream'
import type { Logger } from 'pino'
import { openRequest } from '../../../schemas/conversation/notification.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import { type Effect, effectsOf } from '../../core/effects.ts'
import { addressOf } from '../../core/read-event.ts'
import { readRecord } from '../../core/record.ts'
import { Bucket } from '../bucket.ts'
import type { Nats } from '../connect.ts'
import { ConversationStore } from '../engine/conversation-store.ts'
import { type Cursor, readCursor } from '../engine/cursor-store.ts'
import { EffectPerformer } from '../engine/effect-performer.ts'
import { republishEvent } from '../inbox.ts'
import { dueIn, queueMail } from '../queues/mail-queue.ts'
import { readToEnd } from '../read-to-end.ts'
import { streams, subjects } from '../topology.ts'

// In a power cut each stream may lose its end. It then continues from an earlier sequence, under which others remember
// another message: the cursors one of every stream that their workers write, the records one of EVENTS, the open
// requests one of CONVERSATIONS, EVENTS one of TIMERS.

/** Writes that are under way at once. */
const concurrentMax = 256
/** Messages that are fetched ahead. */
const ahead = 2_000
/** The clocks of two streams' leaders may differ by this; a server that lost its power is away for longer. */
const clockSkewMsMax = 1_000

/** The conversation of fillers, which use up lost sequences; no real conversation can have this id. */
const filler = '~'
const fillers = {
  events: {
    subject: subjects.inbox(filler, 'recovery.filler'),
    stored: subjects.eventsOf(filler),
  },
  conversations: { subject: subjects.conversation(filler), stored: subjects.conversation(filler) },
}
type Numbered = keyof typeof fillers

/** A stream whose last sequence is below one that other streams remember. */
export interface Behind {
  /** As NATS has it. */
  name: string
  last: number
  /** When its last message was stored, in epoch milliseconds; absent: it has none. */
  lastAt?: number
  remembered: number
}

/** The visible traces of a power cut. */
export interface Loss {
  /** The time from which on the streams were searched, in epoch milliseconds. */
  since: number
  behind: Behind[]
  /** Events stored after the loss, with sequences at or below the one in their conversation's record. */
  hidden: number[]
  /** An earlier recovery was cut short. */
  isUnfinished: boolean
  /** The wake-ups that the conversations rely on. */
  wakes: Effect[]
}

export interface RecoverOptions {
  log: Logger
  signal: AbortSignal
  /** Called often, with a count so far. */
  progress(label: string, count: number): void
}

/** The engines and notifiers that run, as `engine.<name>`. */
export async function workersAlive(nats: Nats): Promise<string[]> {
  const workers = new Bucket(nats, 'workers')
  const alive = [...(await workers.list('engine.*')), ...(await workers.list('notifier.*'))]
  return alive.map(({ key }) => key)
}

/** Searches for a loss; changes nothing. */
export async function findLoss(nats: Nats, since: number, options: RecoverOptions): Promise<Loss> {
  const remembered = new Map<string, number>()
  const remember = (name: string, seq: number) => {
    if (seq > (remembered.get(name) ?? 0)) remembered.set(name, seq)
  }
  for (const { name, cursor } of await cursorsOf(nats)) {
    remember(name === 'notifier' ? streams.requests : streams.events, cursor.seq)
    for (const [stream, seq] of Object.entries(cursor.saw ?? {})) remember(stream, seq)
  }

  const known = new Map<string, { seq: number; storedAt: number }>()
  const wakes: Effect[] = []
  const conversations = new ConversationStore(nats, options)
  for await (const message of readToEnd(nats, streams.conversations, { isLastOfEach: true, ahead })) {
    const conversation = conversationOf(message)
    // A message that is not a record may follow the last one.
    const record = readRecord(message.string()) ?? (await conversations.load(conversation)).record
    if (!record) continue
    const { event, state } = record
    remember(streams.events, event.seq)
    known.set(conversation, { seq: event.seq, storedAt: storedAt(message) })
    options.progress('conversations looked at', known.size)
    const { generation, at } = state.wake ?? {}
    if (state.timers?.length && generation && at) wakes.push({ kind: 'wake', conversation, generation, at })
  }
  for (const { value } of await new Bucket(nats, 'openRequests').list()) {
    const read = openRequest.safeParse(parseJson(value))
    if (read.success) remember(streams.conversations, read.data.record)
  }
  remember(streams.timers, await lastTakenOver(nats.jsm))

  const behind: Behind[] = []
  for (const [name, seq] of remembered) {
    const { state } = await nats.jsm.streams.info(name)
    const lastAt = state.messages > 0 ? { lastAt: Date.parse(state.last_ts) } : {}
    if (state.last_seq < seq) behind.push({ name, last: state.last_seq, ...lastAt, remembered: seq })
  }

  const hidden: number[] = []
  const hiding = new Set<string>()
  let count = 0
  for await (const message of readToEnd(nats, streams.events, {
    from: new Date(since),
    isHeadersOnly: true,
    ahead,
  })) {
    options.progress('events looked at', ++count)
    const { conversation } = addressOf(message.subject)
    const last = known.get(conversation)
    if (!last) continue
    const isHidden = message.seq <= last.seq && storedAt(message) > last.storedAt + clockSkewMsMax
    // Later events of the conversation have to stay after it.
    if (!isHidden && !hiding.has(conversation)) continue
    hiding.add(conversation)
    hidden.push(message.seq)
  }
  return { since, behind, hidden, isUnfinished: await hasFillers(nats), wakes }
}

/**
 * Makes the streams consistent again. Each step may be repeated, and until the last one is done the loss can still be
 * found:
 *
 * 1. fill the sequences that are remembered, so that no new message gets one; one filler of each stream stays;
 * 2. publish hidden events again, under new sequences;
 * 3. set the cursors back to `since`: applied events are recognised, the others are applied then;
 * 4. perform the effects of all records since then again, and arm all wake-ups;
 * 5. remove the last fillers, and what the cursors have seen of other streams.
 *
 * Returns how many effects it has performed.
 */
export async function recover(nats: Nats, loss: Loss, options: RecoverOptions): Promise<number> {
  const saveCursor = ({ name, cursor, revision }: NamedCursor) =>
    new Bucket(nats, 'cursors').put(name, JSON.stringify(cursor), { revision })
  const floors = {
    events: await lastBefore(nats, 'events', loss),
    requests: await lastBefore(nats, 'requests', loss),
  }
  // Only the cursors remember sequences of the other streams. NATS itself sources TIMERS anew.
  for (const stream of Object.keys(fillers) as Numbered[]) {
    const behind = loss.behind.find(({ name }) => name === streams[stream])
    if (behind) await fill(nats, stream, behind.remembered, options)
  }
  let moved = 0
  for (const seq of loss.hidden) {
    await publishAgain(nats, seq)
    options.progress('events published again', ++moved)
  }
  for (const { name, cursor, revision } of await cursorsOf(nats)) {
    const seq = Math.min(cursor.seq, name === 'notifier' ? floors.requests : floors.events)
    await saveCursor({
      name,
      cursor: { ...cursor, seq, owner: 'recover', epoch: cursor.epoch + 1 },
      revision,
    })
  }
  const performed = await performAgain(nats, loss, options)
  for (const stream of Object.keys(fillers) as Numbered[])
    await nats.jsm.streams.purge(streams[stream], { filter: fillers[stream].stored })
  for (const { name, cursor, revision } of await cursorsOf(nats))
    await saveCursor({ name, cursor: { ...cursor, saw: undefined }, revision })
  return performed
}

async function fill(nats: Nats, stream: Numbered, upTo: number, { progress }: RecoverOptions): Promise<void> {
  const { subject, stored } = fillers[stream]
  for (let last = await lastOf(nats, stream); last < upTo; ) {
    const count = Math.min(concurrentMax, upTo - last)
    const filled = await Promise.all(Array.from({ length: count }, () => nats.publisher.publish(subject, '')))
    last = Math.max(...filled.map(({ seq }) => seq))
    progress(`of ${upTo} numbers of ${streams[stream]} filled`, last)
  }
  await nats.jsm.streams.purge(streams[stream], { filter: stored, keep: 1 })
}

/** Publishes before it removes: an interruption leaves the event twice, and never loses it. */
async function publishAgain(nats: Nats, seq: number): Promise<void> {
  const message = await nats.jsm.streams.getMessage(streams.events, { seq })
  if (!message) return
  const { conversation, type } = addressOf(message.subject)
  await republishEvent(nats, conversation, type, message.data, message.header.get('Nats-Msg-Id'))
  await nats.jsm.streams.deleteMessage(streams.events, seq)
}

async function performAgain(
  nats: Nats,
  { since, wakes, behind }: Loss,
  options: RecoverOptions,
): Promise<number> {
  const isMailLost = behind.some(({ name }) => name === streams.mail)
  async function* effects() {
    for await (const message of readToEnd(nats, streams.conversations, { from: new Date(since), ahead })) {
      if (isMailLost && dueIn(message.string()) === 'mail')
        await queueMail(nats, conversationOf(message), message.seq)
      const record = readRecord(message.string())
      // The wake-ups that conversations rely on follow.
      if (record)
        yield* effectsOf(conversationOf(message), message.seq, record).filter(({ kind }) => kind !== 'wake')
    }
    yield* wakes
  }
  return performAll(nats, effects(), options)
}

/** Arms the wake-ups that conversations rely on, whether they are armed or not. Returns how many. */
export function armAgain(nats: Nats, { wakes }: Loss, options: RecoverOptions): Promise<number> {
  return performAll(nats, wakes, options)
}

/** Returns how many there were. */
async function performAll(
  nats: Nats,
  effects: AsyncIterable<Effect> | Iterable<Effect>,
  options: RecoverOptions,
): Promise<number> {
  const performer = new EffectPerformer(nats, options)
  let count = 0
  let batch: Effect[] = []
  const perform = async () => {
    await Promise.all(batch.map((effect) => performer.perform(effect)))
    count += batch.length
    batch = []
    options.progress('effects performed', count)
  }
  for await (const effect of effects) {
    batch.push(effect)
    if (batch.length >= concurrentMax) await perform()
  }
  await perform()
  return count
}

/** The sequence in TIMERS of the last wake-up that EVENTS has taken over; 0: none. */
export async function lastTakenOver(jsm: Nats['jsm']): Promise<number> {
  const due = await jsm.streams.getMessage(streams.events, {
    last_by_subj: `${subjects.eventsOf('*').slice(0, -1)}timer.due`,
  })
  return Number(due?.header.get('Nats-Stream-Source').split(' ')[1] ?? 0) || 0
}

interface NamedCursor {
  name: string
  cursor: Cursor
  revision: number
}

async function cursorsOf(nats: Nats): Promise<NamedCursor[]> {
  const entries = await new Bucket(nats, 'cursors').list()
  return entries.map(({ key, value, revision }) => ({ name: key, cursor: readCursor(value), revision }))
}

async function lastOf({ jsm }: Nats, stream: keyof typeof streams): Promise<number> {
  return (await jsm.streams.info(streams[stream])).state.last_seq
}

/** The last sequence of a stream before a time. */
async function lastBefore(nats: Nats, stream: 'events' | 'requests', { since }: Loss): Promise<number> {
  const last = await lastOf(nats, stream)
  const options = { from: new Date(since), isHeadersOnly: true, ahead: 1 }
  for await (const { seq } of readToEnd(nats, streams[stream], options)) return seq - 1
  return last
}

async function hasFillers({ jsm }: Nats): Promise<boolean> {
  for (const stream of Object.keys(fillers) as Numbered[]) {
    const { state } = await jsm.streams.info(streams[stream], { subjects_filter: fillers[stream].stored })
    if (Object.keys(state.subjects ?? {}).length > 0) return true
  }
  return false
}

function storedAt({ timestampNanos }: JsMsg): number {
  return Number(timestampNanos / 1_000_000n)
}

function conversationOf({ subject }: JsMsg): string {
  return subject.slice(subjects.conversation('').length)
}
