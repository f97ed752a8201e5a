import { emailLengthMax } from '../../schemas/conversation/customer.ts'
import type { FieldError } from '../../schemas/field-types.ts'
import { codePoints } from '../../schemas/token.ts'

// RFC 5322 3.2.3 dot-atom, without the quoted form: no address in use needs it, and it can carry a header.
const local = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const localLengthMax = 64
const domainLabel = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/
const topLevel = /^(?:[A-Za-z]{2,63}|xn--[A-Za-z0-9-]{1,58}[A-Za-z0-9])$/i

/**
 * Why an e-mail address is refused, or `null` where it is accepted. It must be trimmed already.
 *
 * ASCII only, since mail to other addresses still gets lost on its way (internationalised domains have an
 * ASCII form, `xn--…`, which is accepted). What is not ASCII is `email_accented`, whatever script it is in:
 * the customer is told to type it without accents; a control character is never a slip and is `email_invalid`.
 */
export function emailError(email: string): FieldError | null {
  if (codePoints(email) > emailLengthMax) return 'too_long'
  if (/\p{Cc}/u.test(email)) return 'email_invalid'
  if (/[^\p{ASCII}]/u.test(email)) return 'email_accented'
  const separator = email.lastIndexOf('@')
  const labels = email.slice(separator + 1).split('.')
  const valid =
    separator > 0 &&
    separator <= localLengthMax &&
    local.test(email.slice(0, separator)) &&
    labels.length > 1 &&
    labels.every((label) => domainLabel.test(label)) &&
    topLevel.test(labels.at(-1) as string)
  return valid ? null : 'email_invalid'
}
