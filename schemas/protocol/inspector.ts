import { z } from 'zod'
import { duration } from '../configuration/channel.ts'
import { callMethods } from '../conversation/call.ts'
import { externalIdLengthMax } from '../conversation/customer.ts'
import {
  endReasons,
  knownAgent,
  message,
  rejection,
  requestChange,
  status,
  statusStates,
} from '../conversation/record.ts'
import { nameLengthMax, payloadLevelsMax, whatIfEventsMax } from '../limits.ts'
import { shallow, token } from '../token.ts'
import { progress } from './progress.ts'

/** The HTTP bodies and frames of the inspector; workers/gateway/PROTOCOL.md explains them. */

/** The most conversations, refusals or dead letters of one answer. */
export const foundMax = 200
/** The largest body of a what-if, in bytes. */
export const whatIfBytesMax = 256 * 1024

/** A conversation as its last record has it. */
const foundConversation = z.object({
  conversation: z.string(),
  channel: z.string(),
  workspace: z.string(),
  state: z.enum(statusStates),
  value: z.string().describe('Its states in the machine, innermost last: `withAgent.agentsTurn`.'),
  machine: z.string().describe('`<id>@<version>`'),
  startedAt: z.string(),
  at: z.string().describe('The time of its last record.'),
  since: z.string().describe('When it came to the state that it is in.'),
  sequence: z.int().describe('The sequence of its last record.'),
  request: z.int().optional(),
  agent: knownAgent.optional(),
  reason: z.enum(endReasons).optional(),
})
export type FoundConversation = z.infer<typeof foundConversation>

const instant = z.iso.datetime({ offset: true })

/** The conversations to find: with `stuck` those that have waited longest come first, otherwise the latest. */
export const findQuestion = z.object({
  id: z.string().max(64).optional().describe('A part of the id.'),
  customer: z
    .string()
    .max(Math.max(externalIdLengthMax, nameLengthMax))
    .optional()
    .describe(
      'The customer’s whole e-mail address, external id or name, in any case. Answers do not have them.',
    ),
  state: z.enum(statusStates).optional(),
  channel: token.optional(),
  from: instant.optional().describe('Bounds of the last record’s time: ISO 8601.'),
  to: instant.optional(),
  stuck: duration
    .optional()
    .describe('Only conversations that have not ended and are in their state for longer: ISO 8601, `PT1H`.'),
  offset: z.coerce.number().int().min(0).default(0).describe('The number of conversations to skip.'),
  limit: z.coerce.number().int().min(1).max(foundMax).default(50),
})
export type FindQuestion = z.infer<typeof findQuestion>

export const findAnswer = z.object({
  conversations: z.array(foundConversation),
  total: z.int().describe('The number of conversations that match.'),
  leftOut: z
    .int()
    .optional()
    .describe('The number of conversations that ended first and are no longer in memory.'),
  progress: progress.optional(),
})
export type FindAnswer = z.infer<typeof findAnswer>

/** The conversations that have waited longest, by state; without `ended` and empty states. */
export const stuckAnswer = z.object({
  states: z.array(
    z.object({ state: z.enum(statusStates), total: z.int(), longest: z.array(foundConversation) }),
  ),
  progress: progress.optional(),
})
export type StuckAnswer = z.infer<typeof stuckAnswer>

export const refusalsQuestion = z.object({
  since: instant.optional().describe('ISO 8601; a day ago by default.'),
})

/** The most frequent refusals, by type and code. */
export const refusalsAnswer = z.object({
  refusals: z.array(
    z.object({
      type: z.string(),
      code: z.string(),
      count: z.int(),
      last: z
        .object({ at: z.string(), conversation: z.string(), seq: z.int() })
        .describe('`seq` is the event’s.'),
    }),
  ),
  records: z
    .int()
    .describe(
      'The number of records that were counted, and their beginning: the minute that was asked for, or a later one.',
    ),
  since: z.string(),
  progress: progress.optional(),
})
export type RefusalsAnswer = z.infer<typeof refusalsAnswer>

/** An event that could not be understood, with the reason. */
const deadLetter = z.object({
  seq: z.int().describe('Its sequence in the stream of dead letters.'),
  at: z.string(),
  reason: z.string(),
  conversation: z.string(),
  type: z.string(),
  explanation: z.string(),
  summary: z
    .string()
    .exactOptional()
    .describe(
      'The explanation without words that may quote the customer; letters of older versions have none.',
    ),
  id: z.string().describe('The event’s own `Nats-Msg-Id`; empty where it had none.'),
  eventSeq: z.string().describe('The event’s sequence in EVENTS.'),
})
export type DeadLetter = z.infer<typeof deadLetter>

