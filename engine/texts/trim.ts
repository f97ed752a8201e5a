/** Besides white space: soft hyphen, zero-width spaces and joiners, marks of direction, invisible operators. */
const invisible = /[\s\u00AD\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF]/

/** Without the white space and zero-width characters around it, which come with copying and pasting. */
export function trim(text: string): string {
  let start = 0
  let end = text.length
  // A regular expression with `+$` would take seconds for 64 KiB of spaces.
  while (start < end && invisible.test(text.charAt(start))) start++
  while (end > start && invisible.test(text.charAt(end - 1))) end--
  return text.slice(start, end)
}
