import { z } from 'zod'

/** An id of a conversation, channel, workspace, schedule or bot; it fits in a NATS subject and in a bucket's key. */
export const token = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -')

/** A text of so many characters at most, as people count them. */
export function shortText(lengthMax: number) {
  return z.string().check(({ value, issues }) => {
    if (codePoints(value) > lengthMax)
      issues.push({ code: 'too_big', origin: 'string', maximum: lengthMax, inclusive: true, input: value })
  })
}

/** How many people would count: Unicode code points, not UTF-16 units. */
export function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
