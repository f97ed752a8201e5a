import type { z } from 'zod'
import { type Event, isEventType, payloadBytesMax, payloads } from '../../schemas/conversation/event.ts'
import { token } from '../../schemas/token.ts'
import type { Incoming, RawEvent } from './conversation.ts'
import { digestOf } from './recent.ts'

/** Why an event cannot be understood at all; stable, the last token of its dead letter's subject. */
export type UnreadableReason = 'bad_token' | 'unknown_type' | 'too_large' | 'not_json' | 'invalid'

export interface Unreadable {
  reason: UnreadableReason | 'failed'
  /** For people: the field and what is wrong with it. */
  explanation: string
  /** The explanation without the words of a machine, which may quote the customer; absent: it quotes nobody. */
  summary?: string
}

// By default invalid UTF-8 becomes replacement characters, and what was sent is lost.
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads an event once, at the edge: inside there are types. */
export function readEvent(raw: RawEvent): Incoming | Unreadable {
  const { conversation, type } = addressOf(raw.subject)
  const named = token.safeParse(conversation)
  if (!named.success) return unreadable('bad_token', `conversation: ${firstIssue(named.error)}`)
  if (!isEventType(type)) return unreadable('unknown_type', `there is no event ${type}`)
  if (raw.body.length > payloadBytesMax)
    return unreadable('too_large', `payload: ${raw.body.length} bytes; the limit is ${payloadBytesMax}`)
  let body: string
  let payload: unknown
  try {
    body = utf8.decode(raw.body)
    payload = JSON.parse(body)
  } catch (error) {
    // The parser's own words quote the payload.
    return unreadable('not_json', `payload: is not valid ${error instanceof SyntaxError ? 'JSON' : 'UTF-8'}`)
  }
  const parsed = payloads[type].safeParse(payload)
  if (!parsed.success) return unreadable('invalid', firstIssue(parsed.error))
  return {
    conversation,
    seq: raw.seq,
    id: raw.id || `seq-${raw.seq}`,
    at: raw.at,
    event: eventOf(type, parsed.data),
    digest: raw.id && digestOf(raw.id, type, body),
  }
}

/** The conversation and the type in `frontdesk.event.<partition>.<conversation>.<source>.<event>`. */
export function addressOf(subject: string): { conversation: string; type: string } {
  const [, , , conversation = '', source, event] = subject.split('.')
  return { conversation, type: `${source}.${event}` }
}

function eventOf(type: Event['type'], data: object): Event {
  return (type === 'session.details' ? { type, details: data } : { ...data, type }) as Event
}

function unreadable(reason: UnreadableReason, explanation: string): Unreadable {
  return { reason, explanation }
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  if (!issue) return error.message
  return issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message
}
