import type { CallFailure } from '../../schemas/conversation/call.ts'

interface About {
  /** For the log: nothing that the API has answered, and no secret. */
  reason: string
  status?: number
  /** Another attempt may do. */
  isPassing?: boolean
  /** The API has asked not to be tried again before. */
  pauseMs?: number
}

/** A call has failed, as its conversation is told. */
export class CallFailed extends Error {
  readonly failure: CallFailure
  readonly about: About

  constructor(failure: CallFailure, about: About) {
    super(about.reason)
    this.failure = failure
    this.about = about
  }
}
