import * as ar from './customers/ar.ts'
import type { CustomerTexts, Texts } from './customers/customer-texts.ts'
import * as de from './customers/de.ts'
import * as en from './customers/en.ts'
import * as es from './customers/es.ts'
import * as fr from './customers/fr.ts'
import * as it from './customers/it.ts'
import * as ja from './customers/ja.ts'
import * as nl from './customers/nl.ts'
import * as pl from './customers/pl.ts'
import * as pt from './customers/pt.ts'

/** The languages that frontdesk speaks with customers, by code (BCP 47). */
export const languages = ['en', 'fr', 'de', 'es', 'it', 'pt', 'nl', 'pl', 'ja', 'ar'] as const
export type Language = (typeof languages)[number]

const textsByLanguage: Record<Language, CustomerTexts> = { en, fr, de, es, it, pt, nl, pl, ja, ar }

/** The language of a locale such as `fr-CA` (or `fr_CA`, as phones write it), if frontdesk speaks it with customers. */
export function languageOf(locale: string): Language | undefined {
  const [code] = locale.toLowerCase().split(/[-_]/, 1)
  return languages.find((language) => language === code)
}

/** All texts of a locale's language; English if frontdesk does not speak it. */
export function languageTexts(locale: string): CustomerTexts {
  return textsByLanguage[languageOf(locale) ?? 'en']
}

export function textsFor(locale: string): Texts {
  return languageTexts(locale).texts
}
