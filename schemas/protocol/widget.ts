import { z } from 'zod'
import type { Attachment } from '../conversation/attachment.ts'
import type { Attributes } from '../conversation/customer.ts'
import { customerEvents, type EventType, payloads } from '../conversation/event.ts'
import type { Message, Rating, Rejection, Status } from '../conversation/record.ts'
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
import type { TheirConversation } from './search.ts'

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
      ),
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
  .record(token, z.union([z.string(), z.number(), z.boolean()]).check(shortIfText(attributeLengthMax)))
  .refine(
    (sent) => Object.keys(sent).length <= attributesMax,
    zodIssue('too_many', { max: attributesMax }),
  ) satisfies z.ZodType<Attributes>

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
export interface KnownCustomer {
  externalId: string
  name?: string | undefined
}

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
export type QueuePlace =
  | { position: number; waiting: number; waitSeconds?: number | undefined }
  | { position: null }

/** A status for customers: without the agent's id, which may be an e-mail address. */
export type CustomerStatus = Omit<Status, 'agent'> & { agent?: { name?: string | undefined } | undefined }

/** A record, as the customer and agents may see it. */
export interface RecordFrame {
  type: 'record'
  sequence: number
  at: string
  messages?: Message[]
  status?: CustomerStatus
  /** Once a form was filled in: the customer's details as they are known since, by field id. */
  details?: Record<string, string>
  clientId?: string
  /** With the end: the customer may rate the conversation. */
  asksRating?: true
  /** The customer has rated the conversation. */
  rating?: Rating
}

/** Without `agent`, which only agents' events are rejected with. */
export interface RejectedFrame extends Omit<Rejection, 'agent'> {
  type: 'rejected'
  sequence: number
  at: string
  clientId: string
}

export interface ErrorFrame {
  type: 'error'
  code: string
  message: string
  clientId?: string
  field?: string
  limit?: number
}

/** The files that may be uploaded: `POST /v1/files`. */
export interface AcceptedFiles {
  bytesMax: number
  /** Such as `image/png` and `image/*`. */
  types: string[]
}

/** The frames that the gateway sends to a widget. */
export type GatewayFrame =
  | {
      type: 'welcome'
      session: string
      conversation: string
      customer: KnownCustomer | null
      files?: AcceptedFiles | undefined
    }
  | RecordFrame
  | RejectedFrame
  | { type: 'ready' }
  | { type: 'stored'; clientId: string }
  | ({ type: 'queue' } & QueuePlace)
  | { type: 'typing'; agent: { name?: string | undefined } }
  | { type: 'login'; ok: true; session: string; customer: KnownCustomer }
  | { type: 'login'; ok: false; code: LoginError; message: string }
  /** Complete: no notifier is still reading, or out of reach. */
  | { type: 'conversations'; conversations: TheirConversation[]; isComplete: boolean }
  | { type: 'session'; conversation: string; session: string }
  | ErrorFrame
  | { type: 'pong' }
