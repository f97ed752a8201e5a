import type { Excerpt } from '../../../../schemas/protocol/search.ts'

/** The most words of a question, and characters of its excerpts. */
const wordsMax = 8
const excerptLengthMax = 200
/** Characters of an excerpt before its first match. */
const excerptBefore = 40

/**
 * A text as it is compared: without case, accents and the differences that Unicode calls compatible (full-width
 * letters, ligatures), and without control characters.
 */
export function folded(text: string): string {
  // Most texts are plain, and this takes a tenth of the time.
  const plain = isAscii.test(text) ? text : text.normalize('NFKD').replace(marks, '')
  return plain.replace(controls, ' ').toLowerCase().replaceAll('ß', 'ss')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
const isAscii = /^[\x00-\x7f]*$/
const marks = /\p{M}+/gu
// biome-ignore lint/suspicious/noControlCharactersInRegex: they separate texts in the index
const controls = /[\x00-\x1f\x7f]/g

/** The words of a question, folded: the longest first, which fewest texts have. */
export function wordsOf(question: string): string[] {
  const words = new Set(folded(question).split(/\s+/u).filter(Boolean))
  return [...words].sort((a, b) => b.length - a.length).slice(0, wordsMax)
}

/** The part of a text around the first of the words in it. */
export function excerptOf(text: string, words: string[]): Excerpt {
  const { folded, places } = foldedWithPlaces(text)
  const all = matchesIn(folded, words).map(
    ([from, to]) => [places[from] as number, places[to] ?? text.length] as const,
  )
  const first = all[0]?.[0] ?? 0
  const from = first <= excerptBefore ? 0 : wordStart(text, first - excerptBefore)
  const to = text.length - from <= excerptLengthMax ? text.length : whole(text, from + excerptLengthMax)
  const before = from > 0 ? '… ' : ''
  const shown = `${before}${text.slice(from, to)}${to < text.length ? '…' : ''}`
  const offset = before.length - from
  return {
    text: shown,
    marks: all.filter(([, end]) => end <= to).map(([start, end]) => [start + offset, end - start]),
  }
}

/** The matches in their order, those that touch joined. */
function matchesIn(text: string, words: string[]): [number, number][] {
  const found: [number, number][] = []
  for (const word of words)
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length))
      found.push([at, at + word.length])
  found.sort((a, b) => a[0] - b[0])
  const joined: [number, number][] = []
  for (const [from, to] of found) {
    const last = joined.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else joined.push([from, to])
  }
  return joined
}

/** A folded text, and for each unit of it where its character is in the text. */
function foldedWithPlaces(text: string): { folded: string; places: number[] } {
  let all = ''
  const places: number[] = []
  let at = 0
  for (const character of text) {
    const part = folded(character)
    for (let unit = 0; unit < part.length; unit++) places.push(at)
    all += part
    at += character.length
  }
  return { folded: all, places }
}

/** After the next space, if one is near. */
function wordStart(text: string, from: number): number {
  const space = text.indexOf(' ', from)
  return space >= 0 && space - from < excerptBefore / 2 ? space + 1 : whole(text, from)
}

/** Not within a pair of surrogates. */
function whole(text: string, at: number): number {
  return /[\uDC00-\uDFFF]/.test(text[at] ?? '') ? at - 1 : at
}
