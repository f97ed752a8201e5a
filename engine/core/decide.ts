import type { Event } from '../../schemas/conversation/event.ts'
import type { Rejection } from '../../schemas/conversation/record.ts'
import { beginningOf, type Context, type ConversationContext, type Input } from '../machines/context.ts'
import { type Definition, type Definitions, externalBotId, responseId } from '../machines/definitions.ts'
import { carriedTimers, migrate } from '../machines/migrate.ts'
import { textOf } from '../machines/says.ts'
import { begin, type MachineSnapshot, restore, type StoredSnapshot, step, store } from '../machines/step.ts'
import { textsFor } from '../texts/languages.ts'
import { isKeptBy } from './beginning.ts'
import {
  type Change,
  changeOf,
  contextOf,
  earliest,
  follow,
  hasOpenRequest,
  type Recorded,
  type Refusal,
  recordOf,
  refuse,
} from './change.ts'
import { botOf, type Configuration, inputOf } from './configuration.ts'
import { type Conversation, type Incoming, timerName } from './conversation.ts'
import { remember, seenBefore } from './recent.ts'
import { refusedValue } from './refused-value.ts'

/** What follows from an event. */
export type Decision =
  | Recorded
  /** Nothing: the event was applied before, or is a wake-up that another one has replaced. */
  | { kind: 'nothing' }
  /** A wake-up before its time, since its timer was put off: the same wake-up again, later. */
  | { kind: 'rearm'; generation: number; at: number }
  /** A wake-up that the conversation does not know of: what was read of it is old. */
  | { kind: 'outdated' }

export interface World {
  configuration: Configuration
  definitions: Definitions
  /** The bot's machine throws at this event: the response goes on instead, from where the customer is. */
  botHasFailed?: true
  /** What a stored conversation began with, where it is decided again: whatever is configured now. */
  began?: Beginning
}

/** The machine that a conversation begins with, and what that is told. */
export interface Beginning {
  definition: Definition
  input: Input
}

/**
 * What follows from an event: all that frontdesk does, as a pure function of what is configured, what the
 * conversation is, and the event with its time.
 *
 * Throws what a machine throws; the event is then not applied, and the conversation stays as it was, or goes on
 * without the bot that failed: `world.botHasFailed`.
 */
export function decide(world: World, conversation: Conversation, incoming: Incoming): Decision {
  const { event, digest } = incoming
  const last = conversation.record
  if (last && last.event.seq >= incoming.seq) return { kind: 'nothing' }
  // The log's clock may step back; a conversation's never does.
  const at = Math.max(incoming.at, last ? Date.parse(last.at) : 0)
  const state = last?.state ?? {}

  if (event.type === 'timer.due') return wakeUp(world, conversation, incoming, event.generation, at)
  if (event.type === 'admin.erased' || state.erased) return erase(conversation, incoming, at)

  const seen = seenBefore(state.recent ?? '', digest)
  if (seen === 'same') return { kind: 'nothing' }
  const change = changeOf(state)
  if (seen === 'other') return recordOf(incoming, at, refuse(change, { code: 'id_reused' }))

  if (digest !== '') change.recent = remember(state.recent ?? '', digest)
  const value = refusedValue(event)
  if (state.machine === undefined) {
    const refused = refusedStart(world.configuration, event, value)
    if (refused) return recordOf(incoming, at, refuse(change, refused))
    const { definition, input } = world.began ?? beginningFor(world, event as Started, at)
    change.machine = definition.name
    const first = begin(definition.machine, input)
    if (!isKeptBy(first.snapshot, input)) change.began = input
    return recordOf(incoming, at, follow(incoming.conversation, change, definition, first, at))
  }

  if (state.snapshot?.status === 'done') {
    if (event.type === 'session.ended' || event.type === 'agent.ended' || event.type === 'call.answered')
      change.outcome = 'ignored'
    else refuse(change, { code: 'conversation_ended' })
    return recordOf(incoming, at, change)
  }
  if (value) return recordOf(incoming, at, refuse(change, value))
  if (event.type === 'call.answered') {
    // An answer that nobody waits for any more.
    if (event.call !== state.awaits) {
      change.outcome = 'ignored'
      return recordOf(incoming, at, change)
    }
    change.awaits = undefined
  }
  const definition = resume(world, conversation, change, event, at)
  if (!definition) return recordOf(incoming, at, endRetired(change, event))
  const { snapshot } = change
  follow(
    incoming.conversation,
    change,
    definition,
    step(definition.machine, snapshot as MachineSnapshot, { ...event, at } as never),
    at,
  )
  return recordOf(incoming, at, change)
}

