import type { ConversationCache } from './conversation-cache.ts'
import {
  type Conversation,
  earliest,
  type Incoming,
  type RawEvent,
  unknownConversation,
} from './core/conversation.ts'
import { decide } from './core/decide.ts'
import { type Effect, effectsOf } from './core/effects.ts'
import { readEvent, type Unreadable } from './core/read-event.ts'
import { UnknownMachine, type World } from './core/running.ts'
import { Conflict, LostTail, OperatorNeeded, placeOf, TooLarge } from './errors.ts'
import { botNamed } from './machines/bots/definition.ts'
import { idAndVersion } from './machines/definitions.ts'
import type { Conversations, DeadLetters, Handling, Machines, Observer, Performer } from './ports.ts'

export interface Applying {
  world(): World
  conversations: Conversations
  performer: Performer
  deadLetters: DeadLetters
  machines: Machines
  cache: ConversationCache
  /**
   * The highest sequence up to which every event is handled: the cursor when it was claimed, and the progress since.
   * The worker that wrote a record of a later event may not have performed its effects.
   */
  dealtWith(): number
  /** The last sequence that the log has given. */
  lastEvent(): Promise<number>
  observer?: Observer | undefined
}

/** Wake-ups of an event, for which the cursor still waits; the conversation's next event does not. */
export type Pending = Promise<void>[]

/**
 * Applies one event to its conversation. Its order is what makes a crash anywhere harmless:
 *
 * 1. read the event; what cannot be understood is buried;
 * 2. load the conversation; where its last record lies above the cursor, perform that record's effects again; at its
 *    beginning, expect that nothing is stored: if something is, 4 is refused;
 * 3. decide; where that needs a machine that is not at hand, load it and decide again;
 * 4. commit the one record, with compare-and-set; refused: load and decide again;
 * 5. perform its effects. Only then may the conversation's next event begin, and the cursor pass this one; the cursor
 *    also waits for its wake-up.
 */
export async function apply(deps: Applying, raw: RawEvent): Promise<Pending> {
  const pending: Pending = []
  if (!deps.observer) await applyEvent(deps, raw, pending)
  else await deps.observer.handle(raw, (handling) => applyEvent(deps, raw, pending, handling))
  return pending
}

async function applyEvent(
  deps: Applying,
  raw: RawEvent,
  pending: Pending,
  handling?: Handling,
): Promise<void> {
  const bury = async (cause: Unreadable) => {
    await deps.deadLetters.bury(raw, cause)
    handling?.buried(cause.code)
  }
  const read = readEvent(raw)
  if (!read.ok) return bury(read.error)
  const incoming = read.value
  const { conversation: id } = incoming

  const isBeginning = incoming.event.type === 'session.started'
  let known = deps.cache.get(id) ?? {
    conversation: isBeginning ? unknownConversation : await loadPerformed(deps, incoming, pending),
    isLatest: false,
  }
  for (;;) {
    // A stale read must neither let an event pass without a record nor stop the engine.
    const { isLatest } = known
    let decision = decideOrFail(deps.world(), known.conversation, incoming, handling)
    if (decision.kind === 'unknown') {
      await deps.machines.load(decision.error.machine)
      decision = decideOrFail(deps.world(), known.conversation, incoming, handling)
      // Its events wait for an engine that has the machine: nothing is wrong with them.
      if (decision.kind === 'unknown' && isLatest) throw lacking(id, decision.error)
    }
    if (decision.kind === 'failed' && isLatest) {
      await bury(decision.cause)
      // The bot's author finds the event in DEADLETTER; the customer continues with the default response.
      decision = decideOrFail({ ...deps.world(), botHasFailed: true }, known.conversation, incoming, handling)
      if (decision.kind === 'failed') return
    }
    if (decision.kind === 'record') {
      const { record, snapshot } = decision
      try {
        const sequence = await deps.conversations.commit(id, known.conversation, record)
        // An ended conversation is rarely needed again.
        if (snapshot?.status === 'done') deps.cache.delete(id)
        else deps.cache.set(id, { last: sequence, sequence, record, ...(snapshot && { snapshot }) })
        handling?.recorded(dueOf(incoming, known.conversation))
        return performAll(deps, effectsOf(id, sequence, record), pending)
      } catch (error) {
        if (error instanceof TooLarge && isLatest) return bury({ code: 'failed', message: error.message })
        if (!(error instanceof Conflict || error instanceof TooLarge)) throw error
      }
    } else if (known.isLatest) {
      // It makes no record, so a worker before this one may have armed it already.
      if (decision.kind === 'rearm')
        await performAll(deps, [{ ...decision, kind: 'wake', conversation: id }], pending, Date.now())
      deps.cache.set(id, known.conversation)
      return
    }
    known = { conversation: await loadPerformed(deps, incoming, pending, true), isLatest: true }
  }
}

