/** A text, or one for each language by its tag (BCP 47): `{en: 'Hello', fr: 'Bonjour', 'pt-BR': 'Olá'}`. */
export type Localized = string | Record<string, string>

/** A text that was chosen. */
export interface ChosenText {
  text: string
  /** Its language's tag; absent where the text is in no language of its own. */
  language?: string
}

/**
 * The text in the first of the locales that has one: `pt-BR`, else `pt`, else that of another country with the same
 * language. Without any, the first text. Blank texts are left out; empty where there is no other.
 */
export function chooseText(text: Localized, ...locales: readonly (string | undefined)[]): ChosenText {
  if (typeof text === 'string') return { text }
  const texts = Object.entries(text).flatMap(([language, text]) =>
    text.trim() === '' ? [] : [{ language, text, tag: tagOf(language) }],
  )
  for (const locale of locales) {
    const tag = tagOf(locale ?? '')
    const parts = tag.split('-')
    const isFound = (wanted: string) => texts.find((each) => each.tag === wanted)
    for (let length = parts.length; length > 0; length--) {
      const found = isFound(parts.slice(0, length).join('-'))
      if (found) return { text: found.text, language: found.language }
    }
    const related = tag && texts.find((each) => each.tag.split('-', 1)[0] === parts[0])
    if (related) return { text: related.text, language: related.language }
  }
  const [first] = texts
  return first ? { text: first.text, language: first.language } : { text: '' }
}

/** The text that `chooseText` chooses. */
export function textIn(text: Localized, ...locales: readonly (string | undefined)[]): string {
  return typeof text === 'string' ? text : chooseText(text, ...locales).text
}

/** All texts of a text, each with its path in it. */
export function textsOfLanguages(text: Localized): { path: string[]; text: string }[] {
  if (typeof text === 'string') return [{ path: [], text }]
  return Object.entries(text).map(([language, text]) => ({ path: [language], text }))
}

/** The languages of some texts. */
export function languagesIn(texts: readonly Localized[]): string[] {
  return [...new Set(texts.flatMap((text) => (typeof text === 'string' ? [] : Object.keys(text))))]
}

/** In the form in which tags are compared; phones write `pt_BR`. */
function tagOf(locale: string): string {
  return locale.replaceAll('_', '-').toLowerCase()
}
