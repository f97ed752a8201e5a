import { expect } from 'vitest'
import { type Conversation, type Incoming, unknownConversation } from '../../engine/core/conversation.ts'
import { type Decision, decide } from '../../engine/core/decide.ts'
import { decideAgain } from '../../engine/core/decide-again.ts'
import { type Effect, effectsOf } from '../../engine/core/effects.ts'
import { openingHours } from '../../engine/core/hours/opening-hours.ts'
import { withCalendars } from '../../engine/core/hours/with-calendars.ts'
import { checkDocument } from '../../engine/core/read-document.ts'
import { readEvent, type Unreadable } from '../../engine/core/read-event.ts'
import type { World } from '../../engine/core/running.ts'
import { builtIn } from '../../engine/machines/bots/built-in.ts'
import { botDefinition } from '../../engine/machines/bots/definition.ts'
import {
  type Definition,
  definitionsOf,
  machineIdOf,
  type Registry,
  type Retirement,
} from '../../engine/machines/definitions.ts'
import { type Bot, isFlow } from '../../schemas/configuration/bot.ts'
import type { Channel } from '../../schemas/configuration/channel.ts'
import { durationMs } from '../../schemas/configuration/channel.ts'
import type { Kind } from '../../schemas/configuration/document.ts'
import type { Schedule } from '../../schemas/configuration/schedule.ts'
import type { Attachment } from '../../schemas/conversation/attachment.ts'
import type { CallFailure } from '../../schemas/conversation/call.ts'
import type { Customer } from '../../schemas/conversation/customer.ts'
import type { EventType, Payload } from '../../schemas/conversation/event.ts'
import type {
  Message,
  Rejection,
  RejectionCode,
  Status,
  StatusState,
} from '../../schemas/conversation/record.ts'
import { unwrap } from '../../schemas/result.ts'

/** What an event brought: what was read of it, what was decided, and what has to be carried out. */
export interface Brought {
  at: number
  id: string
  subject: string
  body: string
  decision: Decision | { kind: 'unreadable'; unreadable: Unreadable }
  effects: Effect[]
}

/** Something that happens in a story: an event, or time that passes. */
export type Happening =
  | { type: EventType; payload: object; id?: string; behind?: number }
  | { passes: number }
  | { until: string }
  | { reconfigured: Settings }

export interface Settings {
  channel?: Partial<Channel>
  schedules?: Schedule[]
  /** As an administrator writes them. */
  bots?: unknown[]
  /** Besides those that come with frontdesk. */
  definitions?: (Definition | Retirement)[]
  strictChannels?: boolean
  promisesMail?: boolean
}

export interface Setting extends Settings {
  /** When the story begins. */
  at?: string
  /** How late each wake-up comes, in milliseconds. */
  late?: number
}

/** What came of the happenings of the last `when`: what is not named is not looked at. */
export interface Expected {
  /** All that was said: `bot: Hello`, `customer: …`, `agent ann: …`, `notice: …`, `form: name, email`. */
  says?: string[]
  /** Where the conversation stands now. */
  is?: StatusState
  /** The same, in full. */
  shows?: Status
  /** What agents were told: `created`, `reminded`, `accepted.2` for the second time. */
  tells?: string[]
  /** Refusals, by code or with what else they say. */
  refuses?: (RejectionCode | Partial<Rejection>)[]
  /** The outcome of each record. */
  outcomes?: ('applied' | 'rejected' | 'ignored')[]
}

/** When stories begin, unless they say otherwise: a Friday, four in the afternoon in Paris. */
export const storyBegins = '2026-06-05T14:00:00.000Z'

/** Mondays to Fridays from 9 to 17 in Paris. */
export const paris: Schedule = {
  id: 'paris',
  timeZone: 'Europe/Paris',
  intervals: [1, 2, 3, 4, 5].map((day) => ({ start: day * 1440 + 540, end: day * 1440 + 1020 })),
}

/** More wake-ups than this in one stretch of time go round in a circle. */
const wakeUpsMax = 1000

/** Begins a story about conversation `c1`. */
export function given(setting: Setting = {}): Story {
  return new Story(setting)
}

/**
 * A conversation and the world around it, as far as the decision can tell: the log gives each event its sequence and
 * its time, and brings a wake-up when it is due, which nothing cancels.
 *
 * Each event is decided three times, on frozen input: with what the worker has in memory, from the stored record
 * alone, and as a replay does, which knows no configuration; all must come to the same. And a timer that runs must have a wake-up on its way.
 */
export class Story {
  readonly conversation = 'c1'
  /** All that happened, in order. */
  readonly brought: Brought[] = []
  now: number
  known: Conversation = unknownConversation
  world: World
  readonly #late: number
  readonly #wakeUps = new Map<number, number>()
  #seq = 0
  /** Where the last `when` begins. */
  #since = 0

