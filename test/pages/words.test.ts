import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { languages } from '../../engine/texts/languages.ts'
import { staffLanguages } from '../../engine/texts/staff-languages.ts'
import { adminWords, deskWords, numbersWords, shellWords } from '../../workers/pages/base/words.ts'
import { widget as first, more } from '../../workers/pages/words/widget/en.ts'

describe.each(staffLanguages)('the words of the staff pages in %s', (language) => {
  it.each([
    'words',
    'words/desk',
    'words/admin',
    'words/admin/bots',
    'words/admin/calendars',
    'words/admin/look',
    'words/admin/people',
    'words/admin/reminders',
    'words/admin/replies',
    'words/admin/webhooks',
    'words/numbers',
  ])('stand in a file of workers/pages/%s', (folder) => {
    expect(existsSync(`workers/pages/${folder}/${language}.ts`)).toBe(true)
  })

  it('are found by a locale of the language, however it is written', () => {
    for (const wordsFor of [deskWords, shellWords, adminWords, numbersWords])
      for (const locale of [`${language}-CA`, `${language}_CA`, language.toUpperCase()])
        expect(wordsFor(locale)).toEqual(wordsFor(language))
  })
})

it('are English for a language that the staff pages do not speak', () => {
  expect(deskWords('de').title).toBe(deskWords('en').title)
})

const folder = 'workers/pages/words/widget'
/** The words of both scripts of the widget. */
const english = { ...first, ...more }

it('the widget has its words in each language of customers, and in no other', () => {
  expect(readdirSync(folder).sort()).toEqual(languages.map((language) => `${language}.ts`).sort())
})

/** Words that are the same in English. */
const alike: Record<string, string[]> = { fr: ['Conversation', 'Agent'] }

describe.each(languages)('the words of the widget in %s', async (language) => {
  const file = await import(`../../workers/pages/words/widget/${language}.ts`)
  const widget: typeof english = { ...file.widget, ...file.more }
  const textsOf = ({ fieldErrors: _, language: __, ...words }: typeof english) => Object.entries(words)

  it('are complete, and none is empty or English', () => {
    expect(Object.keys(widget).sort()).toEqual(Object.keys(english).sort())
    expect(widget.language).toBe(language)
    for (const [name, text] of textsOf(widget)) {
      const forms: string[] = typeof text === 'string' ? [text] : Object.values(text)
      for (const form of forms) expect(form, name).toMatch(/\S/)
      if (language !== 'en' && !alike[language]?.includes(forms[0] as string))
        expect(text, name).not.toEqual(english[name as keyof typeof english])
    }
  })

  it('have the same places to fill in as in English', () => {
    const places = (text: string) => text.match(/\{\{\w+\}\}/g) ?? []
    for (const [name, text] of textsOf(widget))
      if (typeof text === 'string')
        expect(places(text), name).toEqual(places(english[name as keyof typeof english] as string))
  })

  it('have a text for each plural form of whole numbers', () => {
    const rules = new Intl.PluralRules(language)
    const used = new Set(Array.from({ length: 1_000 }, (_, count) => rules.select(count)))
    expect(Object.keys(widget.unread)).toEqual(expect.arrayContaining([...used, 'other']))
    expect(widget.unread.other).toContain('{{count}}')
  })

  it('have the short label of a button in its name', () => {
    expect(widget.end.toLowerCase()).toContain(widget.endShort.toLowerCase())
  })
})
