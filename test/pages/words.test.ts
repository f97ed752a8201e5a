import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { languages } from '../../engine/texts/languages.ts'
import {
  adminWords,
  deskWords,
  numbersWords,
  shellWords,
  widgetWords,
} from '../../workers/pages/base/words.ts'

describe.each(Object.keys(languages))('the words in %s', (language) => {
  it.each(['words', 'words/desk', 'words/admin', 'words/admin/bots', 'words/numbers'])(
    'stand in a file of workers/pages/%s',
    (folder) => {
      expect(existsSync(`workers/pages/${folder}/${language}.ts`)).toBe(true)
    },
  )

  it('are found by a locale of the language, however it is written', () => {
    for (const wordsFor of [widgetWords, deskWords, shellWords, adminWords, numbersWords])
      for (const locale of [`${language}-CA`, `${language}_CA`, language.toUpperCase()])
        expect(wordsFor(locale)).toEqual(wordsFor(language))
  })
})

it('are English for a language that frontdesk does not speak', () => {
  expect(deskWords('xx').title).toBe(deskWords('en').title)
})