  constructor({ at = storyBegins, late = 0, ...settings }: Setting) {
    this.now = Date.parse(at)
    this.#late = late
    this.world = worldOf(settings)
  }

  /** Lets things happen, one after another; time passes only where one says so. */
  when(...happenings: Happening[]): this {
    this.#since = this.brought.length
    for (const happening of happenings) this.#happen(happening)
    return this
  }

  /** Checks what came of the last `when`. */
  thenIt(expected: Expected): this {
    const records = this.records.slice(this.recordsBefore(this.#since))
    const actual: Expected = {}
    if (expected.says) actual.says = records.flatMap(({ messages = [] }) => messages.map(lineOf))
    if (expected.is) actual.is = this.status.state
    if (expected.shows) actual.shows = this.status
    if (expected.tells)
      actual.tells = records.flatMap(({ requests = [] }) =>
        requests.map(({ action, n }) => (n === undefined ? action : `${action}.${n}`)),
      )
    if (expected.outcomes) actual.outcomes = records.map(({ outcome }) => outcome)
    if (expected.refuses) {
      const refusals = records.flatMap(({ rejected }) => rejected ?? [])
      actual.refuses = refusals.map((refusal, n) => {
        const wanted = expected.refuses?.[n]
        return typeof wanted === 'object' ? pick(refusal, Object.keys(wanted)) : refusal.code
      })
    }
    expect(actual).toEqual(expected)
    return this
  }

  /** Nothing came of the last `when`: no record. */
  thenNothing(): this {
    expect(this.records.slice(this.recordsBefore(this.#since))).toEqual([])
    return this
  }

  /** The records, oldest first. */
  get records() {
    return this.brought.flatMap(({ decision }) => (decision.kind === 'record' ? [decision.record] : []))
  }

  get last() {
    const record = this.records.at(-1)
    if (!record) throw new Error('nothing has been recorded yet')
    return record
  }

  /** The whole transcript, a line each. */
  get transcript(): string[] {
    return this.records.flatMap(({ messages = [] }) => messages.map(lineOf))
  }

  get messages(): Message[] {
    return this.records.flatMap(({ messages = [] }) => messages)
  }

  /** Agents' notes, a line each: `ann: knows the code`. */
  get notes(): string[] {
    return this.records.flatMap(({ notes = [] }) => notes.map(({ author, text }) => `${author.id}: ${text}`))
  }

  /** What a gateway would show: the last status that a record had. */
  get status(): Status {
    const status = this.records.findLast((record) => record.status)?.status
    if (!status) throw new Error('no status has been shown yet')
    return status
  }

  /** The request as the agents see it now. */
  get request() {
    const told = this.brought
      .flatMap(({ effects }) => effects)
      .filter((effect) => effect.kind === 'notify' || effect.kind === 'forgetRequests')
    const last = told.at(-1)?.request.request
    return last && asStored(last)
  }

  /** What could not be understood. */
  get buried() {
    return this.brought.flatMap(({ decision }) =>
      decision.kind === 'unreadable' ? [decision.unreadable.code] : [],
    )
  }

  recordsBefore(brought: number): number {
    return this.brought.slice(0, brought).filter(({ decision }) => decision.kind === 'record').length
  }

  #happen(happening: Happening): void {
    if ('passes' in happening) this.#wakeUntil(this.now + happening.passes)
    else if ('until' in happening) this.#wakeUntil(Date.parse(happening.until))
    else if ('reconfigured' in happening) this.world = worldOf(happening.reconfigured)
    else {
      const { type, payload, id = `e${this.#seq + 1}`, behind = 0 } = happening
      this.#publish(type, JSON.stringify(payload), id, this.now - behind)
    }
  }

  /** Time passes; the wake-ups that come due meanwhile arrive, each as late as they are in this story. */
  #wakeUntil(until: number): void {
    let woken = 0
    for (;;) {
      const [next] = [...this.#wakeUps].sort(([, one], [, other]) => one - other)
      if (!next) break
      const [generation, at] = next
      const arrives = Math.max(at + this.#late, this.now)
      if (arrives > until) break
      if (++woken > wakeUpsMax) throw new Error(`woken up ${woken} times and still not done`)
      this.#wakeUps.delete(generation)
      this.now = arrives
      this.#publish('timer.due', JSON.stringify({ generation }), '', arrives)
    }
    this.now = Math.max(this.now, until)
  }

  #publish(type: EventType, body: string, id: string, at: number): void {
    const seq = ++this.#seq
    const subject = `frontdesk.event.0.${this.conversation}.${type}`
    const read = readEvent({ subject, seq, at, id, body: new TextEncoder().encode(body), headers: {} })
    const brought = { at, id, subject, body }
    if (!read.ok) {
      this.brought.push({ ...brought, decision: { kind: 'unreadable', unreadable: read.error }, effects: [] })
      return
    }
    let decision = this.#decide(read.value)
    let effects: Effect[] = []
    if (decision.kind === 'record') {
      const { record, snapshot } = decision
      this.known = { last: seq, sequence: seq, record, ...(snapshot && { snapshot }) }
      effects = effectsOf(this.conversation, seq, record)
      for (const effect of effects)
        if (effect.kind === 'wake') this.#wakeUps.set(effect.generation, effect.at)
        else if (effect.kind === 'forget' || effect.kind === 'disarm') this.#wakeUps.clear()
      // As it is stored and read: a story is told by what others see.
      decision = { ...decision, record: JSON.parse(JSON.stringify(record)) }
    } else if (decision.kind === 'rearm') this.#wakeUps.set(decision.generation, decision.at)
    this.brought.push({ ...brought, decision, effects })
    this.#checkWakeUp()
  }

  /** A timer that runs has a wake-up on its way, which comes no later than the timer is due. */
  #checkWakeUp(): void {
    const { timers = [], wake } = this.known.record?.state ?? {}
    if (timers.length === 0) return
    const first = Math.min(...timers.map(({ due }) => due))
    const comes = this.#wakeUps.get(wake?.generation ?? 0) ?? Number.POSITIVE_INFINITY
    expect(comes, 'the wake-up for the first timer').toBeLessThanOrEqual(first)
  }

  #decide(incoming: Incoming): Decision {
    const decision = decide(this.world, frozen(this.known), frozen(incoming))
    const { snapshot: _, ...stored } = this.known
    const again = decide(this.world, frozen(asStored(stored)), asStored(incoming))
    expect(asStored(withoutSnapshot(again))).toEqual(asStored(withoutSnapshot(decision)))
    this.#decideOnceMore(incoming, asStored(withoutSnapshot(decision)))
    return decision
  }

  /** From what is stored alone, whatever is configured, as a replay does. */
  #decideOnceMore(incoming: Incoming, decision: Decision): void {
    const definitions = this.world.definitions as Registry
    const stored = decision.kind === 'record' ? decision.record : undefined
    const { snapshot: _, ...known } = this.known
    const again = decideAgain({ definitions }, frozen(asStored(known)), asStored(incoming), stored)
    if (again.kind === 'failed') throw new Error(again.explanation)
    expect(asStored(withoutSnapshot(again))).toEqual(decision)
  }
}

/** What a record keeps of a decision's value. */
export function asStored<T>(value: T): T {
  return JSON.parse(JSON.stringify(value))
}

export function withoutSnapshot(decision: Decision): Decision {
  return decision.kind === 'record' ? { kind: 'record', record: decision.record } : decision
}

/** Frozen through and through, but for what XState has in a snapshot beside its context. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  const { machine, context } = value as { machine?: unknown; context?: unknown }
  const isSnapshot = typeof machine === 'object'
  if (!isSnapshot) Object.freeze(value)
  for (const part of isSnapshot ? [context] : Object.values(value)) frozen(part)
  return value
}

function worldOf({ channel, schedules = [], bots = [], ...settings }: Settings): World {
  const { strictChannels = false, promisesMail = false, definitions: others = [] } = settings
  const definitions = definitionsOf(...builtIn, ...others)
  const documents = bots.map((bot) => checked('bot', bot) as Bot)
  const channels = new Map(channel ? [['web', checked('channel', { id: 'web', ...channel }) as Channel]] : [])
  return {
    definitions,
    configuration: {
      channels: frozen(channels),
      schedules: new Map(
        schedules.map((schedule) => [
          schedule.id,
          {
            timeZone: schedule.timeZone,
            hours: openingHours(withCalendars(checked('schedule', schedule) as Schedule)),
          },
        ]),
      ),
      bots: new Map(
        documents.flatMap((document) => {
          const definition = isFlow(document)
            ? botDefinition(document)
            : definitions.latest(machineIdOf(document))
          if (definition) definitions.add(definition)
          return definition ? [[document.id, { document, definition }]] : []
        }),
      ),
      strictChannels,
      promisesMail,
    },
  }
}

function checked(kind: Kind, document: unknown) {
  return frozen(unwrap(checkDocument(kind, document)).document)
}

/** The same conversation, after so many events; `undefined`: begun by a version that did not count. */
export function withEvents(story: Story, events: number | undefined): Story {
  const { snapshot: _, record, ...known } = story.known
  if (!record) throw new Error('the story has not begun')
  story.known = { ...known, record: { ...record, state: { ...record.state, events } } }
  return story
}

/** A message as a line of a transcript. */
export function lineOf({ author, type, text, fields, options }: Message): string {
  if (type === 'form') return `form: ${(fields ?? []).map(({ id }) => id).join(', ')}`
  if (type === 'options') return `options: ${text} [${(options ?? []).join(', ')}]`
  if (type === 'notice') return `notice: ${text}`
  return `${author.type}${author.type === 'agent' ? ` ${author.id}` : ''}: ${text}`
}

function pick(value: object, keys: string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)))
}

