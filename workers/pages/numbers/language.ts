import { numbersWords, shellWords } from '../base/words.ts'

const asked = new URLSearchParams(location.search).get('lang') ?? navigator.language

export const words = numbersWords(asked)
export const wordsOfShell = shellWords(asked)

/** The words' language in the reader's region, if the reader's browser has a region of that language. */
export const locale = navigator.languages.find((tag) => tag.startsWith(words.language)) ?? words.language
