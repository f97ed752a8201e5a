import { variableLengthMax } from '../../schemas/conversation/call.ts'
import { codePoints } from '../../schemas/token.ts'
import { CallFailed } from './client/call-failed.ts'

/**
 * The variables to save from an API's answer. Missing values and `null` are left out. Throws CallFailed.
 *
 * @param save their paths, `order.items.0.name`
 */
export function savedValues(answered: unknown, save: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(save).flatMap(([variable, path]) => {
      const value = valueAt(answered, path)
      return value === undefined || value === null ? [] : [[variable, textOf(value, variable)]]
    }),
  )
}

function valueAt(answered: unknown, path: string): unknown {
  let value = answered
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

function textOf(value: NonNullable<unknown>, variable: string): string {
  if (typeof value === 'object')
    throw new CallFailed('value_unusable', { reason: `${variable} would be an object or a list` })
  const text = String(value)
  if (codePoints(text) > variableLengthMax)
    throw new CallFailed('value_unusable', {
      reason: `${variable} would have more than ${variableLengthMax} characters`,
    })
  return text
}
