import type { FieldError } from './field-types.ts'
import { type Failure, failure } from './result.ts'

/** Why an answer to a field is refused. */
export interface FieldFailure extends Failure {
  code: FieldError
  /** The most characters, in Unicode code points, with the code `too_long`. */
  limit?: number
}

const messages: Record<Exclude<FieldError, 'too_long'>, string> = {
  required: 'is required',
  invalid: 'is not a text that can be used here',
  email_accented: 'must have no accents and no letters other than A to Z',
  email_invalid: 'is not an e-mail address',
  option_unknown: 'is not one of the options',
}

export function fieldFailure(code: keyof typeof messages): { ok: false; error: FieldFailure } {
  return failure({ code, message: messages[code] })
}

export function fieldTooLong(limit: number): { ok: false; error: FieldFailure } {
  return failure({ code: 'too_long', message: `must have at most ${limit} characters`, limit })
}
