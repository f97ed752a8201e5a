import { z } from 'zod'
import { externalIdLengthMax, requestCustomer } from '../conversation/customer.ts'
import { author, knownAgent, statusStates } from '../conversation/record.ts'
import { agentFieldLengthMax, tagLengthMax } from '../limits.ts'
import { shortText, token } from '../token.ts'
import { progress } from './progress.ts'

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

/** The question as it comes by HTTP: the workspaces are those that the asker may see. */
export const searchQuery = searchQuestion.omit({ workspaces: true }).extend({ workspace: token.optional() })

/** A part of a text with the places of the words that were looked for. */
const excerpt = z.object({
  text: z.string(),
  /** Each match: where it begins in `text`, and its length, in UTF-16 units. */
  marks: z.array(z.tuple([z.int(), z.int()])),
})
export type Excerpt = z.infer<typeof excerpt>

/** Something that was said in a conversation that was found. */
const saidExcerpt = excerpt.extend({
  at: z.string(),
  author: author.pick({ type: true, name: true }),
  /** An internal note. */
  isNote: z.literal(true).optional(),
})
export type SaidExcerpt = z.infer<typeof saidExcerpt>

const searchedConversation = z.object({
  conversation: z.string(),
  workspace: z.string(),
  channel: z.string(),
  state: z.enum(statusStates),
  startedAt: z.string(),
  /** The time of its last record. */
  at: z.string(),
  customer: requestCustomer,
  /** The customer's first text. */
  need: z.string().nullable(),
  agent: knownAgent.optional(),
  tags: z.array(z.string()).optional(),
  /** The text with the words, else the last one; absent where it is not known: texts are read once somebody searches for words. */
  said: saidExcerpt.optional(),
})
export type SearchedConversation = z.infer<typeof searchedConversation>

export const searchAnswer = z.object({
  conversations: z.array(searchedConversation),
  /** Whether more follow. */
  isMore: z.boolean(),
  /** From when on texts are searched, where older ones are not in memory: ISO 8601. */
  textsFrom: z.string().optional(),
  progress: progress.optional(),
})
export type SearchAnswer = z.infer<typeof searchAnswer>

/** The conversations of a customer, for themselves: the latest first. */
export const ownConversationsQuestion = z.object({
  externalId: z
    .string()
    .min(1)
    .max(externalIdLengthMax * 2),
  limit: z.int().min(1).max(searchedMax).default(20),
})

export const theirConversation = z.object({
  conversation: z.string(),
  state: z.enum(statusStates),
  /** The time of its last record. */
  at: z.string(),
  /** The beginning of the customer's first text; absent where they have written nothing. */
  text: z.string().optional(),
})
export type TheirConversation = z.infer<typeof theirConversation>

export const ownConversationsAnswer = z.object({
  conversations: z.array(theirConversation),
  progress: progress.optional(),
})
export type OwnConversationsAnswer = z.infer<typeof ownConversationsAnswer>
