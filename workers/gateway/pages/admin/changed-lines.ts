/** The lines of a text in which it differs from another one, with their numbers. */
export function changedLines(text: string, other: string): string {
  const [lines, others] = [text.split('\n'), other.split('\n')]
  let first = 0
  while (first < Math.min(lines.length, others.length) && lines[first] === others[first]) first++
  let same = 0
  while (same < Math.min(lines.length, others.length) - first && lines.at(-1 - same) === others.at(-1 - same))
    same++
  return lines
    .slice(first, lines.length - same)
    .map((line, index) => `${first + index + 1}  ${line}`)
    .join('\n')
}
