import { emailLengthMax } from '../../schemas/conversation/customer.ts'
import { type FieldFailure, fieldFailure, fieldTooLong } from '../../schemas/field-failure.ts'
import { type Result, success } from '../../schemas/result.ts'
import { codePoints } from '../../schemas/token.ts'

// RFC 5322 3.2.3 dot-atom, without the quoted form: no address in use needs it, and it can carry a header.
const local = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const localLengthMax = 64
const domainLabel = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/
const topLevel = /^(?:[A-Za-z]{2,63}|xn--[A-Za-z0-9-]{1,58}[A-Za-z0-9])$/i

/**
 * The e-mail address, or why it is refused. It must be trimmed already.
 *
 * ASCII only, since mail to other addresses still gets lost on its way (internationalised domains have an
 * ASCII form, `xn--…`, which is accepted). What is not ASCII is `email_accented`, whatever script it is in:
 * the customer is told to type it without accents; a control character is never a slip and is `email_invalid`.
 */
export function checkEmail(email: string): Result<string, FieldFailure> {
  if (codePoints(email) > emailLengthMax) return fieldTooLong(emailLengthMax)
  if (/\p{Cc}/u.test(email)) return fieldFailure('email_invalid')
  if (/[^\p{ASCII}]/u.test(email)) return fieldFailure('email_accented')
  const separator = email.lastIndexOf('@')
  const labels = email.slice(separator + 1).split('.')
  const valid =
    separator > 0 &&
    separator <= localLengthMax &&
    local.test(email.slice(0, separator)) &&
    labels.length > 1 &&
    labels.every((label) => domainLabel.test(label)) &&
    topLevel.test(labels.at(-1) as string)
  return valid ? success(email) : fieldFailure('email_invalid')
}
