const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The beginning of a text, with an ellipsis where something is left out; counted and cut in graphemes. */
export function cutText(text: string, max: number): string {
  let count = 0
  let end = 0
  for (const { index } of graphemes.segment(text)) {
    if (count === max - 1) end = index
    if (++count > max) return `${text.slice(0, end).trimEnd()}…`
  }
  return text
}
