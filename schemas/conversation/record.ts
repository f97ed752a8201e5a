import { z } from 'zod'
import { fieldErrors, fieldTypeNames } from '../field-types.ts'
import { attachment } from './attachment.ts'
import { requestCustomer } from './customer.ts'

/** A field of a form message. All fields that are asked are required. */
export const formField = z.object({
  id: z.string(),
  label: z.string(),
  type: z.enum(fieldTypeNames),
  required: z.literal(true),
  options: z.array(z.string()).optional(),
})
export type FormField = z.infer<typeof formField>

export const author = z.object({
  type: z.enum(['bot', 'agent', 'customer', 'system']),
  id: z.string().optional(),
  name: z.string().optional(),
})
export type Author = z.infer<typeof author>

/** How a customer's message came, where it was not written in the widget. */
export const messageVia = z.enum(['email'])

/** Something that was said. Its id is `<conversation>.<event sequence>.<n>` and never changes. */
export const message = z.object({
  id: z.string(),
  author,
  type: z.enum(['text', 'form', 'options', 'notice']),
  text: z.string().optional(),
  fields: z.array(formField).optional(),
  options: z.array(z.string()).optional(),
  clientId: z.string().optional(),
  attachments: z.array(attachment).optional().describe('The files of a text, which may be empty then.'),
  via: messageVia.optional(),
})
export type Message = z.infer<typeof message>

/** An agent's note for other agents; its id is made as a message's. */
export const note = z.object({ id: z.string(), author, text: z.string() })
export type Note = z.infer<typeof note>

/** The agent of a request, as others see them. */
export const knownAgent = z.object({ id: z.string(), name: z.string().optional() })

export const endReasons = ['customer', 'agent', 'inactivity', 'abandoned', 'bot'] as const
export type EndReason = (typeof endReasons)[number]

export const statusStates = ['greeting', 'collectingDetails', 'queued', 'withAgent', 'ended', 'bot'] as const
export type StatusState = (typeof statusStates)[number]

/** The status of a conversation, as its customer and its agent may see it. */
export const status = z.object({
  state: z.enum(statusStates),
  request: z.number().optional(),
  agent: knownAgent.optional(),
  reason: z.enum(endReasons).optional(),
})
export type Status = z.infer<typeof status>

export const requestActions = [
  'created',
  'reminded',
  'escalated',
  'accepted',
  'released',
  'withdrawn',
  'ended',
  'unattended',
  'transferred',
  'offered',
  'noted',
  'rated',
] as const
export type RequestAction = (typeof requestActions)[number]

/** Why a request is back in the queue: its agent gave it back, did not answer in time, or has gone. */
export const releaseReasons = ['agent', 'unattended', 'agentAway'] as const
export type ReleaseReason = (typeof releaseReasons)[number]

/** A change that the workspace is told. */
export const requestChange = z.object({
  action: z.enum(requestActions),
  request: z.number(),
  n: z.number().optional().describe('Counts repetitions of the same action from 2 on.'),
  reason: z.enum(releaseReasons).optional().describe('With `released`; absent: the agent has released it.'),
  agent: knownAgent.optional().describe('With `offered`: to whom.'),
  offerUntil: z
    .string()
    .optional()
    .describe('With `offered`: until when nobody else may accept it, ISO 8601.'),
  workspace: z
    .string()
    .optional()
    .describe(
      'With `withdrawn`: the workspace that it was transferred from, where that is not the request’s own.',
    ),
})
export type RequestChange = z.infer<typeof requestChange>

/** The verdict on the opening hours, as it was when the conversation began. */
export const hours = z.enum(['during', 'outside'])
export type Hours = z.infer<typeof hours>

/** The data that an external bot needs to continue: in each record after which it is its turn. */
export const botTurn = z.object({
  id: z.string().describe('The bot’s id in the configuration.'),
  channel: z.string(),
  locale: z.string(),
  hours,
  customer: requestCustomer,
  details: z
    .record(z.string(), z.string())
    .describe('The customer’s answers to the fields of forms, by field id.'),
})
export type BotTurn = z.infer<typeof botTurn>

/** How the customer found the conversation after its end: from 1, the worst, to 5. */
export const rating = z.object({ score: z.int().min(1).max(5), text: z.string().optional() })
export type Rating = z.infer<typeof rating>

/** Why an event was refused; the codes are stable, the messages are for people and may change. */
export const rejectionCodes = [
  'details_invalid',
  'details_required',
  'text_invalid',
  'too_long',
  'unknown_conversation',
  'unknown_channel',
  'conversation_ended',
  'conversation_full',
  'not_queued',
  'already_accepted',
  'offered_to_other',
  'stale_request',
  'not_the_agent',
  'not_allowed_now',
  'id_reused',
] as const
export type RejectionCode = (typeof rejectionCodes)[number]

export const rejection = z.object({
  code: z.enum(rejectionCodes),
  message: z.string(),
  fields: z
    .record(z.string(), z.enum(fieldErrors))
    .optional()
    .describe('With `details_invalid`: what is wrong, by field.'),
  agent: knownAgent
    .optional()
    .describe('With `already_accepted`: the winner; with `offered_to_other`: who may accept it now.'),
  limit: z
    .number()
    .optional()
    .describe('With `too_long` (also of a field): the most characters, in Unicode code points.'),
  max: z
    .number()
    .optional()
    .describe('With `conversation_full`: the most events of customers, agents and bots.'),
})
export type Rejection = z.infer<typeof rejection>

/**
 * One record per event that was understood, on `frontdesk.conversation.<conversation>`: everything that
 * follows from the event. All records of a subject, in order, are the conversation.
 */
export const record = z.object({
  at: z.string().describe('The event’s time: ISO 8601, UTC, milliseconds.'),
  event: z.object({ id: z.string(), type: z.string(), seq: z.number() }),
  outcome: z.enum(['applied', 'rejected', 'ignored']),
  messages: z.array(message).optional(),
  notes: z.array(note).optional().describe('Internal notes of agents, which no customer may see.'),
  status: status.optional(),
  requests: z.array(requestChange).optional(),
  rejected: rejection.optional(),
  bot: botTurn.optional(),
  rating: rating.optional(),
  state: z.looseObject({}).describe('The durable state: internal to the engine.'),
})
export type ConversationRecord = z.infer<typeof record>
