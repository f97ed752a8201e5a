import type { Event } from '../../schemas/conversation/event.ts'
import {
  beginningOf,
  type Context,
  freshMemory,
  type Input,
  type PinnedChannel,
  type Timeouts,
} from '../machines/context.ts'
import {
  type Definition,
  type Definitions,
  externalBotId,
  idAndVersion,
  responseId,
} from '../machines/definitions.ts'
import { carriedTimers, migrate } from '../machines/migrate.ts'
import { textOf } from '../machines/says.ts'
import { type MachineSnapshot, restore, type StoredSnapshot } from '../machines/step.ts'
import { textsFor } from '../texts/languages.ts'
import { botOf, type Configuration, inputOf, scheduleOf } from './configuration.ts'
import {
  type AgentDues,
  type Conversation,
  contextOf,
  hasOpenRequest,
  type RunningState,
  type State,
} from './conversation.ts'
import type { RecordDraft } from './draft.ts'
import { afterOpenTime } from './hours/opening-hours.ts'

/** All that a decision depends on besides the conversation and the event. */
export interface World {
  configuration: Configuration
  definitions: Definitions
  /** The bot's machine has thrown at this event: the response takes over where the customer is. */
  botHasFailed?: true
  /** Set when a stored conversation is decided again: its beginning, whatever is configured now. */
  began?: Beginning
  /** Set when a stored conversation is decided again: the input of its response for outside the hours, if it took it. */
  hasClosed?: Input | null
  /** Set when a stored conversation is decided again: the times of its agent’s clock. */
  dues?: AgentDues
  /** Set when a stored conversation is decided again: the state that was stored, of whichever version. */
  stored?: State
}

/** The machine that a conversation begins with, and its input. */
export interface Beginning {
  definition: Definition
  input: Input
  /** A stored conversation of a version that did not count events yet. */
  isUncounted?: boolean
}

/** The machine of a stored conversation is not there; it is never silently read as another machine's. */
export class UnknownMachine extends Error {
  readonly machine: string

  constructor(machine: string) {
    super(`the conversation runs ${machine}, which this engine does not have`)
    this.machine = machine
  }
}

type Started = Extract<Event, { type: 'session.started' }>

/** The beginning of a new conversation: its channel's bot, else the messaging response. */
export function beginningFor(world: World, started: Started, at: number): Beginning {
  if (world.began) return world.began
  const bot = world.botHasFailed ? undefined : botOf(world.configuration, started.channel)
  const input = inputOf(world.configuration, started, at)
  if (bot) return { definition: bot.definition, input }
  // A bot that has failed leaves no memory.
  if (input.bot) delete input.bot
  return { definition: latest(world, responseId), input }
}

/**
 * The response for outside the hours, of a channel that has closed between the greeting and the customer's first text;
 * `undefined`: the conversation keeps the response that it began with, as it does once anything else was said.
 */
export function inputAfterClosing(
  world: World,
  { machine, snapshot }: RunningState,
  event: Event,
  at: number,
): Input | undefined {
  const isFirstText = event.type === 'session.message' && snapshot.value === 'greeting'
  if (!isFirstText || idAndVersion(machine).id !== responseId) return undefined
  const { pinned } = snapshot.context as Context
  if (pinned.hours === 'outside') return undefined
  if (world.hasClosed !== undefined) return world.hasClosed ?? undefined
  const { channel, locale, timeZone } = pinned
  const input = inputOf(world.configuration, { channel, locale, ...(timeZone && { timeZone }) }, at)
  return input.pinned.hours === 'outside' ? input : undefined
}

/** When an agent who has to answer from `at` on is reminded, and loses the request: counted in open time. */
export function agentDues(
  { configuration, dues }: World,
  channel: string,
  timeouts: NonNullable<Timeouts['agent']>,
  at: number,
): AgentDues {
  if (dues) return dues
  const hours = scheduleOf(configuration, channel)?.hours
  const due = (ms: number | null) => (ms === null ? null : hours ? afterOpenTime(hours, at, ms) : at + ms)
  return { remind: due(timeouts.remind), release: due(timeouts.release) }
}

/** The pause before an escalation is repeated doubles between these, or up to the time of the first, if that is longer. */
const escalationPauseMsMin = 900_000
const escalationPauseMsMax = 3_600_000

