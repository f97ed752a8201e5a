import { isDeepStrictEqual } from 'node:util'
import type { RawEvent } from '../../engine/core/conversation.ts'
import { type Conversation, type StoredRecord, unknownConversation } from '../../engine/core/conversation.ts'
import { decide } from '../../engine/core/decide.ts'
import { effectsOf } from '../../engine/core/effects.ts'
import { readEvent } from '../../engine/core/read-event.ts'
import type { World } from '../../engine/core/running.ts'
import { notificationOf } from '../../engine/deliver.ts'
import { subjects } from '../../engine/nats/topology.ts'
import type { Notification, OpenRequest } from '../../schemas/conversation/notification.ts'
import { conversationOf, type KeptRecord, parse, type Remains } from './read-back.ts'
import type { Published } from './workload.ts'

export interface Verdict {
  /** What must not be, each with its evidence. */
  violations: string[]
  figures: object
}

/** Judges what a run has left behind by what was published, and by what the decision alone says of it. */
export function judge(remains: Remains, published: Published[], world: World): Verdict {
  const { records } = remains
  const dealtWith = remains.events.filter(isDealtWith, remains)
  const erased = new Set(records.filter(({ record }) => record.state.erased).map((kept) => kept.conversation))
  const isLeft = (conversation: string) => !erased.has(conversation)
  const eventsOf = grouped(dealtWith, conversationOf)
  const recordsOf = grouped(records, ({ conversation }) => conversation)
  const left = [...new Set([...eventsOf.keys(), ...recordsOf.keys()])].filter(isLeft)
  const leftRecords = records.filter(({ conversation }) => isLeft(conversation))
  const timers = checkTimers(recordsOf)
  const workspace = checkWorkspace(remains, leftRecords)

  const violations = [
    ...left.flatMap((id) => replay(world, id, eventsOf.get(id) ?? [], recordsOf.get(id) ?? [])),
    ...left.flatMap((id) => checkOrder(id, recordsOf.get(id) ?? [])),
    ...checkPublished(
      remains,
      published.filter(({ conversation }) => isLeft(conversation)),
    ),
    ...checkNothingWaits(remains, dealtWith),
    ...timers.violations,
    ...checkWakeUps(remains, leftRecords),
    ...workspace.violations,
    ...checkBucket(remains, leftRecords),
    ...checkCalls(remains, leftRecords),
    ...checkDeadletters(remains, dealtWith),
    ...[...erased].flatMap((id) => checkErased(remains, id, recordsOf.get(id) ?? [])),
  ]
  const wakeUps = dealtWith.filter(isWakeUp)
  const stored = dealtWith.filter(({ id }) => id !== '')
  return {
    violations,
    figures: {
      published: published.length,
      conversations: recordsOf.size,
      inFlightMost: mostAtOnce(recordsOf),
      events: dealtWith.length,
      storedAgain: stored.length - new Set(stored.map(({ id }) => id)).size,
      wakeUps: wakeUps.length,
      wakeUpsAgain: wakeUps.length - new Set(wakeUps.map(wakeUpName)).size,
      records: records.length,
      outcomes: countBy(records, ({ record }) => record.outcome),
      timers: timers.figures,
      notifications: remains.workspace.length,
      notificationsAgain: workspace.again,
      deadletters: remains.deadletters.length,
      calls: remains.calls.length,
      erased: erased.size,
    },
  }
}

/** The decision over a conversation's events from the first on must make the very records that are stored. */
function replay(world: World, id: string, events: RawEvent[], kept: KeptRecord[]): string[] {
  let conversation: Conversation = unknownConversation
  let count = 0
  for (const raw of events) {
    const read = readEvent(raw)
    if (!read.ok) continue
    const incoming = read.value
    const decision = decide(world, conversation, incoming)
    const which = `${id}: event ${raw.seq} (${incoming.event.type} ${raw.id || Buffer.from(raw.body)})`
    if (decision.kind === 'outdated') return [`${which} is a wake-up that no record armed`]
    if (decision.kind !== 'record') continue
    const stored = kept[count++]
    if (!stored) return [`${which} has no record`]
    const record = JSON.parse(JSON.stringify(decision.record)) as StoredRecord
    const differs = Object.keys({ ...record, ...stored.record }).filter(
      (field) =>
        !isDeepStrictEqual(record[field as keyof StoredRecord], stored.record[field as keyof StoredRecord]),
    )
    if (differs.length > 0)
      return [
        `${which} makes another record than ${stored.sequence}, in ${differs}: ` +
          `${brief(record)} is expected, ${brief(stored.record)} stored`,
      ]
    const { snapshot } = decision
    conversation = { last: stored.sequence, sequence: stored.sequence, record, ...(snapshot && { snapshot }) }
  }
  const surplus = kept.slice(count)
  return surplus.map(({ sequence, record }) => `${id}: record ${sequence} is one too many: ${brief(record)}`)
}

