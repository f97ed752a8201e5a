const wanted = new URLSearchParams(location.search).get('lang') ?? navigator.language

/** The page's language. */
export const language: 'en' | 'fr' = /^fr\b/i.test(wanted) ? 'fr' : 'en'

/** With the country where it is known: weeks begin and hours are written as people do there. */
export const locale = navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? language