/** When the timer was due that a wake-up has fired. */
function dueOf({ event }: Incoming, { record }: Conversation): number | undefined {
  return event.type === 'timer.due' && record ? earliest(record.state.timers)?.due : undefined
}

/** Loads a conversation, and performs the effects that a worker before this one may have left undone. */
async function loadPerformed(
  deps: Applying,
  { conversation: id, seq }: Incoming,
  pending: Pending,
  fromLeader = false,
) {
  const conversation = await deps.conversations.load(id, fromLeader)
  const { record, sequence } = conversation
  if (record && record.event.seq > seq) await checkTail(deps, id, record.event.seq)
  if (record && record.event.seq > deps.dealtWith())
    await performAll(deps, effectsOf(id, sequence, record, true), pending, Date.now())
  return conversation
}

/** A record may name a later event, since events are read again; it must not name one that the log never had. */
async function checkTail(deps: Applying, conversation: string, seq: number): Promise<void> {
  const last = await deps.lastEvent()
  if (seq > last) throw new LostTail(`the conversation ${conversation}`, seq, 'EVENTS', last)
}

/** @param since as for the performer */
async function performAll(
  deps: Applying,
  effects: Effect[],
  pending: Pending,
  since?: number,
): Promise<void> {
  if (effects.length === 0) return
  const performed: Promise<void>[] = []
  for (const effect of effects)
    if (effect.kind === 'wake') {
      const armed = deps.performer.perform(effect, since)
      // A failure is found in `pending`, perhaps later.
      armed.catch(() => {})
      pending.push(armed)
    } else if (effect.kind !== 'forget') performed.push(deps.performer.perform(effect))
  await Promise.all(performed)
  // `forget` comes last: it removes the event, from which a successor would find the effects that are left to perform.
  for (const effect of effects) if (effect.kind === 'forget') await deps.performer.perform(effect)
}

/** Decides, or returns the failure: a machine that throws loses its event, but not the conversation or other events. */
function decideOrFail(world: World, conversation: Conversation, incoming: Incoming, handling?: Handling) {
  const run = () => decide(world, conversation, incoming)
  try {
    return handling ? handling.decide(run) : run()
  } catch (error) {
    if (error instanceof UnknownMachine) return { kind: 'unknown', error } as const
    return { kind: 'failed', cause: failureOf(error) } as const
  }
}

function failureOf(error: unknown): Unreadable {
  const { kind, at } = placeOf(error)
  const stack = error instanceof Error ? error.stack : undefined
  return { code: 'failed', message: stack || String(error), summary: `${kind}${at}` }
}

function lacking(conversation: string, error: UnknownMachine): OperatorNeeded {
  const { id } = idAndVersion(error.machine)
  const remedy = botNamed(error.machine)
    ? `Run a version of frontdesk that has it, put the bot’s revision back, or let them end with retireConversation('${id}')`
    : 'When it starts again it says how many others do, and what to do'
  return new OperatorNeeded(`${conversation}: ${error.message}. ${remedy}`, { cause: error })
}
