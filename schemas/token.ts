import { z } from 'zod'
import { levelsOf } from './parse-json.ts'
import { problem, zodIssue } from './problem.ts'

/** An id of a conversation, channel, workspace, schedule or bot; it fits in a NATS subject and in a bucket's key. */
export const token = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, problem('not_a_token').message)

/** A text of at most `lengthMax` characters, as people and JSON Schema count them. */
export function shortText(lengthMax: number) {
  return z.string().check(shortIfText(lengthMax)).meta({ maxLength: lengthMax })
}

/** Checks the length of a value that is a text, as `shortText` does. */
export function shortIfText(lengthMax: number) {
  return ({ value, issues }: z.core.ParsePayload<unknown>) => {
    if (typeof value === 'string' && codePoints(value) > lengthMax)
      issues.push({
        code: 'too_big',
        origin: 'string',
        maximum: lengthMax,
        input: value,
        message: problem('too_long', { max: lengthMax }).message,
      })
  }
}

/** A value of at most `levelsMax` levels, before anything that recurses looks at it. */
export function shallow(levelsMax: number) {
  return z.unknown().check(({ value, issues }) => {
    const levels = levelsOf(value)
    const tooDeep = zodIssue('too_deep', { levels, max: levelsMax })
    if (levels > levelsMax) issues.push({ code: 'custom', input: value, ...tooDeep })
  })
}

/** The length of a text as people count it: Unicode code points, not UTF-16 units. */
export function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