/** A stored conversation is never silently read as another machine's. */
export class UnknownMachine extends Error {
  readonly machine: string

  constructor(machine: string) {
    super(`the conversation runs ${machine}, which this engine does not have`)
    this.machine = machine
  }
}

function latest({ definitions }: World, id: string): Definition {
  const definition = definitions.latest(id)
  if (!definition) throw new UnknownMachine(id)
  return definition
}

type Started = Extract<Event, { type: 'session.started' }>

function beginningFor(world: World, started: Started, at: number): Beginning {
  const bot = world.botHasFailed ? undefined : botOf(world.configuration, started.channel)
  const { bot: memory, ...rest } = inputOf(world.configuration, started, at)
  return {
    definition: bot?.definition ?? latest(world, responseId),
    input: bot && memory ? { ...rest, bot: memory } : rest,
  }
}

/** Why a conversation that there is not cannot begin with this event. */
function refusedStart(configuration: Configuration, event: Event, value: Rejection | null): Refusal | null {
  if (event.type !== 'session.started') return { code: 'unknown_conversation' }
  if (value) return value
  const isUnknown = configuration.strictChannels && !configuration.channels.has(event.channel)
  return isUnknown ? { code: 'unknown_channel' } : null
}

/** The timers that are due by now, in their order, in one record; each may start others that are due too. */
function wakeUp(
  world: World,
  conversation: Conversation,
  incoming: Incoming,
  generation: number,
  at: number,
): Decision {
  const state = conversation.record?.state
  if (state?.erased) return { kind: 'nothing' }
  const armed = state?.wake ?? { generation: 0, at: 0 }
  if (generation > armed.generation) return { kind: 'outdated' }
  const first = earliest(state?.timers)
  if (generation < armed.generation || !first || !state?.machine) return { kind: 'nothing' }
  // One that comes early does not put off what the state counts on.
  if (first.due > at) return { kind: 'rearm', generation, at: armed.at > at ? armed.at : first.due }

  const change = changeOf(state)
  const definition = resume(world, conversation, change, incoming.event, at)
  const event = { id: `wake-${generation}`, type: `timer.${timerName(first)}`, seq: incoming.seq }
  if (!definition) return recordOf({ ...incoming, ...event }, at, endRetired(change, null), event.type)
  let fired = 0
  // The timer was the bot's; what is left to do is to go on without it.
  if (world.botHasFailed) {
    const next = step(
      definition.machine,
      change.snapshot as MachineSnapshot,
      { type: 'fellBack', at } as never,
    )
    follow(incoming.conversation, change, definition, next, at)
  }
  // A migration may have done away with the first.
  for (let due = earliest(change.timers); due && due.due <= at; due = earliest(change.timers)) {
    if (++fired > timersAtOnceMax) throw new Error(`${due.id}: timers come due without end`)
    const { id, event } = due
    change.timers = change.timers.filter((timer) => timer.id !== id)
    if (!event) change.fired = [...(change.fired ?? []), id]
    const next = step(
      definition.machine,
      change.snapshot as MachineSnapshot,
      { ...(event ?? { type: id }), at } as never,
    )
    follow(incoming.conversation, change, definition, next, at)
    // A timer that its state has no use for any more is done with.
    change.outcome = 'applied'
    change.rejected = undefined
  }
  return recordOf({ ...incoming, ...event }, at, change, event.type)
}

/** A timer that starts itself again with no delay would never let go of the engine: it costs its wake-up only. */
const timersAtOnceMax = 1_000

/**
 * Takes up what the conversation runs: the version that it began with while that is registered, else its successor,
 * to which its state is brought. Nothing where it has to end instead.
 */
