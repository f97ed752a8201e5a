import { z } from 'zod'
import { problem } from './problem.ts'

/** An id of a conversation, channel, workspace, schedule or bot; it fits in a NATS subject and in a bucket's key. */
export const token = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, problem('not_a_token').message)

/** A text of at most `lengthMax` characters, as people count them. */
export function shortText(lengthMax: number) {
  return z.string().check(({ value, issues }) => {
    if (codePoints(value) > lengthMax)
      issues.push({
        code: 'too_big',
        origin: 'string',
        maximum: lengthMax,
        input: value,
        message: problem('too_long', { max: lengthMax }).message,
      })
  })
}

/** The length of a text as people count it: Unicode code points, not UTF-16 units. */
export function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
