import type { CallFailure } from '../../../schemas/conversation/call.ts'
import { HostNotAllowed } from './allowed-hosts.ts'

interface About {
  /** For the log: without the API's answer and secrets. */
  reason: string
  status?: number
  /** Another attempt may succeed. */
  isPassing?: boolean
  /** The API asks for a pause before the next attempt. */
  pauseMs?: number
}

/** A call has failed; its conversation gets `failure`. */
export class CallFailed extends Error {
  readonly failure: CallFailure
  readonly about: About

  constructor(failure: CallFailure, about: About) {
    super(about.reason)
    this.failure = failure
    this.about = about
  }
}

/** The failure of a request that threw. The class of the error is the policy. */
export function callFailed(error: unknown): CallFailed {
  if (error instanceof CallFailed) return error
  if (error instanceof HostNotAllowed) return new CallFailed('host_not_allowed', { reason: error.message })
  // Its code only: a message may quote the request or the response.
  const { code, name } = error as NodeJS.ErrnoException
  return new CallFailed('unreachable', {
    reason: typeof code === 'string' ? code : name,
    // A request that cannot be sent, such as one with an invalid header, never can.
    isPassing: code !== 'UND_ERR_INVALID_ARG',
  })
}
