import { AuthorizationError } from '@nats-io/transport-node'
import type { Problem } from '../../../schemas/problem.ts'
import { isWeather } from '../errors.ts'

/** Why an act of a client failed; the codes are stable, the messages are for people and may change. */
export const clientErrorCodes = [
  /** An argument is not valid; nothing was sent. `problems` names the fields. */
  'invalid',
  /** The payload has more bytes than an event may have; nothing was sent. */
  'too_large',
  /** NATS refuses the user or the password. */
  'unauthorized',
  /** The URL is another role's, which may not do this. */
  'wrong_role',
  /** NATS does not answer in time. An event may be stored: publish it again under the same `eventId`. */
  'unavailable',
  /** The event is stored and will be handled, but no engine has handled it in time. */
  'unprocessed',
  /** JetStream refuses to store the event: a retry would be refused, too. */
  'not_stored',
  /** `after` is beyond the conversation's last record: the stream has lost its end, or it is another's. */
  'after_unknown',
  /** The client was closed meanwhile. */
  'closed',
] as const
export type ClientErrorCode = (typeof clientErrorCodes)[number]

/** The one error that clients throw, beside the reason of an aborted signal and what a callback throws. */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly code: ClientErrorCode
  /** The id of the event, under which it may be published again. */
  readonly eventId: string | undefined
  /** With `invalid`: each field that is wrong. */
  readonly problems: readonly Problem[]

  constructor(
    code: ClientErrorCode,
    message: string,
    {
      eventId,
      problems = [],
      cause,
    }: { eventId?: string; problems?: readonly Problem[]; cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.code = code
    this.eventId = eventId
    this.problems = problems
  }
}

/** The error of a connection that could not be made. */
export function connectError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if (error instanceof AuthorizationError)
    return new ClientError('unauthorized', 'NATS refuses the user or the password of this URL', {
      cause: error,
    })
  const isConnection = error.name === 'ConnectionError' || error.name === 'TimeoutError' || isWeather(error)
  return isConnection
    ? new ClientError('unavailable', `NATS does not answer: ${error.message}`, { cause: error })
    : error
}