/** Records are in the order of their events, one each; what is said has names of its own. */
function checkOrder(id: string, kept: KeptRecord[]): string[] {
  const violations: string[] = []
  const said = new Set<string>()
  kept.forEach(({ sequence, record }, i) => {
    const before = kept[i - 1]
    if (before && before.record.event.seq >= record.event.seq)
      violations.push(
        `${id}: record ${sequence} of event ${record.event.seq} follows record ${before.sequence} of event ` +
          `${before.record.event.seq}`,
      )
    record.messages?.forEach((message, n) => {
      if (message.id !== `${id}.${record.event.seq}.${n}` || said.has(message.id))
        violations.push(`${id}: record ${sequence} has a message ${message.id}`)
      said.add(message.id)
    })
  })
  return violations
}

/**
 * Each event that EVENTS acknowledged is there, and has made one record by its id, however often it was stored. A sign of
 * life makes none where it restarts nothing.
 */
function checkPublished({ events, records }: Remains, published: Published[]): string[] {
  const bySeq = new Map(events.map((event) => [event.seq, event]))
  const byId = grouped(records, ({ record }) => record.event.id)
  return published.flatMap(({ conversation, type, id, seqs, isMalformed }) => {
    const lost = seqs.filter((seq) => bySeq.get(seq)?.id !== id)
    const wrong = (id ? [id] : seqs.map((seq) => `seq-${seq}`)).flatMap((name) => {
      const made = (byId.get(name) ?? []).map(({ sequence }) => sequence)
      const [least, most] = [isMalformed || type === 'session.active' ? 0 : 1, isMalformed ? 0 : 1]
      if (made.length >= least && made.length <= most) return []
      return [`${conversation}: ${name} at ${seqs} has made ${made.length} records: ${made}`]
    })
    return [
      ...lost.map((seq) => `${conversation}: EVENTS said that it has ${id} at ${seq}, and has not`),
      ...wrong,
    ]
  })
}

/** Beyond the cursors there may be wake-ups that came after the end. */
function checkNothingWaits({ events }: Remains, dealtWith: RawEvent[]): string[] {
  const done = new Set(dealtWith)
  return events
    .filter((event) => !done.has(event) && !isWakeUp(event))
    .map(({ seq, subject, id }) => `event ${seq} (${subject} ${id}) was not dealt with`)
}

/** A timer's record comes not before it is due, and once. */
function checkTimers(recordsOf: Map<string, KeptRecord[]>) {
  const violations: string[] = []
  const lateMs: number[] = []
  const appliedAfterMs: number[] = []
  for (const [id, kept] of recordsOf) {
    const applied = new Map<string, number>()
    kept.forEach(({ sequence, storedAt, record }, i) => {
      if (!record.event.type.startsWith('timer.')) return
      const timers = kept[i - 1]?.record.state.timers ?? []
      const due = Math.min(...timers.map((timer) => timer.due))
      const at = Date.parse(record.at)
      if (!(due <= at))
        violations.push(
          `${id}: record ${sequence} applies ${record.event.type} at ${record.at}, due ${iso(due)}`,
        )
      for (const timer of timers.filter((timer) => timer.due <= at)) {
        const name = `${timer.id} due ${iso(timer.due)}`
        const before = applied.get(name)
        if (before !== undefined) violations.push(`${id}: records ${before} and ${sequence} apply ${name}`)
        applied.set(name, sequence)
      }
      lateMs.push(at - due)
      appliedAfterMs.push(storedAt - due)
    })
  }
  const figures = {
    applied: lateMs.length,
    lateMs: percentiles(lateMs),
    recordedAfterMs: percentiles(appliedAfterMs),
  }
  return { violations, figures }
}

/** So long may a wake-up be under way from TIMERS to EVENTS. */
const onItsWayMs = 10_000

