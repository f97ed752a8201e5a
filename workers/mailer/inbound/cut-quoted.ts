/** E-mails begin with a line that has it, and replies are cut there. */
export const cutMark = '##-'

/** Lines that mail programs put over what they quote, in the languages that frontdesk speaks. */
const original =
  /^[-_\s>]*(original message|forwarded message|message d[’']origine|message transféré|ursprüngliche nachricht|weitergeleitete nachricht|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|oryginalna wiadomość|元のメッセージ|الرسالة الأصلية)[-_\s]*$/i
const from = /^[>*\s]*(from|de|von|da|van|od|差出人|من)\s*:/i
const sent =
  /^[>*\s]*(sent|date|envoyé|gesendet|datum|enviado( el)?|fecha|inviato|data|verzonden|wysłano|送信日時|تاريخ)[^:]{0,20}:/i
const device =
  /^(sent from|sent with|get outlook for|envoyé de|envoyé depuis|envoyé à partir|télécharger outlook|von meine[mr] .{1,40} gesendet|gesendet von|enviado desde|inviato da|enviado do|verstuurd vanaf|verzonden vanaf|wysłane z|iphoneから送信)/i
const signature = /^--\s?$/
/** “On 5 June 2026 at 10:00, Acme <reply@example.com> wrote:”, over one to three lines. */
const introLengthMax = 300
const introLinesMax = 3
/** Lines after the sender's in which its date has to stand. */
const headerLines = 4

/** The text of a reply without what it quotes and its signature. */
export function cutQuoted(mail: string): string {
  const lines = mail.replace(/\r\n?/g, '\n').split('\n')
  const own = withoutEnd(lines.slice(0, startOfQuote(lines)))
  if (own.length > 0) return own.join('\n')
  // Some answer below what they quote.
  const isQuoted = (line: string) => line.startsWith('>') || line.includes(cutMark)
  return withoutEnd(lines.filter((line, n) => !isQuoted(line) && !isIntro(lines, n, n + 1))).join('\n')
}

function startOfQuote(lines: readonly string[]): number {
  const found = lines.findIndex(
    (line, n) =>
      line.includes(cutMark) ||
      original.test(line) ||
      (from.test(line) && lines.slice(n + 1, n + 1 + headerLines).some((next) => sent.test(next))),
  )
  return found === -1 ? lines.length : found
}

/** Without a signature, quoted lines at the end, and the line over these. */
function withoutEnd(given: readonly string[]): string[] {
  const lines = [...given]
  const signed = lines.findIndex((line) => signature.test(line))
  if (signed !== -1) lines.length = signed
  for (;;) {
    const last = lines.at(-1)
    if (last === undefined) return lines
    const intro = introStart(lines)
    if (/^\s*$/.test(last) || last.startsWith('>') || /^[_\s]{5,}$/.test(last) || device.test(last))
      lines.pop()
    else if (intro !== undefined) lines.length = intro
    else return lines
  }
}

/** The first line of what a mail program says over a quote, if the lines end with it. */
function introStart(lines: readonly string[]): number | undefined {
  for (let count = 1; count <= Math.min(introLinesMax, lines.length); count++)
    if (isIntro(lines, lines.length - count, lines.length)) return lines.length - count
  return undefined
}

/** It ends with a colon, and names a date and an address or an hour. */
function isIntro(lines: readonly string[], start: number, end: number): boolean {
  const text = lines.slice(start, end).join(' ').trim()
  if (text.length > introLengthMax || !/[:：]$/.test(text)) return false
  return /\d{4}|\d[./-]\d/.test(text) && /\S@\S|\d:\d\d|\d ?[hH時]/.test(text)
}