/** When a wait that was escalated so often is escalated again, counted in open time; `null`: never. */
export function nextEscalation(
  { configuration, stored }: World,
  { channel, timeouts: { escalate } }: PinnedChannel,
  escalations: number,
  at: number,
): number | null {
  // A record of an earlier version has no such timer.
  if (stored) return stored.timers?.find(({ id }) => id === escalatesAgain)?.due ?? null
  if (escalate === null) return null
  const longest = Math.max(escalate, escalationPauseMsMax)
  const pause = Math.min(Math.max(escalate * 2 ** escalations, escalationPauseMsMin), longest)
  const hours = scheduleOf(configuration, channel)?.hours
  return hours ? afterOpenTime(hours, at, pause) : at + pause
}

/** The timer of the agents' side that repeats an escalation. */
export const escalatesAgain = 'desk.escalate'

/** Whether `inputOfFirst` can derive the conversation's input from its first snapshot. */
export function isDerivable({ context }: MachineSnapshot, input: Input): boolean {
  const { response, bot } = context as Context
  return response !== null && (input.bot === undefined || bot != null)
}

/** The input of a conversation, from the state of its first record. */
export function inputOfFirst({ began, machine, snapshot }: State): Input {
  if (began) return began
  const { pinned, customer, attributes, response, bot } = (snapshot as StoredSnapshot).context as Context &
    Pick<Input, 'response'>
  const given = { pinned, customer, ...(attributes && { attributes }), response }
  if (!bot) return given
  // Only a conversation with an external bot begins by waiting for it.
  const isExternal = machine !== undefined && idAndVersion(machine).id === externalBotId
  const memory = freshMemory(bot.id, bot.openFrom, isExternal ? bot.waitMs : 0)
  return { ...given, bot: memory }
}

/**
 * Lets the draft continue with the conversation's version of its machine if that is registered, else migrates it to
 * the successor. `ends`: the conversation has to end, since its version was retired. Throws UnknownMachine.
 */
export function resume(
  draft: RecordDraft,
  world: World,
  conversation: Conversation,
  state: RunningState,
  event: Event,
): 'goesOn' | 'ends' {
  if (world.botHasFailed) {
    fallBack(draft, world, state, event)
    return 'goesOn'
  }
  const running = world.definitions.running(state.machine)
  if (!running) throw new UnknownMachine(state.machine)
  if (running === 'ends') return 'ends'
  const { definition, migration } = running
  if (!migration) {
    draft.resume(definition, conversation.snapshot ?? restore(definition.machine, state.snapshot))
    return 'goesOn'
  }
  const snapshot = migrate(state.machine, definition, migration, state.snapshot)
  draft.move(definition, snapshot)
  draft.carryTimers(carriedTimers(snapshot, draft, draft.at))
  return 'goesOn'
}

/** Moves a failed bot's conversation to the machine of the response, with what the customer has said so far. */
function fallBack(draft: RecordDraft, world: World, { machine, snapshot }: RunningState, event: Event): void {
  const context = snapshot.context as Context
  const { pinned, customer, attributes, response, answers, request, reason, bot } = context
  if (machine.startsWith(`${responseId}@`) || !response || request > 0 || reason !== null)
    throw new Error('the machine that has failed is not a bot')
  const said = event.type === 'session.message' ? event.text : null
  const chosen = event.type === 'session.option' ? event.option : null
  const definition = latest(world, externalBotId)
  const beginning = {
    ...beginningOf({ input: { pinned, customer, ...(attributes && { attributes }), response } }),
    answers,
    need: context.need ?? said ?? chosen ?? bot?.chosen ?? null,
    bot: null,
  }
  draft.move(definition, restore(definition.machine, { value: 'fallBack', context: beginning }))
  draft.dropTimers()
  if (chosen !== null) draft.says.push(textOf({ type: 'customer' }, { text: chosen }))
}

/**
 * Ends a conversation whose machine was retired, and keeps its event's text.
 *
 * @param event `null` for a wake-up
 */
export function endRetired(draft: RecordDraft, { snapshot }: RunningState, event: Event | null): void {
  const context = contextOf(snapshot)
  const { agent } = context
  if (event?.type === 'session.message') draft.says.push(textOf({ type: 'customer' }, event))
  if (event?.type === 'agent.message' && agent?.id === event.agent.id)
    draft.says.push(textOf({ type: 'agent', ...agent }, event))
  const hasLeft = event?.type === 'session.ended'
  if (!hasLeft) {
    const { language = 'en' } = context.pinned as { language?: string }
    draft.says.push({ author: { type: 'system' }, type: 'notice', text: textsFor(language).retired })
  }
  if (hasOpenRequest(context)) draft.notify(agent ? 'ended' : 'withdrawn', { request: context.request })
  draft.end({ ...context, reason: hasLeft ? 'customer' : 'bot' })
}

function latest({ definitions }: World, id: string): Definition {
  const definition = definitions.latest(id)
  if (!definition) throw new UnknownMachine(id)
  return definition
}
