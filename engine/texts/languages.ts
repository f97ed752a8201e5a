import * as en from './en.ts'
import * as fr from './fr.ts'
import type { LanguageTexts, Texts } from './texts.ts'

/** The languages that frontdesk speaks, by code (BCP 47), each by its own name. */
export const languages = { en: 'English', fr: 'Français' } as const
export type Language = keyof typeof languages

const textsByLanguage: Record<Language, LanguageTexts> = { en, fr }

/** The language of a locale such as `fr-CA` (or `fr_CA`, as phones write it), if frontdesk speaks it. */
export function languageOf(locale: string): Language | undefined {
  const [code = ''] = locale.toLowerCase().split(/[-_]/, 1)
  return Object.hasOwn(languages, code) ? (code as Language) : undefined
}

/** The first of the locales' languages that frontdesk speaks; English if it speaks none. */
export function firstLanguageOf(...locales: readonly (string | undefined)[]): Language {
  for (const locale of locales) {
    const language = locale && languageOf(locale)
    if (language) return language
  }
  return 'en'
}

/** All texts of a locale's language; English if frontdesk does not speak it. */
export function languageTexts(locale: string): LanguageTexts {
  return textsByLanguage[firstLanguageOf(locale)]
}

export function textsFor(locale: string): Texts {
  return languageTexts(locale).texts
}
