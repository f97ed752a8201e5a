import {
  Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLSeq,
} from 'yaml'
import { checkDocument } from '../../../engine/core/read-document.ts'
import type { Bot } from '../../../schemas/configuration/bot.ts'
import {
  type Invalid,
  invalidOf,
  type ParamsOf,
  type Problem,
  problem,
  problemAt,
} from '../../../schemas/problem.ts'
import type { BotProblem } from '../../../schemas/protocol/admin.ts'
import { failure, type Result, success } from '../../../schemas/result.ts'

/** The most problems of one answer. */
const problemsMax = 100

/**
 * Reads a bot as an administrator writes it, in YAML. Problems are in the order of their lines.
 *
 * @param id the id that the bot must have, if it is to be saved under one
 */
export function readBotText(text: string, id?: string): Result<Bot, Invalid<BotProblem>> {
  const lines = new LineCounter()
  const placed = (offset: number, found: Problem): BotProblem => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col, ...found }
  }
  const refused = (problems: BotProblem[]) =>
    failure(invalidOf(problems.sort((a, b) => a.line - b.line).slice(0, problemsMax)))
  try {
    // The parser's own search for duplicate keys is quadratic.
    const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false })
    const unreadable = [...yaml.errors.map(syntaxProblem), ...misusedNames(yaml)]
    // The first error of a line causes the others.
    const firsts = new Map<number, BotProblem>()
    for (const { offset, ...found } of unreadable) {
      const first = placed(offset, { path: [], ...found })
      if (!firsts.has(first.line)) firsts.set(first.line, first)
    }
    if (firsts.size > 0) return refused([...firsts.values()])
    const checked = checkDocument('bot', yaml.toJS())
    const { problems } = checked.ok ? { problems: otherId(checked.value.document, id) } : checked.error
    if (checked.ok && problems.length === 0) return success(checked.value.document)
    return refused(problems.map((found) => placed(offsetOf(yaml.contents, found), found)))
  } catch (error) {
    // Thrown by toJS and by recursion: values nested too deeply, or aliases that repeat too much.
    return refused([placed(0, { path: [], ...valueProblem(error as Error) })])
  }
}

function otherId(bot: Bot, id = bot.id): Problem[] {
  return bot.id === id ? [] : [problemAt(['id'], 'other_id', { id })]
}

type Found = Omit<Problem, 'path'> & { offset: number }

function syntaxProblem({ code, message: reason, pos: [offset] }: YAMLError): Found {
  switch (code) {
    case 'TAB_AS_INDENT':
      return { offset, ...problem('yaml_tab') }
    case 'BAD_INDENT':
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'BLOCK_IN_FLOW':
    case 'MULTILINE_IMPLICIT_KEY':
      return { offset, ...problem('yaml_indentation', { reason }) }
    case 'MISSING_CHAR':
      return { offset, ...problem('yaml_missing_character', { reason }) }
    case 'MULTIPLE_DOCS':
      return { offset, ...problem('yaml_several_documents') }
    case 'RESOURCE_EXHAUSTION':
      return { offset, ...problem('yaml_too_deep') }
    default:
      return { offset, ...problem('not_yaml', { reason }) }
  }
}

function valueProblem(error: Error): Omit<Problem, 'path'> {
  if (error instanceof RangeError) return problem('yaml_too_deep')
  if (error instanceof ReferenceError) return problem('yaml_too_many_aliases')
  return problem('not_yaml', { reason: error.message })
}

/** Duplicate fields of an object, and aliases of unknown anchors. */
function misusedNames(yaml: Document.Parsed): Found[] {
  const found: Found[] = []
  const anchors = new Set<string>()
  visit(yaml, {
    Node(_, node) {
      const [offset = 0] = node.range ?? []
      if (isAlias(node)) {
        const alias = node.source
        if (!anchors.has(alias)) found.push({ offset, ...problem('yaml_unknown_alias', { alias }) })
      } else if (node.anchor) anchors.add(node.anchor)
      if (!isMap(node)) return
      const keys = new Set<unknown>()
      for (const { key } of node.items) {
        if (!isScalar(key)) continue
        if (keys.has(key.value)) found.push({ offset: key.range?.[0] ?? 0, ...problem('yaml_duplicate_key') })
        keys.add(key.value)
      }
    },
  })
  return found
}

/** A stored bot as the text that is edited. Anything stored by hand can be shown as text, too. */
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

/** The offset of a field's name; of its object, if the field is missing. */
function offsetOf(contents: unknown, { path, code, params }: Problem): number {
  const own = code === 'unknown_field' ? [(params as ParamsOf<'unknown_field'>[0]).field] : []
  let node = contents
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
  for (const key of [...path, ...own]) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key))
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