/** A dead letter; with its body and headers where a single one was asked for. */
export const deadLetterAnswer = deadLetter.extend({
  headers: z.record(z.string(), z.string()).exactOptional(),
  body: z
    .string()
    .exactOptional()
    .describe('The beginning of the body, as text; masked unless it is revealed.'),
  bodyBytes: z.int().exactOptional().describe('The length of the whole body.'),
})
export type DeadLetterAnswer = z.infer<typeof deadLetterAnswer>

export const deadLettersAnswer = z.object({
  letters: z.array(deadLetterAnswer).describe('The latest first.'),
  total: z.int(),
})
export type DeadLettersAnswer = z.infer<typeof deadLettersAnswer>

/** The dead letter that is read, published again or discarded. */
export const deadLetterQuestion = z.object({
  seq: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER),
})

/** `repeated`: seen before. `idle`: a wake-up that had nothing to do. `buried`: a dead letter. */
export const outcomes = ['applied', 'rejected', 'ignored', 'repeated', 'idle', 'buried'] as const
export type Outcome = (typeof outcomes)[number]

/** A value of the context that changed. */
const difference = z.object({
  path: z.string().describe('`pinned.channel`'),
  before: z.unknown().optional().describe('Absent: it was added.'),
  after: z.unknown().optional().describe('Absent: it was removed.'),
})
export type Difference = z.infer<typeof difference>

/** A running timer. */
const pendingTimer = z.object({
  id: z.string().describe('XState’s id.'),
  name: z.string().describe('Its name in the machine: `unanswered`.'),
  due: z.string(),
})
export type PendingTimer = z.infer<typeof pendingTimer>

/** An event of a conversation and its outcome. What customers and agents wrote is masked unless it is revealed. */
export const inspectedStep = z.object({
  seq: z.int().describe('The event’s sequence in EVENTS.'),
  record: z
    .int()
    .describe('The sequence of its record in CONVERSATIONS; without one, that of the previous record.'),
  at: z.string(),
  event: z.object({
    id: z.string(),
    type: z.string(),
    payload: z.unknown().optional().describe('Absent: the log does not have the event any more.'),
  }),
  outcome: z.enum(outcomes),
  rejected: rejection.exactOptional(),
  messages: z.array(message).exactOptional(),
  status: status.exactOptional(),
  requests: z
    .array(requestChange.extend({ id: z.string() }))
    .exactOptional()
    .describe('The workspace’s notifications, with their ids.'),
  calls: z
    .array(z.object({ call: z.int(), step: z.string(), method: z.enum(callMethods), url: z.string() }))
    .exactOptional(),
  machine: z.string().exactOptional().describe('The conversation’s machine from here on.'),
  active: z.array(z.string()).describe('The ids of the active states after the event, outer ones first.'),
  taken: z.array(z.string()).describe('The names of the transitions that the event took.'),
  context: z.array(difference).describe('The changes of the context.'),
  timers: z.array(pendingTimer),
  differs: z
    .string()
    .exactOptional()
    .describe('The first field that the present machine would decide otherwise: `messages.0.text`.'),
})
export type InspectedStep = z.infer<typeof inspectedStep>

/** A frame of a conversation's stream, `GET conversations/:id/steps`. */
export const inspectorFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('steps'), steps: z.array(inspectedStep) }),
  /** All stored steps were sent; the next ones follow live. */
  z.object({ type: z.literal('live') }),
  /** The next step cannot be sent, now or later. */
  z.object({ type: z.literal('failed'), message: z.string() }),
])
export type InspectorFrame = z.infer<typeof inspectorFrame>

/** The whole context before and after a step. */
export const stepAnswer = z.object({
  seq: z.int(),
  before: z.unknown(),
  after: z.unknown(),
  value: z.unknown(),
})
export type StepAnswer = z.infer<typeof stepAnswer>

/** Hypothetical events: as a publisher sends them, or the passing of time up to the next timer. */
export const whatIfQuestion = z.object({
  after: z.number().int().min(0).describe('After the step of this event; 0: before the first.'),
  events: z
    .array(
      z.union([
        z.object({ type: z.string().max(64), payload: shallow(payloadLevelsMax), at: instant.optional() }),
        z.object({ type: z.literal('next timer') }),
      ]),
    )
    .min(1)
    .max(whatIfEventsMax),
})
export type WhatIfQuestion = z.infer<typeof whatIfQuestion>

export const whatIfAnswer = z.object({ steps: z.array(inspectedStep) })
export type WhatIfAnswer = z.infer<typeof whatIfAnswer>

/** Requests access to one conversation for an XState inspector, a program without a cookie. */
export const ticketQuestion = z.object({
  conversation: token,
  reveal: z
    .boolean()
    .default(false)
    .describe('Whether the program may see what customers and agents wrote. It is logged.'),
})

export const ticketAnswer = z.object({
  ticket: z.string(),
  expiresAt: z.string().describe('The ticket is valid for new connections until then: ISO 8601.'),
})
export type TicketAnswer = z.infer<typeof ticketAnswer>
