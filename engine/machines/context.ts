import type { ChannelText } from '../../schemas/configuration/channel-texts.ts'
import type { ConversationText } from '../../schemas/configuration/conversation-texts.ts'
import type { CustomerAttribute, RequestCustomer, VisitedPage } from '../../schemas/conversation/customer.ts'
import type { Agent } from '../../schemas/conversation/event.ts'
import type { EndReason, FormField, Hours } from '../../schemas/conversation/record.ts'

/** The machine's input when a conversation begins; it is kept, whatever is configured later. */
export interface Input {
  pinned: PinnedChannel
  customer: ConversationContext['customer']
  /** Absent where the channel names none, or nothing is known of them. */
  attributes?: CustomerAttribute[]
  response: ChannelResponse
  /** The bot's memory, if a bot begins the conversation. */
  bot?: BotMemory
}

export interface PinnedChannel extends Pinned {
  /** The language of the texts that nobody configured. */
  language: string
  timeouts: Timeouts
  /** The customer's time zone, where it is known and the channel has a schedule. */
  timeZone?: string
  /** The channel's own texts instead of built-in ones. */
  texts?: Partial<Record<ConversationText, string>>
  /** The channel's language, where it is another one than the customer's and a bot begins the conversation. */
  channelLocale?: string
}

/** The texts and the form of the channel, before an agent comes. */
export interface ChannelResponse extends Record<ChannelText, string> {
  /** Replaces `{{nextOpen}}`: `Monday, June 8 at 9:00 AM (Central European Time)`. */
  nextOpen: string
  /** The details that the channel asks for, in their order. */
  asks: FormField[]
}

/** In milliseconds; `null` (or an empty ladder): never. */
export interface Timeouts {
  unanswered: number | null
  escalate: number | null
  idleCustomer: number[]
  abandoned: number | null
  /** From the customer's first unanswered message; absent where an earlier version began the conversation. */
  agent?: { remind: number | null; release: number | null }
}

export interface Context<Own = unknown> extends ConversationContext {
  pinned: PinnedChannel
  /** `null` once it has done its part: every later record would carry it along. */
  response: ChannelResponse | null
  /** When the present wait for an agent began, in epoch milliseconds. */
  waitingSince: number
  /** The agent's first message that the customer has not answered, in epoch milliseconds, and reminders since. */
  idle: { since: number; reminded: number }
  /** The memory of a developer's own machine. */
  own: Own
}

/** Facts from the beginning of the conversation, which never change. Instants are epoch milliseconds. */
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
  page?: VisitedPage
  /** The names of the customer's attributes that agents see. */
  attributes?: string[]
  /** The channel does not ask for a rating after the end. */
  rating?: false
}

/** The context of every conversation: its status, and the request that agents see, derive from it. */
export interface ConversationContext {
  pinned: Pinned
  customer: RequestCustomer
  /** The customer's attributes that the channel names, in its order. */
  attributes?: CustomerAttribute[]
  /** The customer's answers to the company's own fields, by field id. */
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
  /** The bot's tags for agents. */
  tags?: string[]
  /** The bot's memory while it talks; `null` once it has handed over. */
  bot?: BotMemory | null
}

/** Paths in the context that hold typed text or the customer's identity: the inspector masks them. */
export const personalPaths = [
  'need',
  'answers.*',
  'customer.name',
  'customer.email',
  'customer.externalId',
] as const

/** Paths that the inspector hides, though the same text, such as a title of the company's, may be shown elsewhere. */
export const hiddenPaths = ['pinned.page.url', 'pinned.page.title', 'attributes.*.value'] as const

/** A bot's memory while it talks. Every record of that time carries it. */
export interface BotMemory {
  /** The bot's id in the configuration. */
  id: string
  /** Values by their names in templates: `variables.plan`, `option.topic`. */
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
  /** Consecutive texts that did not match an option. */
  misses: number
  /** How long it waits for a call, or for the bot elsewhere, in milliseconds. */
  waitMs: number
}

/** The context at the beginning; `own` is the memory of a developer's own machine. */
export function beginningOf<Own = undefined>({ input }: { input: Input }, own?: Own): Context<Own> {
  return {
    ...input,
    answers: {},
    need: null,
    request: 0,
    queuedAt: null,
    waitingSince: 0,
    agent: null,
    idle: { since: 0, reminded: 0 },
    reason: null,
    own: own as Own,
  }
}

/** A bot's memory before its first message. */
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
