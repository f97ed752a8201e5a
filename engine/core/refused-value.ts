import { botFieldsMax, botOptionsMax } from '../../schemas/configuration/bot-flow.ts'
import { optionsMax } from '../../schemas/configuration/channel.ts'
import type { Attachment } from '../../schemas/conversation/attachment.ts'
import { type Customer, emailLengthMax, externalIdLengthMax } from '../../schemas/conversation/customer.ts'
import {
  type Agent,
  clientIdLengthMax,
  type Event,
  type EventType,
} from '../../schemas/conversation/event.ts'
import type { FormField, Rejection, RejectionCode } from '../../schemas/conversation/record.ts'
import { fieldTypes } from '../../schemas/field-types.ts'
import {
  agentFieldLengthMax,
  attachmentsMax,
  conversationEventsMax,
  conversationFilesMax,
  fileNameLengthMax,
  fileTypeLengthMax,
  labelLengthMax,
  nameLengthMax,
  tagLengthMax,
  tagsMax,
  textLengthMax,
} from '../../schemas/limits.ts'
import { failure, type Result, success } from '../../schemas/result.ts'
import { codePoints, token } from '../../schemas/token.ts'
import { trim } from '../texts/trim.ts'
import type { State } from './conversation.ts'

/** Checks an event's values against the limits that hold in any state of any conversation. */
export function checkValues(event: Event): Result<Event, Rejection> {
  const refused = refusedValue(event)
  return refused ? failure(refused) : success(event)
}

function refusedValue(event: Event): Rejection | undefined {
  switch (event.type) {
    case 'session.started':
      return event.customer ? refusedCustomer(event.customer) : undefined
    case 'session.identified':
      return refusedCustomer(event.customer)
    case 'session.rated':
      return Number.isInteger(event.score) && event.score >= 1 && event.score <= 5
        ? tooLong('text', event.text, textLengthMax)
        : { code: 'text_invalid', message: 'score: must be a whole number from 1 to 5' }
    case 'session.message':
    case 'agent.message':
      return refusedMessage(event) ?? tooLong('clientId', event.clientId, clientIdLengthMax)
    case 'agent.accepted':
      return refusedAgent('agent', event.agent)
    case 'agent.transferred':
      return (
        (event.to.agent || event.to.workspace
          ? undefined
          : { code: 'text_invalid' as const, message: 'to: names neither an agent nor a workspace' }) ??
        (event.to.agent && refusedAgent('to.agent', event.to.agent)) ??
        (event.note === undefined ? undefined : tooLong('note', event.note, textLengthMax))
      )
    case 'agent.noted':
      return refusedText(event.text) ?? refusedAgent('agent', event.agent)
    case 'agent.corrected':
      return refusedLabel('name', event.name) ?? tooLong('name', event.name, nameLengthMax)
    case 'agent.tagged':
      return (
        tooMany('tags', event.tags, 0, tagsMax) ??
        first(
          event.tags,
          (tag, n) => refusedLabel(`tags.${n}`, tag) ?? tooLong(`tags.${n}`, tag, tagLengthMax),
        )
      )
    case 'agent.released':
      return tooLong('reason', event.reason, agentFieldLengthMax)
    case 'bot.message':
      return refusedText(event.text)
    case 'bot.options':
      return (
        refusedText(event.text) ??
        tooMany('options', event.options, 1, botOptionsMax) ??
        first(event.options, (option, n) => refusedLabel(`options.${n}`, option))
      )
    case 'bot.form':
      return (
        (event.text === undefined ? undefined : refusedText(event.text)) ??
        tooMany('fields', event.fields, 1, botFieldsMax) ??
        first(event.fields, refusedField) ??
        first(event.fields, refusedRepetition)
      )
    case 'bot.handoff':
      return (
        (event.text === undefined ? undefined : refusedText(event.text)) ??
        tooMany('tags', event.tags ?? [], 0, tagsMax) ??
        first(event.tags ?? [], (tag, n) => tooLong(`tags.${n}`, tag, tagLengthMax))
      )
    case 'bot.done':
      return event.text === undefined ? undefined : refusedText(event.text)
    default:
      return undefined
  }
}

function refusedField({ id, label, options, type }: FormField, n: number): Rejection | undefined {
  if (!token.safeParse(id).success || id === '__proto__')
    return { code: 'text_invalid', message: `fields.${n}.id: must be a token` }
  return (
    refusedLabel(`fields.${n}.label`, label) ??
    (fieldTypes[type].hasOptions
      ? tooMany(`fields.${n}.options`, options ?? [], 1, optionsMax)
      : undefined) ??
    first(options ?? [], (option, m) => refusedLabel(`fields.${n}.options.${m}`, option))
  )
}