// What can happen. Each event has an id of its own, unless `again` or `withId` gives it one.

function event<T extends EventType>(type: T, payload: Payload<T>): Extract<Happening, { type: EventType }> {
  return { type, payload }
}

export const started = (more: Partial<Payload<'session.started'>> = {}) =>
  event('session.started', { channel: 'web', ...more })
export const wrote = (text: string, clientId?: string) =>
  event('session.message', { text, ...(clientId !== undefined && { clientId }) })
/** A message with files, of the customer. */
export const sent = (attachments: Attachment[], text = '') => event('session.message', { text, attachments })
export const filled = (details: Record<string, unknown>) => event('session.details', details)
export const chose = (option: string) => event('session.option', { option })
export const loggedIn = (customer: Customer) => event('session.identified', { customer })
/** The customer types. */
export const typed = () => event('session.active', {})
export const left = () => event('session.ended', {})
export const rated = (score: number, text?: string) =>
  event('session.rated', { score, ...(text !== undefined && { text }) })
export const accepted = (id: string, name?: string, request?: number) =>
  event('agent.accepted', {
    agent: { id, ...(name !== undefined && { name }) },
    ...(request !== undefined && { request }),
  })
export const said = (id: string, text: string) => event('agent.message', { agent: { id }, text })
export const agentSent = (id: string, attachments: Attachment[], text = '') =>
  event('agent.message', { agent: { id }, text, attachments })
