import { Document, isMap, isNode, isScalar, isSeq, type YAMLSeq } from 'yaml'
import { checkDocument } from '../../../engine/core/read-document.ts'
import type { Bot } from '../../../schemas/configuration/bot.ts'
import { answerName } from '../../../schemas/configuration/bot-flow.ts'
import { type Invalid, invalidOf, type ParamsOf, type Problem, problemAt } from '../../../schemas/problem.ts'
import type { BotPlace, BotProblem } from '../../../schemas/protocol/admin.ts'
import { failure, type Result, success } from '../../../schemas/result.ts'
import { type ParsedYaml, parseYaml } from '../../import/parse-yaml.ts'

/** The most problems of one answer. */
const problemsMax = 100
/** More cannot be looked over. */
const placesMax = 1_000

/**
 * Reads a bot as an administrator writes it, in YAML. Problems are in the order of their lines. Takes up to seconds:
 * see BotReader.
 *
 * @param id the id that the bot must have, if it is to be saved under one
 */
export function readBotText(
  text: string,
  id?: string,
  { documents, lines, problems } = parseYaml(text),
): Result<Bot, Invalid<BotProblem>> {
  const placed = (offset: number, found: Problem): BotProblem => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col, ...found }
  }
  const refused = (found: BotProblem[]) =>
    failure(invalidOf(found.sort((a, b) => a.line - b.line).slice(0, problemsMax)))
  if (problems.length > 0)
    return refused(problems.map(({ offset, ...found }) => placed(offset, { path: [], ...found })))
  const [yaml, second] = documents
  if (second) return refused([placed(second.document.range[0], problemAt([], 'yaml_several_documents'))])
  const checked = checkDocument('bot', yaml?.value)
  const found = checked.ok ? otherId(checked.value.document, id) : checked.error.problems
  if (checked.ok && found.length === 0) return success(checked.value.document)
  return refused(found.map((each) => placed(offsetOf(yaml?.document.contents, each), each)))
}

/** The answers and steps of a bot's text with their lines, as far as it can be parsed: it may have other problems. */
export function placesOf({ documents: [yaml], lines }: ParsedYaml): BotPlace[] {
  const contents = yaml?.document.contents
  const answers = isMap(contents) ? contents.get('answers', true) : undefined
  if (!isSeq(answers)) return []
  const lineOf = (node: unknown) => lines.linePos(isNode(node) ? (node.range?.[0] ?? 0) : 0).line
  const textOf = (node: unknown, field: string) => {
    const value: unknown = isMap(node) ? node.get(field) : undefined
    return typeof value === 'string' ? value : undefined
  }
  return answers.items
    .flatMap((answer, a): BotPlace[] => {
      const steps = isMap(answer) ? answer.get('steps', true) : undefined
      const id = answerName({ id: textOf(answer, 'id') }, a)
      return [
        { answer: id, line: lineOf(answer) },
        ...(isSeq(steps) ? steps.items : []).map((step) => {
          const [name, type] = [textOf(step, 'name'), textOf(step, 'type') ?? '?']
          return { answer: id, step: { type, ...(name !== undefined && { name }) }, line: lineOf(step) }
        }),
      ]
    })
    .slice(0, placesMax)
}

function otherId(bot: Bot, id = bot.id): Problem[] {
  return bot.id === id ? [] : [problemAt(['id'], 'other_id', { id })]
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