/** Every wake-up that a record armed has come, or is still to come at its time; the end removes those left. */
function checkWakeUps({ events, timers }: Remains, kept: KeptRecord[]): string[] {
  const times = [...timers.map(({ at }) => at), ...kept.map(({ storedAt }) => storedAt)]
  const now = times.reduce((latest, at) => Math.max(latest, at), 0)
  const come = new Set(events.filter(isWakeUp).map(wakeUpName))
  const scheduled = new Map<string, string>()
  for (const { subject, body, headers, at } of timers) {
    const [, kind, conversation, generation] = subject.split('.')
    if (kind === 'timer')
      scheduled.set(`${conversation} ${generation}`, headers['Nats-Schedule']?.slice('@at '.length) ?? '')
    else if (at > now - onItsWayMs) come.add(`${conversation} ${Buffer.from(body)}`)
  }
  const disarmed = new Set(
    kept.flatMap(({ conversation, sequence, record }) =>
      effectsOf(conversation, sequence, record).flatMap(({ kind }) =>
        kind === 'disarm' ? [conversation] : [],
      ),
    ),
  )
  const left = [...scheduled.keys()].filter((wakeUp) => disarmed.has(wakeUp.split(' ')[0] ?? ''))
  const violations = left.map((wakeUp) => `${wakeUp}: is still scheduled, and its conversation has ended`)
  // A wake-up that another one has replaced, or that the end has made needless, may never have been armed.
  const present = new Map(
    kept.map(({ conversation, record: { state } }) => [
      conversation,
      state.snapshot?.status === 'done' ? undefined : state.wake?.generation,
    ]),
  )
  const lost = kept.flatMap(({ conversation, sequence, record }) =>
    effectsOf(conversation, sequence, record).flatMap((effect) => {
      if (
        effect.kind !== 'wake' ||
        effect.generation !== present.get(conversation) ||
        disarmed.has(conversation) ||
        come.has(`${conversation} {"generation":${effect.generation}}`)
      )
        return []
      const at = scheduled.get(`${conversation} ${effect.generation}`)
      const isRight = at !== undefined && Date.parse(at) >= effect.at
      return isRight
        ? []
        : [
            `${conversation}: record ${sequence} armed wake-up ${effect.generation} for ${iso(effect.at)}, which has ` +
              `not come and is scheduled for ${at ?? 'never'}`,
          ]
    }),
  )
  return [...violations, ...lost]
}

/** The workspaces have been told what the records say, each by its id, in their order. */
function checkWorkspace({ workspace }: Remains, kept: KeptRecord[]) {
  const violations: string[] = []
  const expected = new Map<string, { sequence: number; notification: Notification }>()
  for (const { conversation, sequence, record } of kept)
    for (const effect of effectsOf(conversation, sequence, record))
      if (effect.kind === 'notify')
        for (const change of effect.request.changes) {
          const { action, request, n } = change
          const id = `${conversation}.${request}.${action}${n === undefined ? '' : `.${n}`}`
          const before = expected.get(id)
          if (before) violations.push(`${id} follows from the records ${before.sequence} and ${sequence}`)
          const told = JSON.stringify(notificationOf(effect.request.request, change))
          expected.set(id, { sequence, notification: JSON.parse(told) })
        }

  const seen = new Set<string>()
  const latest = new Map<string, number>()
  for (const { id, seq, body } of workspace) {
    const found = parse(body) as Notification
    const right = expected.get(id)?.notification
    if (!right) violations.push(`WORKSPACE ${seq} has ${id}, which no record says`)
    else if (!isDeepStrictEqual(found, right))
      violations.push(
        `WORKSPACE ${seq} has ${id} as ${JSON.stringify(found)} instead of ${JSON.stringify(right)}`,
      )
    if (seen.has(id)) continue
    seen.add(id)
    const { conversation, record } = found
    if ((latest.get(conversation) ?? 0) > record)
      violations.push(
        `WORKSPACE ${seq} has ${id} of record ${record} after record ${latest.get(conversation)}`,
      )
    latest.set(conversation, record)
  }
  for (const [id, { sequence }] of expected)
    if (!seen.has(id)) violations.push(`WORKSPACE does not have ${id}, which follows from record ${sequence}`)
  return { violations, again: workspace.length - seen.size }
}

/** Each call that a record asked for waits to be made, once: nobody makes any. */
function checkCalls({ calls }: Remains, kept: KeptRecord[]): string[] {
  const waiting = grouped(calls, ({ body }) => Buffer.from(body).toString())
  const violations: string[] = []
  for (const { conversation, sequence, record } of kept)
    for (const effect of effectsOf(conversation, sequence, record)) {
      if (effect.kind !== 'call') continue
      const name = JSON.stringify(effect.call)
      const times = waiting.get(name)?.length ?? 0
      if (times !== 1)
        violations.push(`${conversation}: CALLS has ${name} of record ${sequence} ${times} times`)
      waiting.delete(name)
    }
  return [...violations, ...[...waiting.keys()].map((name) => `CALLS has ${name}, which no record asked for`)]
}

