import { z } from 'zod'
import { token } from '../token.ts'
import { attachment } from './attachment.ts'
import { callAnswer } from './call.ts'
import { attributes, customer, visitedPage } from './customer.ts'
import { formField, messageVia } from './record.ts'
import { type Visibility, visibilityIn, visible } from './visibility.ts'

/** The most characters of a `clientId`, in Unicode code points. */
export const clientIdLengthMax = 255
/** The largest payload of an event, in bytes. */
export const payloadBytesMax = 64 * 1024

const agentId = visible('shown', z.object({ id: z.string().min(1) }))
const agent = visible('shown', z.object({ id: z.string().min(1), name: z.string().optional() }))
export type Agent = z.infer<typeof agent>
// Names of files are masked where they are shown, as texts are.
const attachments = visible('hidden', z.array(attachment).optional())

/**
 * Payloads on `frontdesk.inbox.<conversation>.<type>`, by type.
 *
 * These say only what can be understood at all: a payload that fails here is a dead letter. A value of the right type
 * that is refused (a text too long, an e-mail with an accent) is left to the decision, which answers it with a record.
 * Unknown extra fields are ignored.
 */
export const payloads = {
  'session.started': z.object({
    channel: visible('shown', token),
    locale: visible('shown', z.string().optional()),
    /** A zone of the tz database; an unknown one is ignored. */
    timeZone: visible('shown', z.string().optional()),
    // The conversation's context says who the customer is.
    customer: visible('hidden', customer.optional()),
    page: visible('hidden', visitedPage.optional()),
    // They are the client's word; those of `customer` are verified.
    attributes: visible('hidden', attributes.optional()),
  }),
  'session.message': z.object({
    text: z.string(),
    attachments,
    clientId: visible('hidden', z.string().optional()),
    via: visible('shown', messageVia.optional()),
  }),
  'session.details': z.looseObject({ name: z.string().optional(), email: z.string().optional() }),
  'session.option': z.object({ option: visible('chosen', z.string()) }),
  'session.identified': z.object({ customer: visible('hidden', customer) }),
  'session.ended': z.object({}),
  'session.active': z.object({}),
  // After the end, once.
  'session.rated': z.object({ score: visible('shown', z.number()), text: z.string().optional() }),
  'agent.accepted': z.object({
    agent,
    request: visible('shown', z.int().optional()),
    takeOver: visible('shown', z.boolean().optional()),
    // Set by a gateway: the agent has accepted at a desk, whose presence is published.
    atDesk: visible('shown', z.literal(true).optional()),
  }),
  'agent.message': z.object({
    agent: agentId,
    text: z.string(),
    attachments,
    clientId: z.string().optional(),
  }),
  'agent.released': z.object({ agent: agentId, reason: z.string().optional() }),
  'agent.ended': z.object({ agent: agentId }),
  'agent.transferred': z.object({
    agent: agentId,
    to: visible('shown', z.object({ agent: agent.optional(), workspace: token.optional() })),
    note: z.string().optional(),
  }),
  'agent.noted': z.object({ agent, text: z.string() }),
  // The customer's name, as the agent has understood it.
  'agent.corrected': z.object({ agent: agentId, name: z.string() }),
  'agent.tagged': z.object({ agent: agentId, tags: visible('shown', z.array(z.string())) }),
  // The agent has gone: signed out, away or unreachable for longer than the grace time.
  'agent.left': z.object({ agent: agentId }),
  // The router's, in the notifier: internal.
  'request.offered': z.object({
    agent,
    request: visible('shown', z.int()),
    milliseconds: visible('shown', z.int().positive()),
  }),
  'request.recalled': z.object({ agent: agentId, request: visible('shown', z.int()) }),
  'request.moved': z.object({ request: visible('shown', z.int()), workspace: visible('shown', token) }),
  'request.held': z.object({ request: visible('shown', z.int()), held: visible('shown', z.boolean()) }),
  'bot.message': z.object({ text: z.string() }),
  'bot.options': z.object({ text: z.string(), options: z.array(z.string()) }),
  'bot.form': z.object({ text: z.string().optional(), fields: z.array(formField) }),
  'bot.handoff': z.object({ text: z.string().optional(), tags: z.array(z.string()).optional() }),
  'bot.done': z.object({ text: z.string().optional() }),
  'call.answered': callAnswer,
  // The mailer's: an e-mail with the agent's messages was accepted by the mail server. The address is masked.
  'mail.sent': z.object({ to: visible('shown', z.string()) }),
  'admin.erased': z.object({}),
  'timer.due': z.object({ generation: z.int().positive() }),
} as const

export type EventType = keyof typeof payloads

/** Whether the inspector shows a field of an event's payload. */
export function visibilityOf(type: EventType, field: string): Visibility {
  return visibilityIn(payloads[type].shape, field)
}

/** The events of customers, by the type of the frame that their clients send. */
export const customerEvents = {
  message: 'session.message',
  details: 'session.details',
  option: 'session.option',
  end: 'session.ended',
  rate: 'session.rated',
} as const satisfies Record<string, EventType>
export type Payload<T extends EventType> = z.infer<(typeof payloads)[T]>
export type Details = Payload<'session.details'>

/** An event as the decision sees it: its type with its payload; details stay apart, their fields are anybody's. */
export type Event =
  | { type: 'session.details'; details: Details }
  | { [T in Exclude<EventType, 'session.details'>]: { type: T } & Payload<T> }[Exclude<
      EventType,
      'session.details'
    >]

/** @param payload as its schema has read it */
export function eventOf(type: EventType, payload: object): Event {
  return (type === 'session.details' ? { type, details: payload } : { ...payload, type }) as Event
}

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(payloads, type)
}
