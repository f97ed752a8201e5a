import type { Attributes, CustomerAttribute } from '../../../schemas/conversation/customer.ts'
import { attributeLengthMax } from '../../../schemas/limits.ts'
import { codePoints } from '../../../schemas/token.ts'

/**
 * The attributes that a channel names, in its order: a verified one stands before one by the client's word, and a new
 * one before an earlier one. Others, and texts over the limit, are left out: each record carries them.
 */
export function knownAttributes(
  names: readonly string[],
  before: readonly CustomerAttribute[],
  { sent = {}, verified = {} }: { sent?: Attributes | undefined; verified?: Attributes | undefined },
): CustomerAttribute[] {
  return names.flatMap((name): CustomerAttribute | [] => {
    const known = before.find((attribute) => attribute.name === name)
    const claim = valueIn(verified, name)
    if (claim !== undefined) return { name, value: claim, verified: true }
    const value = known?.verified ? undefined : valueIn(sent, name)
    return value === undefined ? (known ?? []) : { name, value, verified: false }
  })
}

function valueIn(given: Attributes, name: string): Attributes[string] | undefined {
  const value = Object.hasOwn(given, name) ? given[name] : undefined
  return typeof value === 'string' && codePoints(value) > attributeLengthMax ? undefined : value
}
