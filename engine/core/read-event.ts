import { eventOf, isEventType, payloadBytesMax, payloads } from '../../schemas/conversation/event.ts'
import { lineOf, parse } from '../../schemas/problem.ts'
import { type Failure, failure, type Result, success } from '../../schemas/result.ts'
import { token } from '../../schemas/token.ts'
import type { Incoming, RawEvent } from './conversation.ts'
import { digestOf } from './recent.ts'

/** Why an event cannot be understood at all; stable, the last token of its dead letter's subject. */
export type UnreadableReason = 'bad_token' | 'unknown_type' | 'too_large' | 'not_json' | 'invalid'

/** The message says which field is wrong, and why. */
export interface Unreadable extends Failure {
  code: UnreadableReason | 'failed'
  /** The message without the words of a machine, which may quote the customer; absent: it quotes nobody. */
  summary?: string
}

// Fatal, since the default replaces invalid UTF-8 and loses what was sent.
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads an event once, at the edge: inside there are types. */
export function readEvent(raw: RawEvent): Result<Incoming, Unreadable> {
  const { conversation, type } = addressOf(raw.subject)
  const named = parse(token, conversation)
  if (!named.ok) return unreadable('bad_token', `conversation: ${named.error.message}`)
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
  const parsed = parse<object>(payloads[type], payload)
  if (!parsed.ok) return unreadable('invalid', parsed.error.problems.slice(0, 1).map(lineOf).join())
  return success({
    conversation,
    seq: raw.seq,
    id: raw.id || `seq-${raw.seq}`,
    at: raw.at,
    event: eventOf(type, parsed.value),
    digest: raw.id && digestOf(raw.id, type, body),
  })
}

/** The conversation and the type in `frontdesk.event.<partition>.<conversation>.<source>.<event>`. */
export function addressOf(subject: string): { conversation: string; type: string } {
  const [, , , conversation = '', source, event] = subject.split('.')
  return { conversation, type: `${source}.${event}` }
}

function unreadable(code: UnreadableReason, message: string) {
  return failure({ code, message })
}