export const released = (id: string, reason?: string) =>
  event('agent.released', { agent: { id }, ...(reason !== undefined && { reason }) })
export const closed = (id: string) => event('agent.ended', { agent: { id } })
export const takenOver = (id: string, name?: string) =>
  event('agent.accepted', { agent: { id, ...(name !== undefined && { name }) }, takeOver: true })
export const transferred = (id: string, to: Payload<'agent.transferred'>['to'], note?: string) =>
  event('agent.transferred', { agent: { id }, to, ...(note !== undefined && { note }) })
export const noted = (id: string, text: string) => event('agent.noted', { agent: { id }, text })
export const corrected = (id: string, name: string) => event('agent.corrected', { agent: { id }, name })
export const tagged = (id: string, ...tags: string[]) => event('agent.tagged', { agent: { id }, tags })
/** The agent has gone. */
export const gone = (id: string) => event('agent.left', { agent: { id } })
/** The router offers the request to an agent. */
export const offered = (id: string, request = 1, milliseconds = 30_000) =>
  event('request.offered', { agent: { id }, request, milliseconds })
/** The router takes an offer back. */
export const recalled = (id: string, request = 1) => event('request.recalled', { agent: { id }, request })
export const moved = (workspace: string, request = 1) => event('request.moved', { workspace, request })
/** The router holds an escalation back, as the customer has gone. */
export const held = (held: boolean, request = 1) => event('request.held', { held, request })
export const erased = () => event('admin.erased', {})
/** An answer to a call of an API. */
export const answered = (call: number, values: Record<string, string> = {}) =>
  event('call.answered', { call, ok: true, status: 200, values })
export const failed = (call: number, failure: CallFailure = 'unreachable') =>
  event('call.answered', { call, ok: false, failure })
/** What a bot elsewhere does: `bot.message`, `bot.handoff` and so on. */
export const botDid = <T extends Extract<EventType, `bot.${string}`>>(type: T, payload: Payload<T>) =>
  event(type, payload)
/** A wake-up from nowhere. */
export const woken = (generation: number) => ({ ...event('timer.due', { generation }), id: '' })

/** The same event under an id that its publisher gave it; an empty one: none. */
export const withId = <T extends object>(id: string, happening: T) => ({ ...happening, id })
/** The same event, with the log's clock so far behind. */
export const steppedBack = <T extends object>(by: string, happening: T) => ({
  ...happening,
  behind: durationMs(by),
})

/** Time passes: `PT2M`, and the wake-ups due meanwhile arrive. */
export const passes = (duration: string, ms = 0): Happening => ({ passes: durationMs(duration) + ms })
export const until = (at: string): Happening => ({ until: at })
export const reconfigured = (settings: Settings): Happening => ({ reconfigured: settings })
