import {
  Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLSeq,
} from 'yaml'
import { checkDocument } from '../../../engine/core/read-document.ts'
import type { Bot } from '../../../schemas/configuration/bot.ts'
import type { Problem } from '../../../schemas/problem.ts'
import type { BotProblem, CheckedBot } from '../../../schemas/protocol/admin.ts'

/** So much that is wrong is said at once. */
const problemsMax = 100

/**
 * A bot as an administrator writes it, in YAML: what it is, or what is wrong in which line.
 *
 * @param id that it has to bear, where it is to be saved under one
 */
export function readBotText(text: string, id?: string): CheckedBot {
  const lines = new LineCounter()
  const placed = (offset: number, { path, message }: Problem): BotProblem => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col, path, message }
  }
  const refused = (problems: BotProblem[]): CheckedBot => ({
    problems: problems.sort((a, b) => a.line - b.line).slice(0, problemsMax),
  })
  try {
    // Its own search for fields that stand twice compares each with all others.
    const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false })
    const unreadable = yaml.errors.map(({ pos, message }) => placed(pos[0], noYaml(message)))
    for (const offset of doubled(yaml)) unreadable.push(placed(offset, noYaml('Map keys must be unique')))
    // In one line the first leads to the others.
    const firsts = new Map<number, BotProblem>()
    for (const problem of unreadable) if (!firsts.has(problem.line)) firsts.set(problem.line, problem)
    if (firsts.size > 0) return refused([...firsts.values()])
    const checked = checkDocument('bot', yaml.toJS())
    if ('problems' in checked)
      return refused(checked.problems.map((problem) => placed(offsetOf(yaml.contents, problem), problem)))
    const document = checked.document as Bot
    if (id === undefined || document.id === id) return { document }
    const problem = { path: ['id'], message: `must be ${id}, as in the address` }
    return refused([placed(offsetOf(yaml.contents, problem), problem)])
  } catch (error) {
    // What YAML's reader throws only as it goes on: aliases of nothing, or of themselves; what is nested too deeply.
    return refused([placed(0, noYaml((error as Error).message))])
  }
}

/** Where a field stands for the second time. */
function doubled(yaml: Document.Parsed): number[] {
  const offsets: number[] = []
  visit(yaml, {
    Map(_, { items }) {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (seen.has(key.value)) offsets.push(key.range?.[0] ?? 0)
        seen.add(key.value)
      }
    },
  })
  return offsets
}

function noYaml(message: string): Problem {
  const [, words] = inWords.find(([pattern]) => pattern.test(message)) ?? [undefined, message]
  return { path: [], message: `is no YAML: ${words}` }
}

/** What YAML's reader says to programmers. */
const inWords: [RegExp, string][] = [
  [/^Maximum call stack/, 'it is nested too deeply'],
  [/^Source contains multiple documents/, 'a bot is one document: nothing may follow ---'],
  [/^Excessive alias count/, 'it repeats too much by aliases'],
]

/** A stored bot as it is edited; whatever somebody has stored by hand is text, too. */
export function botText(document: unknown): string {
  const yaml = new Document(document)
  const answers = yaml.get('answers', true) as YAMLSeq | undefined
  // A blank line between answers.
  if (isSeq(answers))
    answers.items.forEach((answer, index) => {
      if (isNode(answer)) answer.spaceBefore = index > 0
    })
  return yaml.toString({ lineWidth: 0 })
}

/** Where a field begins, by its name; of one that is missing, where that stands which should have it. */
function offsetOf(contents: unknown, { path, message }: Problem): number {
  // Only the message says which.
  const [, unknownKey] = /^.*Unrecognized keys?: "([^"]+)"/.exec(message) ?? []
  let node = contents
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
  for (const key of unknownKey === undefined ? path : [...path, unknownKey]) {
    if (isMap(node)) {
      const pair = node.items.find((one) => isScalar(one.key) && String(one.key.value) === String(key))
      if (!pair) break
      offset = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(key)]
      if (!isNode(node)) break
      offset = node.range?.[0] ?? offset
    } else break
  }
  return offset
}
