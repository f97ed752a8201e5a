import { emailLengthMax } from '../../schemas/conversation/customer.ts'
import type { Details } from '../../schemas/conversation/event.ts'
import type { FormField, Rejection } from '../../schemas/conversation/record.ts'
import { type FieldFailure, fieldFailure, fieldTooLong } from '../../schemas/field-failure.ts'
import type { FieldType } from '../../schemas/field-types.ts'
import { answerLengthMax, nameLengthMax } from '../../schemas/limits.ts'
import { failure, type Result, success } from '../../schemas/result.ts'
import { codePoints } from '../../schemas/token.ts'
import { checkEmail } from './email.ts'
import { trim } from './trim.ts'

export interface ReadDetails {
  name?: string
  email?: string
  answers: Record<string, string>
}

const alwaysTaken = [
  { id: 'name', type: 'text' },
  { id: 'email', type: 'email' },
] as const

/**
 * Reads a submitted form against the fields that are asked: the trimmed values, or why it is refused, field by field.
 * Optional fields, always including name and e-mail, are read if present; other fields are ignored.
 */
export function readDetails(
  details: Details,
  asked: readonly FormField[],
  others: readonly FormField[] = [],
): Result<ReadDetails, Rejection> {
  const read: ReadDetails = { answers: {} }
  const errors: (FieldFailure & { id: string })[] = []
  const readField = (field: Checked, required: boolean) => {
    const { id } = field
    const given = (Object.hasOwn(details, id) ? details[id] : null) ?? ''
    const value = typeof given === 'string' ? trim(given) : given
    if (value === '' && !required) return
    const checked = checkAnswer(field, value)
    if (!checked.ok) errors.push({ id, ...checked.error })
    else if (id === 'name' || id === 'email') read[id] = checked.value
    else read.answers[id] = checked.value
  }
  for (const field of asked) readField(field, true)
  const seen = new Set(asked.map(({ id }) => id))
  for (const field of [...others, ...alwaysTaken]) {
    if (!seen.has(field.id)) readField(field, false)
    seen.add(field.id)
  }
  if (errors.length === 0) return success(read)
  const limits = errors.flatMap(({ limit = [] }) => limit)
  return failure({
    code: 'details_invalid',
    message: errors.map(({ id, message }) => `${id}: ${message}`).join('; '),
    fields: Object.fromEntries(errors.map(({ id, code }) => [id, code])),
    ...(limits.length > 0 && { limit: Math.min(...limits) }),
  })
}

function lengthMax({ id, type }: Checked): number {
  if (id === 'email' || type === 'email') return emailLengthMax
  return id === 'name' ? nameLengthMax : answerLengthMax
}

/** A field with what its check needs. */
type Checked = Pick<FormField, 'id' | 'type' | 'options'>

/** Checks a trimmed answer by the field's type. */
const checks: Record<FieldType, (value: string, field: Checked) => Result<string, FieldFailure>> = {
  text: success,
  email: checkEmail,
  select: (value, { options = [] }) =>
    options.some((option) => trim(option) === value) ? success(value) : fieldFailure('option_unknown'),
}

function checkAnswer(field: Checked, value: unknown): Result<string, FieldFailure> {
  if (typeof value !== 'string') return fieldFailure('invalid')
  if (value === '') return fieldFailure('required')
  if (codePoints(value) > lengthMax(field)) return fieldTooLong(lengthMax(field))
  // Agents write to this address, even if an external bot asked for it as plain text.
  if (field.id === 'email') return checkEmail(value)
  const checked = checks[field.type](value, field)
  // A line break in a name could become a header of an e-mail.
  return checked.ok && field.id === 'name' && /\p{Cc}/u.test(value) ? fieldFailure('invalid') : checked
}
