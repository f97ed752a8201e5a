/** A part of a line: text, which may be a link, `code`, or parts that are strong or emphasised. */
export type Inline =
  | { text: string; href?: string }
  | { code: string }
  | { strong: Inline[] }
  | { emphasis: Inline[] }
/** A text, or with an address that can be followed: `http:`, `https:`, `mailto:` or `tel:`, and nothing else. */
export type TextPart = Extract<Inline, { text: string }>

/** A part of a formatted text. The text of `inline` may have several lines. */
export type MarkupBlock =
  | { inline: Inline[] }
  | { code: string }
  /** `number`: of an item in an ordered list, as it was written. */
  | { items: { number?: number; inline: Inline[] }[] }

// No text is looked through twice, so that the time is linear in its length: each alternative begins where nothing
// that it could consist of stands before it, ends at a character that it could not consist of, or has a bounded length.
const link =
  // A name before an @ in the authority may look like a host and is none: such an address is no link.
  '(?<!\\w)(https?:\\/\\/)(?=[\\p{L}\\d[])(?![^\\s/?#]*@)' +
  "|(?<![\\p{L}\\w.+/@-]'?)(\\w[\\w.+'-]{0,63}@(?:[a-z\\d-]{1,63}\\.)+[a-z]{2,63})(?![\\w@-])" +
  // International, national with a leading zero, or in three groups as in North America; never a date or a time.
  '|(?<![\\w.:/+@,-]|\\d )(?!\\d\\d?[./-]\\d\\d?[./-]\\d{2,4}(?![./-]?\\d)|\\d\\d\\.\\d\\d ?-)((?:\\+|\\(?0(?!00))[\\d(][\\d ()./-]{4,24}\\d|\\(?[2-9]\\d\\d\\)?[ .-]\\d{3}[ .-]\\d{4})(?![\\w:@]|[.,/-]\\d)'

// Compiled once: that takes longer than using it.
const links = new RegExp(link, 'giu')
const marksAndLinks = new RegExp(
  `${link}|\`([^\`\\n]+)\`|(?<![\\w*])(\\*\\*?|_)(?![\\s*_])((?:(?!\\5).)+)(?<!\\s)\\5(?![\\w*])`,
  'giu',
)

/** Quotes, brackets and stops of other scripts than ASCII end an address, and so does what turns the direction. */
const inAddress = /[\p{L}\p{M}\p{N}\p{So}!#-;=?-[\]_a-{}~]/u
const punctuation = /[.,:;!?'*]/
const brackets = '([{)]}'

/** The end of the address that begins there: without punctuation behind it, and without a bracket opened before it. */
function endOfAddress(text: string, from: number): number {
  const opened: string[] = []
  let end = from
  for (let at = from; at < text.length; ) {
    const char = String.fromCodePoint(text.codePointAt(at) as number)
    const bracket = brackets.indexOf(char)
    if (!inAddress.test(char) || (bracket > 2 && opened.pop() !== brackets[bracket - 3])) break
    at += char.length
    // An opening bracket belongs to the address if something follows it.
    if (bracket >= 0 && bracket < 3) opened.push(char)
    else if (!punctuation.test(char)) end = at
  }
  return end
}

function partsOf<Part extends Inline>(text: string, pattern: RegExp): Part[] {
  const parts: Inline[] = []
  let end = 0
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const { index } = match
    let [shown, scheme, email, phone, code, mark, marked = ''] = match
    let href = email && `mailto:${email}`
    if (scheme) href = shown = text.slice(index, endOfAddress(text, index + scheme.length))
    if (phone) {
      // "+49 (0)30": the zero is for callers within the country.
      href = `tel:${phone.replace(/^(\+.*)\(0\)/, '$1').replace(/[^\d+]/g, '')}`
      if (!/:(\+\d{7,15}|\d{9,15})$/.test(href)) continue
    }
    if (shown === scheme) continue
    if (index > end) parts.push({ text: text.slice(end, index) })
    if (href) parts.push({ text: shown, href })
    else if (code) parts.push({ code })
    else
      parts.push(
        mark === '**' ? { strong: partsOf(marked, pattern) } : { emphasis: partsOf(marked, pattern) },
      )
    // Parts within parts have used the pattern.
    pattern.lastIndex = end = index + shown.length
  }
  if (text.length > end) parts.push({ text: text.slice(end) })
  return parts as Part[]
}

/**
 * A text with its links: http and https addresses, e-mail addresses and telephone numbers. An address is shown as it
 * was written, in its own script; the texts of all parts together are the text.
 */
export function linksIn(text: string): TextPart[] {
  return partsOf(text, links)
}

const fence = /^ {0,3}```[^`]*$/
const item = /^ {0,3}(?:[-*•]|(\d{1,6})[.)]) +(?=\S)/

/**
 * A company's text in the small part of Markdown that people write in chats: lists of one level, code between
 * backticks and in fences, `**strong**`, `*emphasis*` and `_emphasis_`, and links. Everything else, HTML above all, is
 * text. What a customer writes is never formatted: see `linksIn`.
 */
export function formattedText(text: string): MarkupBlock[] {
  const lines = text.split('\n')
  const blocks: MarkupBlock[] = []
  let plain: string[] = []
  const flush = () => {
    // An empty line behind a list or a block of code is a distance, which these have anyway.
    if (blocks.length > 0 && plain[0] === '') plain.shift()
    if (plain.length > 0) blocks.push({ inline: partsOf(plain.join('\n'), marksAndLinks) })
    plain = []
  }
  const lastFence = lines.findLastIndex((line) => fence.test(line))
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string
    const [mark, digits] = item.exec(line) ?? []
    if (at < lastFence && fence.test(line)) {
      const from = at + 1
      do at++
      while (!fence.test(lines[at] as string))
      flush()
      blocks.push({ code: lines.slice(from, at).join('\n') })
    } else if (mark) {
      flush()
      const entry = {
        ...(digits && { number: Number(digits) }),
        inline: partsOf<Inline>(line.slice(mark.length), marksAndLinks),
      }
      const list = blocks.at(-1)
      if (list && 'items' in list && !list.items[0]?.number === !digits) list.items.push(entry)
      else blocks.push({ items: [entry] })
    } else plain.push(line)
  }
  flush()
  return blocks
}