function resume(
  world: World,
  conversation: Conversation,
  change: Change,
  event: Event,
  at: number,
): Definition | undefined {
  if (world.botHasFailed) return fallBack(world, change, event)
  const name = change.machine as string
  const running = world.definitions.running(name)
  if (!running) throw new UnknownMachine(name)
  if (running === 'ends') return undefined
  const { definition, migration } = running
  if (!migration) {
    change.before = change.snapshot = snapshotOf(conversation, definition)
    return definition
  }
  const stored = change.stored as StoredSnapshot
  change.before = stored as MachineSnapshot
  change.snapshot = migrate(name, definition, migration, stored)
  const { timers, fired } = carriedTimers(change.snapshot, change, at)
  change.machine = definition.name
  change.stored = store(definition.machine, change.snapshot)
  change.timers = timers
  change.fired = fired
  return definition
}

/** The machine that has the response and the way into it from a bot, with what the customer has said so far. */
function fallBack(world: World, change: Change, event: Event): Definition {
  const stored = change.stored as StoredSnapshot
  const context = stored.context as Context
  const { pinned, customer, response, answers, request, reason, bot } = context
  if (change.machine?.startsWith(`${responseId}@`) || !response || request > 0 || reason !== null)
    throw new Error('it is no bot that has failed')
  const said = event.type === 'session.message' ? event.text : null
  const chosen = event.type === 'session.option' ? event.option : null
  const definition = latest(world, externalBotId)
  change.before = stored as MachineSnapshot
  change.snapshot = restore(definition.machine, {
    value: 'fallBack',
    context: {
      ...beginningOf({ input: { pinned, customer, response } }),
      answers,
      need: context.need ?? said ?? chosen ?? bot?.chosen ?? null,
      bot: null,
    },
  })
  if (chosen !== null) change.says.push(textOf({ type: 'customer' }, { text: chosen }))
  change.machine = definition.name
  change.timers = []
  change.fired = undefined
  change.awaits = undefined
  return definition
}

/** A conversation whose machine there is no more ends; what has just been said in it is kept. */
function endRetired(change: Change, event: Event | null): Change {
  change.before = change.stored as MachineSnapshot
  const context = contextOf(change.before)
  const { agent } = context
  if (event?.type === 'session.message') change.says.push(textOf({ type: 'customer' }, event))
  if (event?.type === 'agent.message' && agent?.id === event.agent.id)
    change.says.push(textOf({ type: 'agent', ...agent }, event))
  const isOwnWish = event?.type === 'session.ended'
  if (!isOwnWish) {
    const { language = 'en' } = context.pinned as { language?: string }
    change.says.push({ author: { type: 'system' }, type: 'notice', text: textsFor(language).retired })
  }
  if (hasOpenRequest(context))
    change.requests = [{ action: agent ? 'ended' : 'withdrawn', request: context.request }]
  const ended = { ...context, reason: isOwnWish ? 'customer' : 'bot' }
  change.stored = { value: 'ended', context: ended, status: 'done' }
  change.snapshot = change.stored as MachineSnapshot
  change.timers = []
  change.fired = undefined
  change.awaits = undefined
  return change
}

/** Leaves nothing of the conversation but that it is gone, so that no late event brings it back. */
function erase(conversation: Conversation, incoming: Incoming, at: number): Decision {
  const state = conversation.record?.state ?? {}
  const change = changeOf({})
  if (state.erased) {
    change.erased = state.erased
    if (incoming.event.type === 'admin.erased') change.outcome = 'ignored'
    else refuse(change, { code: 'unknown_conversation' })
    return recordOf(incoming, at, change)
  }
  const context = state.snapshot?.context as ConversationContext | undefined
  if (context && hasOpenRequest(context))
    change.requests = [{ action: 'withdrawn', request: context.request }]
  change.erased = {
    workspace: context?.pinned.workspace ?? null,
    request: context?.request ?? 0,
    startedAt: context?.pinned.at ?? null,
  }
  return recordOf(incoming, at, change)
}

function snapshotOf(conversation: Conversation, definition: Definition): MachineSnapshot {
  const stored = conversation.record?.state.snapshot
  if (conversation.snapshot) return conversation.snapshot
  if (!stored) throw new Error('a conversation that has begun has a snapshot')
  return restore(definition.machine, stored)
}
