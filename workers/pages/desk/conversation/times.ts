import { formatMoment } from '../../base/time.ts'
import type { DeskWords } from '../../base/words.ts'

export function dayOf(at: string, words: DeskWords): string {
  return formatMoment(at, localeOf(words), { weekday: 'long', day: 'numeric', month: 'long' })
}

export function timeOf(at: string, words: DeskWords): string {
  return formatMoment(at, localeOf(words), { timeStyle: 'short' })
}

export function dateAndTimeOf(at: string, words: DeskWords): string {
  return formatMoment(at, localeOf(words), { dateStyle: 'medium', timeStyle: 'short' })
}

/** The words' language in the reader's region, if the reader's browser has a region of that language. */
function localeOf({ language }: DeskWords): string {
  return navigator.languages.find((locale) => locale.startsWith(language)) ?? language
}