/** The bucket has each request as the conversation's last word on it says. */
function checkBucket({ open }: Remains, kept: KeptRecord[]): string[] {
  const expected = new Map<string, OpenRequest>()
  for (const { conversation, sequence, record } of kept)
    for (const effect of effectsOf(conversation, sequence, record)) {
      if (effect.kind !== 'notify') continue
      const { request } = effect.request
      expected.set(`${request.workspace}.${conversation}`, JSON.parse(JSON.stringify(request)))
    }
  return [...new Set([...expected.keys(), ...open.keys()])].flatMap((key) => {
    const [found, right] = [open.get(key), expected.get(key)]
    return isDeepStrictEqual(found, right)
      ? []
      : [`the bucket has ${key} as ${JSON.stringify(found)} instead of ${JSON.stringify(right)}`]
  })
}

/** What cannot be understood is kept whole, each once. */
function checkDeadletters({ deadletters }: Remains, events: RawEvent[]): string[] {
  const byId = grouped(deadletters, ({ id }) => id)
  const violations = events.flatMap((event) => {
    const read = readEvent(event)
    const id = `event-${event.seq}`
    const found = byId.get(id) ?? []
    byId.delete(id)
    if (read.ok) return found.length === 0 ? [] : [`DEADLETTER has event ${event.seq}, which can be read`]
    if (found.length !== 1)
      return [`DEADLETTER has event ${event.seq} (${event.subject}) ${found.length} times`]
    const isWhole = found.every(
      ({ subject, body }) =>
        subject === `frontdesk.deadletter.${read.error.code}` && Buffer.compare(body, event.body) === 0,
    )
    return isWhole ? [] : [`DEADLETTER has event ${event.seq} (${read.error.code}) otherwise than it came`]
  })
  const others = [...byId.values()].flat()
  return [
    ...violations,
    ...others.map(
      ({ id, at, headers }) =>
        `DEADLETTER has ${id}, stored at ${iso(at)}, of no event: ${JSON.stringify(headers)}`,
    ),
  ]
}

/** Of an erased conversation is left that it is gone, and what nobody could read that came after. */
function checkErased(
  { events, workspace, requests, open }: Remains,
  id: string,
  kept: KeptRecord[],
): string[] {
  const [tombstone, ...later] = kept
  const traces = [
    ...later.filter(({ record }) => record.outcome === 'applied').map(({ sequence }) => `record ${sequence}`),
    ...events
      .filter((event) => conversationOf(event) === id && !isWakeUp(event) && readEvent(event).ok)
      .map((event) => `event ${event.seq} (${event.subject} ${event.id})`),
    ...workspace
      .filter((message) => message.id.startsWith(`${id}.`))
      .map((message) => `${message.id}, WORKSPACE ${message.seq}`),
    ...requests.filter(({ subject }) => subject === subjects.request(id)).map(({ seq }) => `REQUESTS ${seq}`),
    ...[...open.keys()].filter((key) => key.endsWith(`.${id}`)).map((key) => `${key} in the bucket`),
  ]
  return [
    ...(tombstone?.record.event.type === 'admin.erased' ? [] : [`${id}: was erased, and has no tombstone`]),
    ...traces.map((trace) => `${id}: was erased, and has left ${trace}`),
  ]
}

function isDealtWith(this: Remains, { seq, subject }: RawEvent): boolean {
  const [, , partition] = subject.split('.')
  return seq <= (this.cursors[Number(partition)] ?? 0)
}

function isWakeUp({ subject }: RawEvent): boolean {
  return subject.endsWith('.timer.due')
}

function wakeUpName(event: RawEvent): string {
  return `${conversationOf(event)} ${Buffer.from(event.body)}`
}

/** The most conversations that had begun and not ended at one moment. */
function mostAtOnce(recordsOf: Map<string, KeptRecord[]>): number {
  const changes: [at: string, by: number][] = []
  for (const kept of recordsOf.values()) {
    const begun = kept.find(({ record }) => record.status)
    const ended = kept.find(({ record }) => record.status?.state === 'ended')
    if (begun) changes.push([begun.record.at, 1])
    if (ended) changes.push([ended.record.at, -1])
  }
  changes.sort(([one], [other]) => (one < other ? -1 : 1))
  let [now, most] = [0, 0]
  for (const [, by] of changes) {
    now += by
    most = Math.max(most, now)
  }
  return most
}

function grouped<T>(list: T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of list) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}

function countBy<T>(list: T[], keyOf: (item: T) => string): Record<string, number> {
  return Object.fromEntries([...grouped(list, keyOf)].map(([key, items]) => [key, items.length]))
}

function percentiles(values: number[]) {
  const sorted = values.sort((one, other) => one - other)
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? null
  return { least: at(0), p50: at(0.5), p99: at(0.99), most: at(1) }
}

function brief({ event, outcome, requests, status, state }: StoredRecord): string {
  const { timers, wake } = state
  return JSON.stringify({ event, outcome, requests, status, timers, wake })
}

function iso(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString() : 'never'
}
