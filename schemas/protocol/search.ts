import { z } from 'zod'
import type { RequestCustomer } from '../conversation/customer.ts'
import { externalIdLengthMax } from '../conversation/customer.ts'
import type { Author, Status } from '../conversation/record.ts'
import { agentFieldLengthMax, tagLengthMax } from '../limits.ts'
import { shortText, token } from '../token.ts'

/** Agents' search over conversations, and customers' own ones: questions for a notifier, and its answers. */

/** The most characters of the words that are looked for. */
export const searchedTextLengthMax = 200
/** The most conversations of one answer, and those that it may leave out before. */
export const searchedMax = 50
export const searchedOffsetMax = 1_000

const instant = z.iso.datetime({ offset: true })

/** A question with all of its conditions; without words, the conversations with the latest records come first. */
export const searchQuestion = z.object({
  /** The workspaces of those who ask; absent: all. */
  workspaces: z.array(token).optional(),
  /** Words, each of which is somewhere in the conversation or in what is known of its customer. */
  text: shortText(searchedTextLengthMax).optional(),
  /** The customer's whole e-mail address, external id or name. */
  customer: shortText(externalIdLengthMax).optional(),
  /** The customer's external id, exactly, or their e-mail address: conversations with either of the two. */
  externalId: shortText(externalIdLengthMax).optional(),
  email: shortText(externalIdLengthMax).optional(),
  tag: shortText(tagLengthMax).optional(),
  /** The id or the whole name of the last agent. */
  agent: shortText(agentFieldLengthMax).optional(),
  channel: token.optional(),
  /** Bounds of the last record's time: ISO 8601. */
  from: instant.optional(),
  to: instant.optional(),
  offset: z.coerce.number().int().min(0).max(searchedOffsetMax).default(0),
  limit: z.coerce.number().int().min(1).max(searchedMax).default(20),
})
export type SearchQuestion = z.infer<typeof searchQuestion>

/** A part of a text with the places of the words that were looked for. */
export interface Excerpt {
  text: string
  /** Each match: where it begins in `text`, and its length, in UTF-16 units. */
  marks: [start: number, length: number][]
}

/** Something that was said in a conversation that was found. */
export interface SaidExcerpt extends Excerpt {
  at: string
  author: Pick<Author, 'type' | 'name'>
  /** An internal note. */
  isNote?: true
}

export interface SearchedConversation {
  conversation: string
  workspace: string
  channel: string
  state: Status['state']
  startedAt: string
  /** The time of its last record. */
  at: string
  customer: RequestCustomer
  /** The customer's first text. */
  need: string | null
  agent?: { id: string; name?: string | undefined }
  tags?: string[]
  /** The text with the words, else the last one; absent where it is not known: texts are read once somebody searches for words. */
  said?: SaidExcerpt
}

export interface SearchAnswer {
  conversations: SearchedConversation[]
  /** Whether more follow. */
  isMore: boolean
  /** From when on texts are searched, where older ones are not in memory: ISO 8601. */
  textsFrom?: string
  /** How far the notifier has read; its answer covers this. */
  progress?: { read: number; of: number }
}

/** The conversations of a customer, for themselves: the latest first. */
export const ownConversationsQuestion = z.object({
  externalId: z
    .string()
    .min(1)
    .max(externalIdLengthMax * 2),
  limit: z.int().min(1).max(searchedMax).default(20),
})

export interface TheirConversation {
  conversation: string
  state: Status['state']
  /** The time of its last record. */
  at: string
  /** The beginning of the customer's first text; absent where they have written nothing. */
  text?: string
}

export interface OwnConversationsAnswer {
  conversations: TheirConversation[]
  progress?: { read: number; of: number }
}
