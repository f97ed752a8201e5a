import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream'
import { ClosedConnectionError, NoRespondersError, RequestError, TimeoutError } from '@nats-io/transport-node'

/** An error that JetStream answered. */
export class ApiError extends Error {
  readonly code: number
  readonly err_code: number
  readonly description: string

  constructor(error: { code: number; err_code?: number; description?: string }) {
    super(`JetStream: ${error.description} (${error.err_code ?? error.code})`)
    this.code = error.code
    this.err_code = error.err_code ?? 0
    this.description = error.description ?? ''
  }
}

/** No answer came: it is unknown whether the request was carried out. */
export class NoAnswer extends Error {}

/** Nobody serves the request at the moment: there is no such stream, or it has no leader. */
export class NoResponders extends NoAnswer {}

/** Another write came first: the subject, or the bucket's key, has another last sequence. */
export function isConflict(error: unknown): boolean {
  return errCode(error) === 10071
}

/** A transient error, "weather": no leader, JetStream, room or connection at the moment. A retry may succeed. */
export function isWeather(error: unknown): boolean {
  if (error instanceof ApiError) return error.code >= 500 || underWay.has(error.err_code)
  // 10014: no such consumer. Ours do not survive their server; they are created again.
  if (error instanceof JetStreamApiError) return error.status >= 500 || error.code === 10014
  // The client does not export this class.
  if (error instanceof Error && error.name === 'JetStreamNotEnabled') return true
  return passing.some((type) => error instanceof type)
}

/**
 * A stream of several replicas has not yet decided about an equal message before this one: a message with the same id
 * (10158), or a compare-and-set of the same subject (10164).
 */
const underWay = new Set([10158, 10164])

const passing = [
  NoAnswer,
  JetStreamError,
  TimeoutError,
  NoRespondersError,
  RequestError,
  ClosedConnectionError,
]

/** There is no such stream. */
export function isNoStream(error: unknown): boolean {
  return errCode(error) === 10059
}

/** There is no such message, or it was removed. */
export function isNoMessage(error: unknown): boolean {
  return errCode(error) === 10043
}

function errCode(error: unknown): number | undefined {
  if (error instanceof ApiError) return error.err_code
  return error instanceof JetStreamApiError ? error.code : undefined
}
