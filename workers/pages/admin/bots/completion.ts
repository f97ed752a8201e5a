import { fieldTypeNames } from '../../../../schemas/field-types.ts'
import { answerFields, partFields, stepFields } from './step-fields.ts'

/** The words that may stand at a caret, and what was typed of them. */
export interface Completion {
  /** The start of the typed part, in characters. */
  from: number
  words: { word: string; inserted: string }[]
}

/** Names that a bot's author has given. */
export interface BotNames {
  answers: readonly string[]
  placeholders: readonly string[]
}

/** An object of the text: its fields with their values, and the fields that hold it, from the innermost. */
interface Place {
  parents: string[]
  fields: Map<string, string>
}

/**
 * Completes what is typed in a bot's text: a field, a step's type, the id of an answer, a placeholder. The text is read
 * by its indentation, since it is rarely valid YAML while it is typed.
 *
 * @param caret in characters
 * @param isAsked whether fields are also suggested before their first letter
 */
export function completionAt(
  text: string,
  caret: number,
  names: BotNames,
  isAsked = false,
): Completion | undefined {
  const line = text.slice(text.lastIndexOf('\n', caret - 1) + 1, caret)
  const rest = text.slice(caret)
  const complete = (typed: string, words: readonly string[], end: string): Completion | undefined => {
    const isOpen = (word: string) => word !== typed && word.toLowerCase().startsWith(typed.toLowerCase())
    const found = words.filter(isOpen).map((word) => ({ word, inserted: word + end }))
    return found.length > 0 ? { from: caret - typed.length, words: found } : undefined
  }
  const placeholder = /\{\{ *([\w.-]*)$/.exec(line)?.[1]
  if (placeholder !== undefined)
    return complete(placeholder, names.placeholders, /^ *\}\}/.test(rest) ? '' : '}}')
  const content = line.replace(/^ *(?:- +)*/, '')
  const flow = flowAt(content)
  const [, key, value] = (flow ? /[{,] *([\w-]+): *([\w-]*)$/ : /^([\w-]+): +([\w-]*)$/).exec(content) ?? []
  const [, field] = (flow ? /[{,] *([\w-]*)$/ : /^([\w-]*)$/).exec(content) ?? []
  if (value === undefined && (field === undefined || (field === '' && !isAsked))) return undefined
  const lines = text.split('\n')
  const block = blockAt(lines, text.slice(0, caret).split('\n').length - 1)
  const place = flow ? { ...flow, parents: [...flow.parents, ...block.parents] } : block
  if (key && value !== undefined) return complete(value, valuesOf(key, place, names), '')
  return complete(field ?? '', fieldsOf(place), /^ *:/.test(rest) ? '' : ': ')
}

function valuesOf(key: string, { parents: [parent] }: Place, { answers, placeholders }: BotNames) {
  if (key === 'type' && parent === 'steps') return Object.keys(stepFields)
  if (key === 'type' && parent === 'fields') return fieldTypeNames
  if (key === 'value' && parent === 'when') return placeholders
  return answerFields.includes(key) ? answers : []
}

/** The fields that an object does not have yet. */
function fieldsOf({ parents: [parent = '', above], fields }: Place): string[] {
  const type = fields.get('type') as keyof typeof stepFields
  const isStep = parent === 'steps'
  // The options of a form's field are texts.
  const written = isStep
    ? stepFields[type]
    : parent === 'options' && above === 'fields'
      ? ''
      : partFields[parent]
  const names = (written ?? '').split(', ').map((name) => name.replace('?', ''))
  return [...(isStep ? ['type', 'name'] : []), ...names].filter((name) => name && !fields.has(name))
}

/** The innermost object or list in flow style that is still open at the end of a line, with its parents in the line. */
function flowAt(content: string): Place | undefined {
  const open: Place[] = []
  let key: string | undefined
  const tokens = /"(?:[^"\\]|\\.)*"|'[^']*'|[[\]{},]|([\w-]+):(?:\s+([\w-]+))?(?=[\s,}\]]|$)/g
  for (const [token, name, value = ''] of content.matchAll(tokens)) {
    if (token === '[' || token === '{') {
      const parents = open.at(-1)?.parents ?? []
      open.push({ parents: key === undefined ? parents : [key, ...parents], fields: new Map() })
      key = undefined
    } else if (token === ']' || token === '}') open.pop()
    else if (name !== undefined) {
      key = name
      open.at(-1)?.fields.set(name, value)
    }
  }
  return open.at(-1)
}

/** The object that a line belongs to, in block style. */
function blockAt(lines: readonly string[], line: number): Place {
  const read = lines.map(readLine)
  const [before, own, after] = [
    read.slice(0, line).reverse(),
    readLine(lines[line] ?? ''),
    read.slice(line + 1),
  ]
  const fields = new Map<string, string>()
  const parents: string[] = []
  const take = ({ key, value }: Line) => key !== undefined && fields.set(key, value)
  for (const next of after) {
    if (next.isBlank) continue
    if (next.start < own.column) break
    if (next.column === own.column) take(next)
  }
  let isOwn = own.start === own.column
  // A parent's field begins here, or further to the left.
  let bound = isOwn ? own.start - 1 : own.start
  for (const next of before) {
    if (next.isBlank) continue
    const isItem = next.start < next.column
    if (isOwn && next.column === own.column) {
      take(next)
      isOwn = !isItem
      if (isItem) bound = next.start
    } else if (next.column <= bound) {
      isOwn = false
      if (next.key !== undefined) parents.push(next.key)
      bound = isItem ? next.start : next.column - 1
    }
  }
  return { parents, fields }
}

/** A line's first field, in characters from its start: of the first `-`, and of the field. */
interface Line {
  start: number
  column: number
  key: string | undefined
  value: string
  isBlank: boolean
}

function readLine(text: string): Line {
  const [head = '', indent = ''] = /^( *)(?:- +)*/.exec(text) ?? []
  const [, key, value = ''] = /^([\w-]+):(?:\s+([\w-]+))?(?=\s|$)/.exec(text.slice(head.length)) ?? []
  return { start: indent.length, column: head.length, key, value, isBlank: /^ *(#.*)?$/.test(text) }
}
