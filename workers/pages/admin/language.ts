import { type StaffLanguage, staffLanguageOf, staffTexts } from '../../../engine/texts/staff-languages.ts'
import { type AdminWords, adminWords } from '../base/words.ts'

/** The language of the page. */
export const language: StaffLanguage = staffLanguageOf(
  new URLSearchParams(location.search).get('lang') ?? navigator.language,
)

const tag = navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? language

const { hourCycle } = new Intl.DateTimeFormat(undefined, { hour: 'numeric' }).resolvedOptions()

/**
 * The language with its country, if known: for the first day of the week and the format of times. Hours are counted as
 * in the browser's own fields for times, whatever the page's language is.
 */
export const locale = new Intl.Locale(tag, hourCycle ? { hourCycle } : {}).toString()

export const words: AdminWords = adminWords(language)

/** The engine's names of what it says and asks. */
export const texts = staffTexts(language)

/** A field's name; its key if it is unknown. */
export function fieldWord(key: string | number): string {
  if (Object.hasOwn(texts.channelTextFields, key))
    return texts.channelTextFields[key as keyof typeof texts.channelTextFields].label
  return Object.hasOwn(words.fields, key) ? words.fields[key as keyof AdminWords['fields']] : String(key)
}
