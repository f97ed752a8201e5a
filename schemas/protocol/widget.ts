import { z } from 'zod'
import type { Attachment } from '../conversation/attachment.ts'
import type { Attributes } from '../conversation/customer.ts'
import { customerEvents, type EventType, payloads } from '../conversation/event.ts'
import { knownAgent, message, rating, rejection, status } from '../conversation/record.ts'
import {
  answerLengthMax,
  attachmentsMax,
  attributeLengthMax,
  attributesMax,
  labelLengthMax,
  localeLengthMax,
  sentFieldsMax,
  textLengthMax,
  titleLengthMax,
  urlLengthMax,
} from '../limits.ts'
import { zodIssue } from '../problem.ts'
import { shortIfText, shortText, token } from '../token.ts'
import { theirConversation } from './search.ts'

/** The frames of a widget and the gateway; workers/gateway/PROTOCOL.md explains them. */

/** The longest JWT that is looked at, in characters. */
export const tokenLengthMax = 8_192

const jwt = z.string().max(tokenLengthMax)
const sequence = z.int().min(0)

type EventFrameType = keyof typeof customerEvents

/** The files of a message, as they were uploaded: the gateway knows the rest of each. */
export const attachedFiles = z
  .array(z.object({ id: token }))
  .max(attachmentsMax)
  .optional()

/** The fields of an event's frame, where they differ from its payload's: a value too long is not even stored. */
const frameFields = {
  message: { text: shortText(textLengthMax), attachments: attachedFiles },
  details: {
    details: z
      .record(token, shortText(answerLengthMax))
      .refine(
        (fields) => Object.keys(fields).length <= sentFieldsMax,
        zodIssue('too_many', { max: sentFieldsMax }),
      )
      .meta({ maxProperties: sentFieldsMax }),
  },
  option: { option: shortText(labelLengthMax) },
  rate: { score: z.int().min(1).max(5), text: shortText(textLengthMax).optional() },
}
type FrameFields<F extends EventFrameType> = F extends keyof typeof frameFields
  ? (typeof frameFields)[F]
  : Omit<(typeof payloads)[(typeof customerEvents)[F]]['shape'], 'clientId'>
type EventFrame = {
  [F in EventFrameType]: z.ZodObject<{ type: z.ZodLiteral<F>; clientId: typeof token } & FrameFields<F>>
}[EventFrameType]

const eventFrames = Object.entries(customerEvents).map(([type, event]) => {
  const fields = type in frameFields ? frameFields[type as keyof typeof frameFields] : payloads[event].shape
  // First and last: first in the order of fields, and last to override the payload's optional one.
  const own = { type: z.literal(type), clientId: token }
  return z.object({ ...own, ...fields, ...own })
}) as unknown as [EventFrame, ...EventFrame[]]

/** The frames that are published as events of the customer. */
export const customerEvent = z.discriminatedUnion('type', eventFrames)
export type CustomerEvent = z.infer<typeof customerEvent>

/**
 * The event that a customer's frame is published as.
 *
 * @param attachments as the gateway knows them
 */
export function publishedEvent(
  frame: CustomerEvent,
  attachments?: Attachment[],
): { type: EventType; payload: object } {
  const type = customerEvents[frame.type]
  if (frame.type === 'details') return { type, payload: frame.details }
  return { type, payload: payloads[type].parse({ ...frame, attachments }) }
}

const sentAttributes = z
  .record(
    token,
    z
      .union([z.string(), z.number(), z.boolean()])
      .check(shortIfText(attributeLengthMax))
      .meta({ maxLength: attributeLengthMax }),
  )
  .refine((sent) => Object.keys(sent).length <= attributesMax, zodIssue('too_many', { max: attributesMax }))
  .meta({ maxProperties: attributesMax }) satisfies z.ZodType<Attributes>

/** Whether the customer has the page in sight. */
const pagePresence = z.enum(['here', 'away'])

const widgetHello = z
  .object({
    type: z.literal('hello'),
    channel: token.optional(),
    locale: shortText(localeLengthMax).optional(),
    timeZone: shortText(localeLengthMax).optional(),
    page: z
      .object({
        url: shortText(urlLengthMax).optional(),
        title: shortText(titleLengthMax).optional(),
      })
      .optional(),
    attributes: sentAttributes.optional(),
    session: jwt.optional(),
    after: sequence.optional(),
    login: jwt.optional(),
    presence: pagePresence.optional(),
  })
  .refine(({ channel, session }) => channel !== undefined || session !== undefined, {
    path: ['channel'],
    ...zodIssue('required'),
    message: 'is required without a session',
  })
export type WidgetHello = z.infer<typeof widgetHello>

