import type { Agent, Event } from '../../schemas/event.ts'
import type { Hours, RequestCustomer } from '../../schemas/notification.ts'
import type { EndReason, Message, StatusState } from '../../schemas/record.ts'

/** What a machine of a conversation receives: the event and its time, which is the only clock there is. */
export type MachineEvent = Event & {
  /** The time of the event, in epoch milliseconds. */
  at: number
}

/** What is said: a message that has no id yet. */
export type Say = Omit<Message, 'id'>

/** What was so when the conversation began, and stays so for it. Instants are epoch milliseconds. */
export interface Pinned {
  /** When it began. */
  at: number
  channel: string
  workspace: string
  /** The customer's locale, a BCP 47 tag. */
  locale: string
  hours: Hours
  /** When the channel opens again; `null` during the hours and where it never does. */
  opensAt: number | null
}

/** What every conversation's context has, for its status and for the agents. */
export interface ConversationContext {
  pinned: Pinned
  customer: RequestCustomer
  /** What the customer answered to the company's own fields, by field id. */
  answers: Record<string, string>
  /** The customer's first text. */
  need: string | null
  /** The number of the present request; 0 before there is one. */
  request: number
  /** When the request was made, its place in the queue, in epoch milliseconds. */
  queuedAt: number | null
  agent: Agent | null
  /** Why it ended. */
  reason: EndReason | null
}

/** A state that is shown under another name than its own. */
export const shownAs: Record<string, StatusState> = {
  greeting: 'greeting',
  collectingDetails: 'collectingDetails',
  queued: 'queued',
  withAgent: 'withAgent',
  ended: 'ended',
}
