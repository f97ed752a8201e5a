import * as en from './staff/en.ts'
import * as fr from './staff/fr.ts'
import type { StaffTexts } from './staff/staff-texts.ts'

/** The languages of the pages for agents and administrators, by code (BCP 47). Each is one of the customers', too. */
const staffTextsByLanguage = { en, fr } satisfies Record<string, StaffTexts>
export type StaffLanguage = keyof typeof staffTextsByLanguage
export const staffLanguages = Object.keys(staffTextsByLanguage) as StaffLanguage[]

/** The staff pages' language for a locale such as `fr-CA`; English if they do not speak it. */
export function staffLanguageOf(locale: string): StaffLanguage {
  const [code = ''] = locale.toLowerCase().split(/[-_]/, 1)
  return staffLanguages.find((language) => language === code) ?? 'en'
}

export function staffTexts(locale: string): StaffTexts {
  return staffTextsByLanguage[staffLanguageOf(locale)]
}
