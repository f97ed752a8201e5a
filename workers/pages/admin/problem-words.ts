import type { AdminWords } from '../base/words.ts'

/** What the schemas say of a field, in the page's language; as they say it where we have no words for it. */
export function problemWords(message: string, words: AdminWords): string {
  for (const [pattern, say] of known) {
    const found = pattern.exec(message)
    if (found) return say(words.problems, found[1] ?? '', found[2] ?? '')
  }
  return message
}

/** Where in a bot something is wrong, by its author's names, and what. */
export function namedProblem(message: string): { answer?: string; step?: string; message: string } {
  const [, answer, step, rest] = /^answer "([^"]*)"(?:, step "([^"]*)")?: (.*)$/s.exec(message) ?? []
  if (answer === undefined || rest === undefined) return { message }
  return { answer, ...(step !== undefined && { step }), message: rest }
}

const known: [
  pattern: RegExp,
  say: (words: AdminWords['problems'], part: string, other: string) => string,
][] = [
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
  // A bot's.
  [/^Invalid input: expected \w+, received undefined$/, (words) => words.missing],
  [/^Invalid input: expected (\w+), received/, (words, type) => words.wrongType(type)],
  [/^Unrecognized keys?: "([^"]+)"/, (words, name) => words.unknownField(name)],
  [
    /^Invalid discriminator value\. Expected (.+)$/,
    (words, types) => words.unknownType(types.replace(/'/g, '').replace(/ \| /g, ', ')),
  ],
  [
    /^Invalid option: expected one of (.+)$/,
    (words, values) => words.notOneOf(values.replace(/"/g, '').replace(/\|/g, ', ')),
  ],
  [/^Too small: expected .* >=(\d+)/, (words, count) => words.tooFew(count)],
  [/^Too big: expected .* <=(\d+) items/, (words, limit) => words.tooMany(limit)],
  [/^must be ([\w-]+), as in the address$/, (words, id) => words.otherId(id)],
  [/^is no YAML: Tabs are/, (words) => words.yamlTab],
  [/^is no YAML: Map keys must be unique/, (words) => words.yamlTwice],
  [
    /^is no YAML: (Nested mappings|Implicit|All (mapping|sequence) items|Sequence item without|Block collections)/,
    (words) => words.yamlIndent,
  ],
  [/^is no YAML: (.+)$/s, (words, why) => words.noYaml(why)],
  [/^there are two answers "(.*)"$/, (words, name) => words.answerTwice(name)],
  [/^there are two steps "(.*)" in this answer$/, (words, name) => words.stepTwice(name)],
  [/^is never reached: the step "(.*)" leads elsewhere$/, (words, name) => words.neverReached(name)],
  [/^is never reached: nothing leads/, (words) => words.nothingLeadsHere],
  [/^is a dead end/, (words) => words.deadEnd],
  [/^there is no answer "(.*)" to go to$/, (words, name) => words.noAnswer(name)],
  [/^only leads round in a circle/, (words) => words.circle],
  [/^there is no variable "(.*)": no step sets it$/, (words, name) => words.noVariable(name)],
  [/^no step asks for the detail "(.*)"$/, (words, name) => words.noDetail(name)],
  [/^there is no options step with the name "(.*)"$/, (words, name) => words.noOption(name)],
  [/^there is nothing called "(.*?)"/, (words, name) => words.noPlace(name)],
  [/^(?:has|set|ask for) (\d+) .*; the limit is (\d+)$/, (words, count, limit) => words.over(count, limit)],
  [/^two options have the same label$/, (words) => words.sameLabels],
  [/^must not be __proto__$/, (words) => words.noReserved],
  [/^must have one of is, isNot/, (words) => words.oneComparison],
  [/^must be an http or https address/, (words) => words.badUrl],
  [/^Invalid key in record$/, (words) => words.badKey],
  [/^a header takes/, (words) => words.headerValue],
  [/^must be a path such as/, (words) => words.badPath],
  [/^must be .*at most (\d+) seconds$/, (words, seconds) => words.tooSlow(seconds)],
  [/^must be "name", "email" or \{/, (words) => words.badDetail],
]
