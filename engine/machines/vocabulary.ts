import type { Call } from '../../schemas/conversation/call.ts'
import type { RequestCustomer } from '../../schemas/conversation/customer.ts'
import type { Agent, Event } from '../../schemas/conversation/event.ts'
import type { EndReason, FormField, Hours, Message, StatusState } from '../../schemas/conversation/record.ts'

/** What a machine of a conversation receives: the event and its time, which is the only clock there is. */
export type MachineEvent = Event & {
  /** The time of the event, in epoch milliseconds; XState's own first event has none: ask `timeOf`. */
  at: number
}

/** What is said: a message that has no id yet. */
export type Say = Omit<Message, 'id'>

/** A call of an API that a machine asks for; the engine adds whose it is. */
export type CallRequest = Omit<Call, 'conversation' | 'call'>

/** The tag of a state that waits for an API: outside of it an answer is not waited for any more. */
export const awaitsCall = 'awaitsCall'

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
  /** For the agents: what it is about, as a bot says. */
  tags?: string[]
  /** What a bot remembers while it talks; `null` once it has handed over. */
  bot?: BotMemory | null
}

/** What a bot remembers of its part of a conversation: every record of that part carries it. */
export interface BotMemory {
  /** The bot's id in the configuration. */
  id: string
  /** By their places in templates: `variables.plan`, `option.topic`. */
  values: Record<string, string>
  /** From when on each schedule that it asks for is open, in epoch milliseconds; `null`: never. */
  openFrom: Record<string, number | null>
  /** The fields of the form that is open. */
  form: FormField[] | null
  /** The options that a bot elsewhere has offered. */
  offered: string[] | null
  /** The option that was chosen last. */
  chosen: string | null
  /** Whether the customer has written, chosen or filled in anything. */
  hasActed: boolean
  /** Links followed since the customer did. */
  links: number
  /** Texts in a row that were none of the options. */
  misses: number
  /** How long it waits for a call, or for the bot elsewhere, in milliseconds. */
  waitMs: number
}

/** What a bot remembers before it has said anything. */
export function freshMemory(id: string, openFrom: BotMemory['openFrom'], waitMs: number): BotMemory {
  return {
    id,
    values: {},
    openFrom,
    form: null,
    offered: null,
    chosen: null,
    hasActed: false,
    links: 0,
    misses: 0,
    waitMs,
  }
}

/** A state that is shown under another name than its own. */
export const shownAs: Record<string, StatusState> = {
  greeting: 'greeting',
  collectingDetails: 'collectingDetails',
  queued: 'queued',
  withAgent: 'withAgent',
  ended: 'ended',
}
