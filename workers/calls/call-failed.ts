import type { CallFailure } from '../../schemas/conversation/call.ts'

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
