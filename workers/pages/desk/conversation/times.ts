import { formatMoment } from '../../base/time.ts'
import type { DeskWords } from '../../base/words.ts'

export function dayOf(instant: string, words: DeskWords): string {
  return formatMoment(instant, localeOf(words), { weekday: 'long', day: 'numeric', month: 'long' })
}

export function timeOf(instant: string, words: DeskWords): string {
  return formatMoment(instant, localeOf(words), { timeStyle: 'short' })
}

export function dateAndTimeOf(instant: string, words: DeskWords): string {
  return formatMoment(instant, localeOf(words), { dateStyle: 'medium', timeStyle: 'short' })
}

/** The words' language in the reader's region, if the reader's browser has a region of that language. */
function localeOf({ language }: DeskWords): string {
  return navigator.languages.find((locale) => locale.startsWith(language)) ?? language
}
