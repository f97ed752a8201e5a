import { type AdminWords, adminWords } from '../base/words.ts'

const wanted = new URLSearchParams(location.search).get('lang') ?? navigator.language

/** The page's language. */
export const language: 'en' | 'fr' = /^fr\b/i.test(wanted) ? 'fr' : 'en'

/** With the country where it is known: weeks begin and hours are written as people do there. */
export const locale = navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? language

export const words: AdminWords = adminWords(language)

/** A field's name; of one that we do not know, its key. */
export function fieldWord(key: string | number): string {
  return Object.hasOwn(words.fields, key) ? words.fields[key as keyof AdminWords['fields']] : String(key)
}
