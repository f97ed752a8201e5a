import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  Lexer,
  LineCounter,
  Parser,
  parseAllDocuments,
  visit,
  type YAMLError,
} from 'yaml'
import { documentLevelsMax } from '../../schemas/configuration/document.ts'
import { levelsOf } from '../../schemas/parse-json.ts'
import { type Problem, problem } from '../../schemas/problem.ts'

/** A problem of a YAML text, and where it is. */
export type YamlProblem = Omit<Problem, 'path'> & { offset: number }

/** A YAML document, with the value that it stands for. */
export interface YamlDocument {
  document: Document.Parsed
  value: unknown
}

/** The documents of a text, and the places of its lines; `problems` is empty where the text can be used. */
export interface ParsedYaml {
  documents: YamlDocument[]
  lines: LineCounter
  /** The first of each line, since it causes the others of that line; in the order of the lines. */
  problems: YamlProblem[]
}

/** Three levels more: the parser also counts the document itself, its scalars, and a list that documents may be in. */
const parserLevelsMax = documentLevelsMax + 3

/**
 * Parses YAML that others wrote. The depth is bounded before anything recurses: a stack overflow cannot be relied
 * upon, since V8 ends the process where an expression has to be compiled on a stack that is nearly full.
 */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter()
  const deep = firstTooDeep(text, lines)
  if (deep !== undefined) return { documents: [], lines, problems: [{ offset: deep, ...tooDeep }] }
  // `misusedNames` finds duplicate keys: the parser's own search for them takes quadratic time.
  const parsed = parseAllDocuments(text, { version: '1.2', prettyErrors: false, uniqueKeys: false })
  const documents: Document.Parsed[] = [...parsed]
  const problems = documents.flatMap((document) => [
    ...document.errors.map(syntaxProblem),
    ...misusedNames(document),
  ])
  if (problems.length > 0) return { documents: [], lines, problems: firstOfLines(problems, lines) }
  const read = documents.map(documentValue)
  return {
    documents: read.flatMap((each) => ('document' in each ? each : [])),
    lines,
    problems: read.flatMap((each) => ('offset' in each ? each : [])),
  }
}

const tooDeep = problem('yaml_too_deep', { max: documentLevelsMax })

/**
 * The offset at which a text is nested too deeply. Neither the lexer nor the parser of the syntax recurses; only
 * what makes documents of the syntax does.
 *
 * @param lines is filled in, up to that offset
 */
function firstTooDeep(text: string, lines: LineCounter): number | undefined {
  const parser = new Parser(lines.addNewLine)
  lines.addNewLine(0)
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme)) {
      // `parser.stack` has the depth; the tokens that are complete are not needed.
    }
    if (parser.stack.length > parserLevelsMax) return Math.min(parser.offset, text.length - 1)
  }
  return undefined
}

function firstOfLines(problems: YamlProblem[], lines: LineCounter): YamlProblem[] {
  const firsts = new Map<number, YamlProblem>()
  for (const found of problems) {
    const { line } = lines.linePos(found.offset)
    if (!firsts.has(line)) firsts.set(line, found)
  }
  return [...firsts.entries()].sort(([a], [b]) => a - b).map(([, found]) => found)
}

/** Aliases may still repeat too much, or nest one into another. */
function documentValue(document: Document.Parsed): YamlDocument | YamlProblem {
  try {
    const value: unknown = document.toJS()
    return levelsOf(value) > documentLevelsMax ? { offset: 0, ...tooDeep } : { document, value }
  } catch (error) {
    const { message: reason } = error as Error
    if (error instanceof ReferenceError) return { offset: 0, ...problem('yaml_too_many_aliases') }
    return { offset: 0, ...problem('not_yaml', { reason }) }
  }
}

function syntaxProblem({ code, message: reason, pos: [offset] }: YAMLError): YamlProblem {
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
    case 'RESOURCE_EXHAUSTION':
      return { offset, ...tooDeep }
    default:
      return { offset, ...problem('not_yaml', { reason }) }
  }
}

/** Duplicate keys, keys that are collections or aliases, and aliases of unknown anchors, or within their own. */
function misusedNames(yaml: Document.Parsed): YamlProblem[] {
  const found: YamlProblem[] = []
  const anchors = new Set<string>()
  visit(yaml, {
    Node(_, node, path) {
      const [offset = 0] = node.range ?? []
      if (isAlias(node)) {
        const alias = node.source
        const isWithin = path.some((outer) => isNode(outer) && !isAlias(outer) && outer.anchor === alias)
        if (isWithin || !anchors.has(alias))
          found.push({ offset, ...problem('yaml_unknown_alias', { alias }) })
      } else if (node.anchor) anchors.add(node.anchor)
      if (!isMap(node)) return
      const keys = new Set<unknown>()
      for (const { key } of node.items) {
        const at = isNode(key) ? (key.range?.[0] ?? offset) : offset
        // The parser turns a collection as a key into text, and again at each level of nesting.
        if (!isScalar(key)) found.push({ offset: at, ...problem('yaml_complex_key') })
        else if (keys.has(key.value)) found.push({ offset: at, ...problem('yaml_duplicate_key') })
        else keys.add(key.value)
      }
    },
  })
  return found
}
