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