function refusedRepetition(
  { id }: FormField,
  n: number,
  fields: readonly FormField[],
): Rejection | undefined {
  if (fields.findIndex((field) => field.id === id) === n) return undefined
  return { code: 'text_invalid', message: `fields.${n}.id: is asked twice` }
}

function refusedLabel(field: string, label: string): Rejection | undefined {
  if (trim(label) === '') return { code: 'text_invalid', message: `${field}: is empty` }
  return tooLong(field, label, labelLengthMax)
}

function tooMany(field: string, list: readonly unknown[], min: number, limit: number): Rejection | undefined {
  if (list.length < min) return { code: 'text_invalid', message: `${field}: is empty` }
  if (list.length <= limit) return undefined
  return { code: 'too_long', message: `${field}: must have at most ${limit} entries`, limit }
}

function first<T>(
  list: readonly T[],
  refused: (entry: T, n: number, list: readonly T[]) => Rejection | undefined,
): Rejection | undefined {
  for (const [n, entry] of list.entries()) {
    const refusal = refused(entry, n, list)
    if (refusal) return refusal
  }
  return undefined
}

function refusedText(text: string): Rejection | undefined {
  if (trim(text) === '') return { code: 'text_invalid', message: 'text: is empty' }
  return tooLong('text', text, textLengthMax)
}

/** The text of a message with files may be empty. */
function refusedMessage({
  text,
  attachments = [],
}: {
  text: string
  attachments?: Attachment[] | undefined
}): Rejection | undefined {
  if (attachments.length === 0) return refusedText(text)
  return (
    tooLong('text', text, textLengthMax) ??
    tooMany('attachments', attachments, 1, attachmentsMax) ??
    first(attachments, refusedAttachment)
  )
}

function refusedAttachment({ id, name, type }: Attachment, n: number): Rejection | undefined {
  const field = `attachments.${n}`
  if (!token.safeParse(id).success) return { code: 'text_invalid', message: `${field}.id: must be a token` }
  if (trim(name) === '') return { code: 'text_invalid', message: `${field}.name: is empty` }
  return (
    tooLong(`${field}.name`, name, fileNameLengthMax) ?? tooLong(`${field}.type`, type, fileTypeLengthMax)
  )
}

function refusedAgent(field: string, { id, name }: Agent): Rejection | undefined {
  return (
    tooLong(`${field}.id`, id, agentFieldLengthMax) ?? tooLong(`${field}.name`, name, agentFieldLengthMax)
  )
}

function refusedCustomer(customer: Customer): Rejection | undefined {
  if (customer.externalId === '') return { code: 'text_invalid', message: 'customer.externalId: is empty' }
  return (
    tooLong('customer.externalId', customer.externalId, externalIdLengthMax) ??
    tooLong('customer.name', customer.name, nameLengthMax) ??
    tooLong('customer.email', customer.email, emailLengthMax)
  )
}

function tooLong(field: string, value: string | undefined, limit: number): Rejection | undefined {
  if (value === undefined || codePoints(value) <= limit) return undefined
  return { code: 'too_long', message: `${field}: must have at most ${limit} characters`, limit }
}

/** Events without end, most of which say something. A full conversation can still be accepted, released, handed over and ended. */
const refusedWhenFull = new Set<EventType>([
  'session.message',
  'session.details',
  'session.option',
  'session.active',
  'agent.message',
  'agent.noted',
  'agent.tagged',
  'agent.corrected',
  'bot.message',
  'bot.options',
  'bot.form',
])

export const conversationFull = { code: 'conversation_full', max: conversationEventsMax } as const

/** Whether the conversation has as many events or files as it may have, and this one is refused. */
export function isFull({ events = 0, files = [] }: State, event: Event): boolean {
  if (
    'attachments' in event &&
    event.attachments &&
    files.length + event.attachments.length > conversationFilesMax
  )
    return true
  return events >= conversationEventsMax && refusedWhenFull.has(event.type)
}

/** For developers, in records and in the log; customers and agents read `refusals` of engine/texts instead. */
export const rejectionMessages: Record<RejectionCode, string> = {
  details_invalid: 'some of the details cannot be accepted',
  details_required: 'the customer has not given the details that are asked for yet',
  text_invalid: 'the text is empty',
  too_long: 'the text is too long',
  unknown_conversation: 'there is no such conversation; a conversation begins with session.started',
  unknown_channel: 'there is no such channel',
  conversation_ended: 'the conversation has ended; start a new one',
  conversation_full: 'the conversation has as many events as it may have; end it and start a new one',
  not_queued: 'the conversation is not waiting for an agent',
  already_accepted: 'another agent has accepted this request',
  offered_to_other: 'the request is offered to another agent',
  stale_request: 'this is not the conversation’s present request',
  not_the_agent: 'only the agent who accepted the request can do this',
  not_allowed_now: 'this cannot be done at this point of the conversation',
  id_reused: 'this event id was used before with another content',
}
