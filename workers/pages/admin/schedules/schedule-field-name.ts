import type { Path } from '../draft.ts'
import { fieldWord, words } from '../language.ts'

/** `Holiday 2 (to)` */
export function scheduleFieldName([first, second, third]: Path): string {
  if (first === undefined) return words.theWholeDocument
  if (typeof second !== 'number') return fieldWord(first)
  const entry = `${first === 'holidays' ? words.holiday : words.interval} ${second + 1}`
  return third === undefined ? entry : `${entry} (${fieldWord(third)})`
}
