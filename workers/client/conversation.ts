import type { FormField, Message, RejectionCode } from '../../schemas/conversation/record.ts'
import type { FieldError } from '../../schemas/field-types.ts'
import type {
  CustomerEvent,
  CustomerStatus,
  GatewayFrame,
  RejectedFrame,
} from '../../schemas/protocol/widget.ts'

/** A customer's event before it has an id. */
export type CustomerAction<E = CustomerEvent> = E extends E ? Omit<E, 'clientId'> : never

/** A message of a record. */
export interface TranscriptLine extends Message {
  /** The record's sequence. */
  sequence: number
  /** The record's time: ISO 8601. */
  at: string
}

/** An event of the customer's that no record contains yet. */
export interface SentEvent {
  event: CustomerEvent
  at: string
  isStored: boolean
  /** Why a text was refused; it stays on the screen. */
  refused?: RejectionCode | 'frame_invalid'
}

/** A conversation as the customer sees it, derived from the gateway's frames and the sent events. */
export interface ShownConversation {
  /** The last record's sequence. */
  sequence: number
  lines: TranscriptLine[]
  sent: SentEvent[]
  status: CustomerStatus | undefined
  /** The form's fields; empty while there is no form to fill in. */
  form: FormField[]
  fieldErrors: Record<string, FieldError>
  /** The most characters, after a field or a text was too long. */
  limit: number
  /** The options to choose from instead of writing. */
  options: string[]
  /** The customer's place in the queue, while they wait and it is known. */
  place: { position: number; waitSeconds?: number | undefined } | undefined
  /** When the conversation ended, if it may be rated; `given` once it was. */
  rating: string | undefined
  /** The agent who is typing. */
  typing: { name?: string | undefined } | undefined
}

export const nothingShown: ShownConversation = {
  sequence: 0,
  lines: [],
  sent: [],
  status: undefined,
  form: [],
  fieldErrors: {},
  limit: 0,
  options: [],
  place: undefined,
  rating: undefined,
  typing: undefined,
}

/** The conversation after a frame. A record that is known already changes nothing. */
export function fold(before: ShownConversation, frame: GatewayFrame): ShownConversation {
  switch (frame.type) {
    case 'record': {
      if (frame.sequence <= before.sequence) return before
      const { messages = [], status = before.status, details, sequence, at, clientId } = frame
      const shown = details ? [answersTo(before.form, details), ...messages] : messages
      const asked = messages.findLast(({ author }) => author.type === 'bot')
      const isAsked = status?.state === 'collectingDetails' || status?.state === 'bot'
      const form = asked ? asked.fields : !details && before.form
      const said = messages.findLast(({ type }) => type !== 'notice')
      return {
        ...before,
        sequence,
        status,
        lines: [...before.lines, ...shown.map((message) => ({ ...message, sequence, at }))],
        sent: before.sent.filter(({ event }) => event.clientId !== clientId),
        form: (isAsked && form) || [],
        fieldErrors: isAsked ? before.fieldErrors : {},
        options: said ? (said.options ?? []) : before.options,
        place: status?.state === 'queued' ? before.place : undefined,
        rating: frame.rating ? 'given' : frame.asksRating ? at : before.rating,
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
        sent: before.sent.map((sent) =>
          sent.event.clientId === frame.clientId ? { ...sent, isStored: true } : sent,
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

/** The customer's answers to a form, as a text of theirs. */
function answersTo(form: FormField[], details: Record<string, string>): Message {
  const answers = form.map(({ id, label }) => `${label}: ${details[id] ?? ''}`)
  return { id: '', author: { type: 'customer' }, type: 'text', text: answers.join('\n') }
}

/** The conversation after the customer has sent an event. */
export function send(before: ShownConversation, event: CustomerEvent, at: string): ShownConversation {
  const sent = [...before.sent, { event, at, isStored: false }]
  return event.type === 'details' ? { ...before, sent, fieldErrors: {} } : { ...before, sent }
}

/** A refused text stays on the screen; other refused events disappear. */
function refuse(
  before: ShownConversation,
  clientId: string,
  refused: SentEvent['refused'] & string,
): ShownConversation {
  const sent = before.sent
    .map((sent) => (sent.event.clientId === clientId ? { ...sent, refused } : sent))
    .filter(({ event, refused }) => !refused || event.type === 'message')
  return { ...before, sent }
}

/** The text of a sent event in the transcript; `undefined` for other events. */
export function sentText({ event }: SentEvent): string | undefined {
  if (event.type === 'message') return event.text
  return event.type === 'option' ? event.option : undefined
}

/** The number of messages for the customer after a sequence. */
export function unreadIn({ lines }: ShownConversation, seen: number): number {
  return lines.filter(
    ({ sequence, author, type }) => sequence > seen && author.type !== 'customer' && type !== 'notice',
  ).length
}

/** Unique in its conversation. */
export function newClientId(): string {
  // Not randomUUID: it is missing on pages without HTTPS.
  return crypto.getRandomValues(new Uint32Array(4)).join('-')
}

/** The event's conversation has ended: its text belongs into another one. */
export function isTooLate(frame: GatewayFrame): frame is RejectedFrame {
  return (
    frame.type === 'rejected' &&
    (frame.code === 'conversation_ended' || frame.code === 'unknown_conversation')
  )
}

export function isText({ type }: CustomerEvent): boolean {
  return type === 'message'
}
