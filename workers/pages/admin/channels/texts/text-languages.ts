import type { Localized } from '../../../../../schemas/configuration/localized.ts'

/** The languages of a text, in their order; none where it has one text for all. */
export function languagesOf(text: Localized | undefined): string[] {
  return typeof text === 'object' ? Object.keys(text) : []
}

/** The text in a language; the one for all where it has no languages. */
export function textOf(text: Localized | undefined, language: string | undefined): string | undefined {
  return typeof text === 'object' ? text[language ?? ''] : text
}

/** The text with another one in a language; `undefined`: it is unset. */
export function withText(
  text: Localized | undefined,
  language: string | undefined,
  value: string | undefined,
): Localized | undefined {
  return typeof text === 'object' && language !== undefined ? { ...text, [language]: value ?? '' } : value
}

/**
 * The text with one more language.
 *
 * @param base the language of a text that has none yet
 */
export function withLanguage(text: Localized | undefined, base: string, language: string): Localized {
  const texts = typeof text === 'object' ? text : { [base]: text ?? '' }
  return { ...texts, [language]: texts[language] ?? '' }
}

/** The text without a language; the last one is the text for all. */
export function withoutLanguage(text: Localized, language: string): Localized | undefined {
  if (typeof text === 'string') return text
  const { [language]: _, ...rest } = text
  const [last, ...others] = Object.values(rest)
  return others.length > 0 ? rest : last || undefined
}
