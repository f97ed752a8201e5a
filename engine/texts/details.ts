import { emailLengthMax, nameLengthMax } from '../../schemas/conversation/customer.ts'
import type { Details } from '../../schemas/conversation/event.ts'
import type { FormField, Rejection } from '../../schemas/conversation/record.ts'
import type { FieldError, FieldType } from '../../schemas/field-types.ts'
import { failure, type Result, success } from '../../schemas/result.ts'
import { codePoints } from '../../schemas/token.ts'
import { emailError } from './email.ts'
import { trim } from './trim.ts'

/** The most characters of a customer's answer to a field of the company's own, in Unicode code points. */
export const answerLengthMax = 1000

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
 * Reads a filled form against the fields that are asked: the trimmed values, or why it is refused, field by
 * field. What else may be given, a name or an e-mail always, is taken where it is; other fields are ignored.
 */
export function readDetails(
  details: Details,
  asked: readonly FormField[],
  others: readonly FormField[] = [],
): Result<ReadDetails, Rejection> {
  const read: ReadDetails = { answers: {} }
  const errors: Record<string, FieldError> = {}
  const limits: number[] = []
  const take = (field: Checked, required: boolean) => {
    const given = Object.hasOwn(details, field.id) ? details[field.id] : undefined
    if (given !== undefined && given !== null && typeof given !== 'string') {
      errors[field.id] = 'invalid'
      return
    }
    const value = trim(given ?? '')
    const error = value === '' ? (required ? 'required' : null) : fieldError(field, value)
    if (error) errors[field.id] = error
    else if (value === '') return
    else if (field.id === 'name' || field.id === 'email') read[field.id] = value
    else read.answers[field.id] = value
    if (error === 'too_long') limits.push(lengthMax(field))
  }
  for (const field of asked) take(field, true)
  const seen = new Set(asked.map(({ id }) => id))
  for (const field of [...others, ...alwaysTaken]) {
    if (!seen.has(field.id)) take(field, false)
    seen.add(field.id)
  }
  if (Object.keys(errors).length === 0) return success(read)
  return failure({
    code: 'details_invalid',
    message: Object.entries(errors)
      .map(([id, error]) => `${id}: ${explain(error, lengthMax({ id }))}`)
      .join('; '),
    fields: errors,
    ...(limits.length > 0 && { limit: Math.min(...limits) }),
  })
}

function lengthMax(field: Pick<FormField, 'id'>): number {
  if (field.id === 'email') return emailLengthMax
  return field.id === 'name' ? nameLengthMax : answerLengthMax
}

/** A field with what its check needs. */
type Checked = Pick<FormField, 'id' | 'type' | 'options'>

/** Why a trimmed answer is refused, by the field's type. */
const checks: Record<FieldType, (value: string, field: Checked) => FieldError | null> = {
  text: tooLong,
  email: emailError,
  select: (value, field) =>
    tooLong(value, field) ??
    (field.options?.some((option) => trim(option) === value) ? null : 'option_unknown'),
}

function fieldError(field: Checked, value: string): FieldError | null {
  // Agents write to this address, even if an external bot asked for it as plain text.
  if (field.id === 'email') return emailError(value)
  const error = checks[field.type](value, field)
  // A line break in a name could become a header of an e-mail.
  if (!error && field.id === 'name' && /\p{Cc}/u.test(value)) return 'invalid'
  return error
}

function tooLong(value: string, field: Checked): FieldError | null {
  return codePoints(value) > lengthMax(field) ? 'too_long' : null
}

function explain(error: FieldError, limit: number): string {
  switch (error) {
    case 'required':
      return 'is required'
    case 'too_long':
      return `must have at most ${limit} characters`
    case 'invalid':
      return 'is not a text that can be used here'
    case 'email_accented':
      return 'must have no accents and no letters other than A to Z'
    case 'email_invalid':
      return 'is not an e-mail address'
    case 'option_unknown':
      return 'is not one of the options'
  }
}