export const widgetFrame = z.discriminatedUnion('type', [
  widgetHello,
  ...eventFrames,
  z.object({ type: z.literal('typing') }),
  z.object({ type: z.literal('presence'), state: pagePresence }),
  z.object({ type: z.literal('login'), token: jwt }),
  z.object({ type: z.literal('logout') }),
  z.object({ type: z.literal('conversations') }),
  z.object({ type: z.literal('continue'), conversation: token }),
  z.object({ type: z.literal('ping') }),
])
export type WidgetFrame = z.infer<typeof widgetFrame>

/** A customer as the gateway knows them; `null`: a visitor. */
const knownCustomer = z.object({ externalId: z.string(), name: z.string().optional() })
export type KnownCustomer = z.infer<typeof knownCustomer>

export const loginErrors = [
  'login_malformed',
  'login_algorithm',
  'login_unknown_key',
  'login_signature',
  'login_expired',
  'login_scope',
  'login_external_id',
  'login_claims',
  'login_other_customer',
] as const
export type LoginError = (typeof loginErrors)[number]

/** A conversation's place in its workspace's queue; `null`: it does not wait. */
const waitingPlace = z.object({
  position: z.int().positive().describe('1 is next.'),
  waiting: z.int(),
  waitSeconds: z.number().optional().describe('An estimate, if there is one.'),
})
const noPlace = z.object({ position: z.null() })
export const queuePlace = z.union([waitingPlace, noPlace])
export type QueuePlace = z.infer<typeof queuePlace>

const agentForCustomers = knownAgent.pick({ name: true })

/** A status for customers: without the agent's id, which may be an e-mail address. */
const customerStatus = status.extend({ agent: agentForCustomers.optional() })
export type CustomerStatus = z.infer<typeof customerStatus>

/** A record, as the customer and agents may see it. */
export const recordFrame = z.object({
  type: z.literal('record'),
  sequence,
  at: z.string(),
  messages: z.array(message).exactOptional(),
  status: customerStatus.exactOptional(),
  details: z
    .record(z.string(), z.string())
    .exactOptional()
    .describe('Once a form was filled in: the customer’s details as they are known since, by field id.'),
  clientId: z.string().exactOptional(),
  asksRating: z
    .literal(true)
    .exactOptional()
    .describe('With the end: the customer may rate the conversation.'),
  rating: rating.exactOptional().describe('The customer has rated the conversation.'),
})
export type RecordFrame = z.infer<typeof recordFrame>

/** Without `agent`, which only agents' events are rejected with. */
export const rejectedFrame = rejection.omit({ agent: true }).extend({
  type: z.literal('rejected'),
  sequence,
  at: z.string(),
  clientId: z.string(),
})
export type RejectedFrame = z.infer<typeof rejectedFrame>

export const errorFrame = z.object({
  type: z.literal('error'),
  code: z.string(),
  message: z.string(),
  clientId: z.string().exactOptional(),
  field: z.string().exactOptional(),
  limit: z.number().exactOptional(),
})
export type ErrorFrame = z.infer<typeof errorFrame>

/** The files that may be uploaded: `POST /v1/files`. */
export const acceptedFiles = z.object({
  bytesMax: z.int(),
  types: z.array(z.string()).describe('Such as `image/png` and `image/*`.'),
})
export type AcceptedFiles = z.infer<typeof acceptedFiles>

/** The frames that the gateway sends to a widget. */
export const gatewayFrame = z.union([
  z.object({
    type: z.literal('welcome'),
    session: z.string(),
    conversation: z.string(),
    customer: knownCustomer.nullable(),
    files: acceptedFiles.optional(),
  }),
  recordFrame,
  rejectedFrame,
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('stored'), clientId: z.string() }),
  waitingPlace.extend({ type: z.literal('queue') }),
  noPlace.extend({ type: z.literal('queue') }),
  z.object({ type: z.literal('typing'), agent: agentForCustomers }),
  z.object({
    type: z.literal('login'),
    ok: z.literal(true),
    session: z.string(),
    customer: knownCustomer,
  }),
  z.object({
    type: z.literal('login'),
    ok: z.literal(false),
    code: z.enum(loginErrors),
    message: z.string(),
  }),
  z.object({
    type: z.literal('conversations'),
    conversations: z.array(theirConversation),
    isComplete: z.boolean().describe('No notifier is still reading, or out of reach.'),
  }),
  z.object({ type: z.literal('session'), conversation: z.string(), session: z.string() }),
  errorFrame,
  z.object({ type: z.literal('pong') }),
])
export type GatewayFrame = z.infer<typeof gatewayFrame>
