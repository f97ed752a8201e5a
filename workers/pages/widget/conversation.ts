import type { FormField, Message, RejectionCode } from '../../../schemas/conversation/record.ts'
import type { FieldError } from '../../../schemas/field-types.ts'
import type { CustomerEvent, CustomerStatus, GatewayFrame } from '../../../schemas/protocol/widget.ts'

/** Something that was said, and when. */
export interface Line extends Message {
  /** Of its record. */
  sequence: number
  /** ISO 8601. */
  at: string
}

/** What the customer has said and no record shows yet. */
export interface Sent {
  event: CustomerEvent
  at: string
  isStored: boolean
  /** Why it was refused: a text that stays on the screen, and goes no further. */
  refused?: RejectionCode | 'frame_invalid'
}

/** What a customer sees: it follows from the frames, and from what was sent. */
export interface Conversation {
  /** Of the last record. */
  sequence: number
  lines: Line[]
  sent: Sent[]
  status: CustomerStatus | undefined
  /** The fields that are to be filled in now. */
  form: FormField[]
  fieldErrors: Record<string, FieldError>
  /** With a field or a text that is too long: the most characters. */
  limit: number
  /** What can be chosen now instead of writing. */
  options: string[]
  /** Their place in the queue and the wait in seconds, while they wait and where it is known. */
  place: { position: number; waitSeconds?: number | undefined } | undefined
  /** Who is typing. */
  typing: { name?: string | undefined } | undefined
}

export const nothingSaid: Conversation = {
  sequence: 0,
  lines: [],
  sent: [],
  status: undefined,
  form: [],
  fieldErrors: {},
  limit: 0,
  options: [],
  place: undefined,
  typing: undefined,
}

/** The conversation after a frame. A record that has come before changes nothing. */
export function fold(before: Conversation, frame: GatewayFrame): Conversation {
  switch (frame.type) {
    case 'record': {
      if (frame.sequence <= before.sequence) return before
      const { messages = [], status = before.status, sequence, at, clientId } = frame
      const lines = messages.map((message) => ({ ...message, sequence, at }))
      const asked = messages.findLast(({ author }) => author.type === 'bot')
      const isAsked = status?.state === 'collectingDetails' || status?.state === 'bot'
      // Of what a customer does, only a form that is filled in is no message.
      const form = asked ? asked.fields : clientId && !messages.length ? undefined : before.form
      const said = messages.findLast(({ type }) => type !== 'notice')
      return {
        ...before,
        sequence,
        status,
        lines: [...before.lines, ...lines],
        sent: before.sent.filter(({ event }) => event.clientId !== clientId),
        form: (isAsked && form) || [],
        fieldErrors: isAsked ? before.fieldErrors : {},
        options: said ? (said.options ?? []) : before.options,
        place: status?.state === 'queued' ? before.place : undefined,
        typing: messages.length > 0 ? undefined : before.typing,
      }
    }
    case 'rejected': {
      const { sequence, code, fields = {}, limit = 0, clientId } = frame
      if (sequence <= before.sequence) return before
      const fieldErrors = code === 'details_invalid' ? fields : before.fieldErrors
      return refuse({ ...before, sequence, fieldErrors, limit }, clientId, code)
    }
    case 'error':
      return frame.clientId && frame.code !== 'unavailable'
        ? refuse(before, frame.clientId, 'frame_invalid')
        : before
    case 'stored':
      return {
        ...before,
        sent: before.sent.map((one) =>
          one.event.clientId === frame.clientId ? { ...one, isStored: true } : one,
        ),
      }
    case 'queue':
      return { ...before, place: frame.position === null ? undefined : frame }
    case 'typing':
      return { ...before, typing: frame.agent }
    default:
      return before
  }
}

/** The conversation once the customer has said something. */
export function send(before: Conversation, event: CustomerEvent, at: string): Conversation {
  const sent = [...before.sent, { event, at, isStored: false }]
  return event.type === 'details' ? { ...before, sent, fieldErrors: {} } : { ...before, sent }
}

/** Only a text is worth keeping on the screen. */
function refuse(before: Conversation, clientId: string, refused: Sent['refused'] & string): Conversation {
  const sent = before.sent
    .map((one) => (one.event.clientId === clientId ? { ...one, refused } : one))
    .filter(({ event, refused }) => !refused || event.type === 'message')
  return { ...before, sent }
}

/** What a line that the customer has just sent says. */
export function sentText({ event }: Sent): string | undefined {
  if (event.type === 'message') return event.text
  return event.type === 'option' ? event.option : undefined
}
