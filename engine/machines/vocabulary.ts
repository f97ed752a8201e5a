import type { Call } from '../../schemas/conversation/call.ts'
import type { Event } from '../../schemas/conversation/event.ts'
import type { Message, ReleaseReason, StatusState } from '../../schemas/conversation/record.ts'
import type { ConversationContext } from './context.ts'

/** Events that move no machine: a sign of life, and those that `core/desk.ts` handles. */
type Outside =
  | 'session.active'
  | 'session.rated'
  | 'agent.transferred'
  | 'agent.noted'
  | 'agent.tagged'
  | 'agent.corrected'
  | 'agent.left'
  | 'request.offered'
  | 'request.recalled'
  | 'request.moved'
  | 'request.held'
  | 'mail.sent'

/** The event that a machine receives, with its time, which is the only clock. */
export type MachineEvent = Exclude<Event, { type: Outside }> & {
  /** The time of the event, in epoch milliseconds; XState's own first event has none: ask `timeOf`. */
  at: number
} & GivenBack

/** With `agent.released` where the agent has not released the request themselves. */
export interface GivenBack {
  why?: ReleaseReason | 'transferred' | undefined
}

/** A message that has no id yet. */
export type Say = Omit<Message, 'id'>

/** A call of an API that a machine asks for; the engine adds whose it is. */
export type CallRequest = Omit<Call, 'conversation' | 'call'>

/** The tag of a state that waits for an API: in any other state an answer is ignored. */
export const awaitsCall = 'awaitsCall'

/** The states that customers and agents see by their names; they see any other as `bot`. */
export const shownAs: Record<string, StatusState> = {
  greeting: 'greeting',
  collectingDetails: 'collectingDetails',
  queued: 'queued',
  withAgent: 'withAgent',
  ended: 'ended',
}

/** The event's time. XState's own first event has none: the conversation has just begun. */
export function timeOf({ context, event }: { context: ConversationContext; event: { at?: number } }): number {
  return event.at ?? context.pinned.at
}

/**
 * Narrows an event to the type that it must have: XState types a shared action or guard with all events. Throws if
 * it has another type.
 */
export function expectEvent<T extends MachineEvent['type']>(
  event: MachineEvent,
  type: T,
): Extract<MachineEvent, { type: T }> {
  if (event.type !== type) throw new Error(`expected ${type}, got ${event.type}`)
  return event as Extract<MachineEvent, { type: T }>
}
