/** A warning to standard error: the command goes on. */
export function warn(text: string): void {
  process.stderr.write(`frontdesk: warning: ${text.replace(/\s*[\r\n]+\s*/g, ' | ')}\n`)
}
