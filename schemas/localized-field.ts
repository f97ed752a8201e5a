import { z } from 'zod'
import { zodIssue } from './problem.ts'

/** The most languages of one text. */
const textLanguagesMax = 50

const languageTag = z.string().refine(isLanguageTag, zodIssue('not_a_language'))

/** @param text what each of the texts must be */
export function localized(text: z.ZodType<string>): z.ZodType<string | Record<string, string>> {
  const byLanguage = z
    .record(languageTag, text)
    .refine((texts) => Object.keys(texts).length > 0, zodIssue('empty'))
    .refine(
      (texts) => Object.keys(texts).length <= textLanguagesMax,
      zodIssue('too_many', { max: textLanguagesMax }),
    )
    .meta({ minProperties: 1, maxProperties: textLanguagesMax })
    .describe('A text for each language, by its tag (BCP 47).')
  return z.union([text, byLanguage])
}

function isLanguageTag(tag: string): boolean {
  try {
    return tag.length <= 35 && Intl.getCanonicalLocales(tag.replaceAll('_', '-')).length === 1
  } catch {
    return false
  }
}
