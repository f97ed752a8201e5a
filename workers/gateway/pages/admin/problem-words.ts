import type { Words } from './words.ts'

/** What the schemas say of a field, in the page's language; as they say it where we have no words for it. */
export function problemWords(message: string, words: Words): string {
  for (const [pattern, say] of known) {
    const found = pattern.exec(message)
    if (found) return say(words.problems, found[1] ?? '')
  }
  return message
}

const known: [pattern: RegExp, say: (words: Words['problems'], part: string) => string][] = [
  [/^must have at most (\d+) characters$/, (words, limit) => words.tooLong(limit)],
  [/^must have at most (\d+) entries$/, (words, limit) => words.tooMany(limit)],
  [/^has \d+ bytes; the limit is (\d+)$/, (words, limit) => words.tooLarge(limit)],
  [/^must have at most (\d+) bytes/, (words, limit) => words.tooLarge(limit)],
  [/^must not be empty$/, (words) => words.empty],
  [/^a select needs options$/, (words) => words.noOptions],
  [/is asked twice$/, (words) => words.askedTwice],
  [/^must be an ISO 8601 duration .* at most (\d+) days$/, (words, days) => words.duration(days)],
  [/^each must be longer than the one before$/, (words) => words.notLonger],
  [/^must be 1 to 64 characters/, (words) => words.token],
  [/^must be a zone/, (words) => words.zone],
  [/^must be a date/, (words) => words.date],
  [/^must not be before startDate$/, (words) => words.endsBefore],
  [/^must be after start$/, (words) => words.endsBefore],
]
