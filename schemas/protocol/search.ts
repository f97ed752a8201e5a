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
  workspaces: z.array(token).optional().describe('The workspaces of those who ask; absent: all.'),
  text: shortText(searchedTextLengthMax)
    .optional()
    .describe('Words, each of which is somewhere in the conversation or in what is known of its customer.'),
  customer: shortText(externalIdLengthMax)
    .optional()
    .describe('The customer’s whole e-mail address, external id or name.'),
  externalId: shortText(externalIdLengthMax)
    .optional()
    .describe(
      'The customer’s external id, exactly, or their e-mail address: conversations with either of the two.',
    ),
  email: shortText(externalIdLengthMax).optional(),
  tag: shortText(tagLengthMax).optional(),
  agent: shortText(agentFieldLengthMax).optional().describe('The id or the whole name of the last agent.'),
  channel: token.optional(),
  from: instant.optional().describe('Bounds of the last record’s time: ISO 8601.'),
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
  marks: z
    .array(z.tuple([z.int(), z.int()]))
    .describe('Each match: where it begins in `text`, and its length, in UTF-16 units.'),
})
export type Excerpt = z.infer<typeof excerpt>

/** Something that was said in a conversation that was found. */
const saidExcerpt = excerpt.extend({
  at: z.string(),
  author: author.pick({ type: true, name: true }),
  isNote: z.literal(true).optional().describe('An internal note.'),
})
export type SaidExcerpt = z.infer<typeof saidExcerpt>

const searchedConversation = z.object({
  conversation: z.string(),
  workspace: z.string(),
  channel: z.string(),
  state: z.enum(statusStates),
  startedAt: z.string(),
  at: z.string().describe('The time of its last record.'),
  customer: requestCustomer,
  need: z.string().nullable().describe('The customer’s first text.'),
  agent: knownAgent.optional(),
  tags: z.array(z.string()).optional(),
  said: saidExcerpt
    .optional()
    .describe(
      'The text with the words, else the last one; absent where it is not known: texts are read once somebody searches for words.',
    ),
})
export type SearchedConversation = z.infer<typeof searchedConversation>

export const searchAnswer = z.object({
  conversations: z.array(searchedConversation),
  isMore: z.boolean().describe('Whether more follow.'),
  textsFrom: z
    .string()
    .optional()
    .describe('From when on texts are searched, where older ones are not in memory: ISO 8601.'),
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
  at: z.string().describe('The time of its last record.'),
  text: z
    .string()
    .optional()
    .describe('The beginning of the customer’s first text; absent where they have written nothing.'),
})
export type TheirConversation = z.infer<typeof theirConversation>

export const ownConversationsAnswer = z.object({
  conversations: z.array(theirConversation),
  progress: progress.optional(),
})
export type OwnConversationsAnswer = z.infer<typeof ownConversationsAnswer>
