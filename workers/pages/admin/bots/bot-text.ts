/** The white space that the next line of a YAML text begins with. */
export function indentAfter(text: string): string {
  const line = text.slice(text.lastIndexOf('\n') + 1)
  // The fields of a list entry stand below its first field, after the `- `.
  const [indent = '', rest = ''] = [/^ *(?:- +)*/.exec(line)?.[0], line.replace(/^ *(?:- +)*/, '')]
  const isOpen = /:\s*$/.test(rest)
  return ' '.repeat(indent.length + (isOpen ? 2 : 0))
}

/** The lines of a text that differ from another text, with their numbers. */
export function changedLines(text: string, base: string): string {
  const [lines, before] = [text.split('\n'), base.split('\n')]
  let first = 0
  while (first < Math.min(lines.length, before.length) && lines[first] === before[first]) first++
  let same = 0
  while (same < Math.min(lines.length, before.length) - first && lines.at(-1 - same) === before.at(-1 - same))
    same++
  const digits = String(lines.length - same).length
  return lines
    .slice(first, lines.length - same)
    .map((line, index) => `${String(first + index + 1).padStart(digits)}  ${line}`)
    .join('\n')
}

/** Lists that are fields of steps, as they may begin. */
const begun: Record<string, string> = {
  options: '[{ label: , goTo: }]',
  fields: '[email]',
  cases: '[{ when: [{ value: , is: }], goTo: }]',
}

/**
 * A new step with its required fields, and where it goes in a bot's text: behind the step that the caret is in, or
 * below the `steps:` of its answer; without either, behind the caret's line.
 *
 * @param caret in characters
 * @param fields as in `stepFields`
 */
export function newStep(
  text: string,
  caret: number,
  type: string,
  fields: string,
): { at: number; text: string } {
  const lines = text.split('\n')
  const present = text.slice(0, caret).split('\n').length - 1
  const isStep = (line: string) => /^ *- (\{ *)?(type|name):/.test(line)
  const isHead = (line: string) => /^ *steps:\s*(#.*)?$/.test(line)
  const endOf = (start: number) => {
    const indent = indentOf(lines[start])
    const end = lines.findIndex((line, n) => n > start && line.trim() !== '' && indentOf(line) <= indent)
    return end < 0 ? lines.length : end
  }
  let start = lines.findLastIndex((line, n) => n <= present && (isStep(line) || isHead(line)))
  // At the head of an answer, the next steps are its own.
  if (start < 0 || endOf(start) <= present) {
    const below = lines.findIndex((line, n) => n > present && isHead(line))
    if (below >= 0) start = below
  }
  const isBelow = isHead(lines[start] ?? '')
  const indent = indentOf(lines[start]) + (isBelow ? 2 : 0)
  let end = start < 0 ? present + 1 : isBelow ? start + 1 : endOf(start)
  // Blank lines stay between the answers.
  while (lines[end - 1]?.trim() === '') end--
  const required = fields.split(', ').filter((field) => !field.endsWith('?'))
  const written = [`- type: ${type}`, ...required.map((field) => `  ${field}: ${begun[field] ?? ''}`)]
  return {
    at: lines.slice(0, end).join('\n').length,
    text: written.map((line) => `\n${' '.repeat(indent)}${line}`).join(''),
  }
}

function indentOf(line = ''): number {
  return line.search(/[^ ]|$/)
}
