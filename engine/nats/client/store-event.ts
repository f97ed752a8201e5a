import {
  type EventType,
  type Payload,
  payloadBytesMax,
  payloads,
} from '../../../schemas/conversation/event.ts'
import { lineOf, parse } from '../../../schemas/problem.ts'
import { token } from '../../../schemas/token.ts'
import type { RoleConnection } from '../connect.ts'
import { isWeather } from '../errors.ts'
import { publishEvent } from '../inbox.ts'
import { retry } from '../retry.ts'
import { ClientError } from './client-error.ts'
import { withDeadline } from './deadline.ts'

/** The most characters of an event's id: it is a header of its message. */
const idLengthMax = 255

/** An event of a conversation before it is stored, as `newEvent` has checked it. */
export interface NewEvent {
  conversation: string
  type: EventType
  payload: object
  /** The `Nats-Msg-Id`: unique in the conversation, and the same on a retry. */
  id: string
}

/**
 * Stores an event, and retries while NATS does not answer, until the signal is aborted. Repeats have the same id, so they
 * are one event. Throws ClientError, `not_stored`, and RetryAborted.
 *
 * @param failed called with each error that is retried
 */
export async function storeEvent(
  role: Pick<RoleConnection, 'publisher'>,
  event: NewEvent,
  signal: AbortSignal,
  failed?: (error: unknown) => void,
): Promise<void> {
  const { conversation, type, payload, id } = event
  const attempt = () => {
    // The pause before this attempt may have outlasted the signal.
    signal.throwIfAborted()
    return publishEvent(role, conversation, type, payload, id)
  }
  try {
    await retry('an event', { signal, ...(failed && { failed }) }, attempt)
  } catch (error) {
    if (signal.aborted || isWeather(error)) throw error
    const { message } = error as Error
    throw new ClientError('not_stored', `the event is not stored: ${message}`, { eventId: id, cause: error })
  }
}

/** As `storeEvent`, for a limited time. Throws ClientError, `unavailable`, once it is over. */
export async function storeInTime(
  role: Pick<RoleConnection, 'publisher'>,
  event: NewEvent,
  timeoutMs: number,
  signals: readonly (AbortSignal | undefined)[] = [],
): Promise<void> {
  const timeout = (cause: unknown) => unavailable(event, cause)
  await withDeadline({ timeoutMs, timeout, signals }, (signal, failed) =>
    storeEvent(role, event, signal, failed),
  )
}

/** It is unknown whether the event is stored. */
export function unavailable({ id }: NewEvent, cause: unknown): ClientError {
  const message = 'NATS does not answer in time: the event may be stored; publish it again under its id'
  return new ClientError('unavailable', message, { eventId: id, cause })
}

/**
 * Checks an event as engines read it: one that they cannot read becomes a dead letter, without a record. Throws
 * ClientError: `invalid`, `too_large`.
 */
export function newEvent<T extends EventType>(
  conversation: string,
  type: T,
  payload: Payload<T>,
  id: string,
): NewEvent {
  checkToken('conversation', conversation)
  if (id === '' || id.length > idLengthMax || /[^\x20-\x7e]/.test(id))
    throw new ClientError('invalid', `id: takes 1 to ${idLengthMax} printable ASCII characters`)
  const read = parse<object>(payloads[type], payload)
  if (!read.ok) {
    const { problems } = read.error
    throw new ClientError('invalid', `${type}: ${problems.map(lineOf).join('; ')}`, { problems })
  }
  const bytes = Buffer.byteLength(JSON.stringify(payload))
  if (bytes > payloadBytesMax)
    throw new ClientError('too_large', `${type}: ${bytes} bytes of JSON; the limit is ${payloadBytesMax}`)
  return { conversation, type, payload, id }
}

/** Throws ClientError, `invalid`, where a value is not a token: it would be another subject. */
export function checkToken(name: string, value: string): void {
  const read = parse(token, value)
  if (read.ok) return
  const { message, problems } = read.error
  throw new ClientError('invalid', `${name}: ${problems[0]?.message ?? message}`, { problems })
}
