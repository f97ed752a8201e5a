import { describe, expect, it } from 'vitest'
import {
  languagesOf,
  textOf,
  withLanguage,
  withoutLanguage,
  withText,
} from '../../workers/pages/admin/channels/texts/text-languages.ts'

describe('a text of a channel, as the administration edits it', () => {
  it('is one for all until a language is added, and keeps what it was', () => {
    expect(languagesOf('Hi')).toEqual([])
    expect(withText('Hi', undefined, 'Hello')).toBe('Hello')
    expect(withText('Hi', undefined, undefined)).toBeUndefined()
    const both = withLanguage('Hi', 'en', 'fr')
    expect(both).toEqual({ en: 'Hi', fr: '' })
    expect(withText(both, 'fr', 'Salut')).toEqual({ en: 'Hi', fr: 'Salut' })
    expect(textOf(both, 'en')).toBe('Hi')
  })

  it('is one for all again once one language is left', () => {
    expect(withoutLanguage({ en: 'Hi', fr: 'Salut', de: 'Hallo' }, 'en')).toEqual({
      fr: 'Salut',
      de: 'Hallo',
    })
    expect(withoutLanguage({ en: 'Hi', fr: 'Salut' }, 'fr')).toBe('Hi')
    expect(withoutLanguage({ en: '', fr: 'Salut' }, 'fr')).toBeUndefined()
  })
})
