/** The white space that the next line of a YAML text begins with. */
export function indentAfter(text: string): string {
  const line = text.slice(text.lastIndexOf('\n') + 1)
  // What follows a `- ` stands below what comes after it.
  const [indent = '', rest = ''] = [/^ *(?:- +)*/.exec(line)?.[0], line.replace(/^ *(?:- +)*/, '')]
  const isOpen = /:\s*$/.test(rest)
  return ' '.repeat(indent.length + (isOpen ? 2 : 0))
}
