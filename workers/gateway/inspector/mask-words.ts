/** Replaces what a customer typed, whatever its length. */
export const masked = '•••••'

/** A text that is searched for, folded. */
export interface Word {
  folded: string
  /** A short text occurs in many words: it is searched for as a whole word. */
  isShort: boolean
}

const shortLength = 3
const withoutSpaces =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** The words to search for: each text, also percent-encoded, as in a URL. */
export function wordsIn(texts: readonly string[]): Word[] {
  const forms = texts.flatMap((text) => [text, encodeURIComponent(Buffer.from(text).toString())])
  return [...new Set(forms.map(fold))].map((folded) => ({
    folded,
    isShort: [...folded].length <= shortLength && !withoutSpaces.test(folded),
  }))
}

/**
 * Masks every place of a text that has one of the words, in any case. The words are searched for as they are: a regular
 * expression made of what somebody typed may be too large, and the error would quote it.
 */
export function maskWords(text: string, words: readonly Word[]): string {
  const folded = fold(text)
  const found: [start: number, end: number][] = []
  for (const { folded: word, isShort } of words)
    for (let at = folded.indexOf(word); at !== -1; ) {
      const end = at + word.length
      const isFound = !isShort || isWhole(text, at, end)
      if (isFound) found.push([at, end])
      at = folded.indexOf(word, isFound ? end : at + 1)
    }
  if (found.length === 0) return text
  let shown = ''
  let from = 0
  let until = 0
  for (const [start, end] of found.sort(([a], [b]) => a - b)) {
    if (start >= until) {
      shown += `${text.slice(from, start)}${masked}`
      until = end
    }
    until = Math.max(until, end)
    from = until
  }
  return shown + text.slice(from)
}

/** Whether neither a letter nor a digit stands beside the place. */
function isWhole(text: string, start: number, end: number): boolean {
  const before = /.$/su.exec(text.slice(Math.max(0, start - 2), start))?.[0] ?? ''
  const after = String.fromCodePoint(text.codePointAt(end) ?? 0x20)
  return !/[\p{L}\p{N}]/u.test(before + after)
}

/** The text in one case, with every character at its place. */
function fold(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase()
  let folded = ''
  for (const character of text) {
    const lower = character.toUpperCase().toLowerCase()
    folded += lower.length === character.length ? lower : character
  }
  return folded
}
