import { deskWords } from '../base/words.ts'

/** The language that the page is asked for: by its address, else by the browser. */
export const askedLocale = new URLSearchParams(location.search).get('lang') ?? navigator.language

export const words = deskWords(askedLocale)

/** The words' language in the reader's region, if the reader's browser has a region of that language. */
export const locale = navigator.languages.find((tag) => tag.startsWith(words.language)) ?? words.language
