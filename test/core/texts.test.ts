import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rejectionMessages } from '../../engine/core/refused-value.ts'
import { fill } from '../../engine/texts/fill.ts'
import { languageOf, languages, languageTexts } from '../../engine/texts/languages.ts'
import { staffLanguages, staffTexts } from '../../engine/texts/staff-languages.ts'
import { trim } from '../../engine/texts/trim.ts'
import { rejectionCodes } from '../../schemas/conversation/record.ts'

describe('a template', () => {
  it.each([
    ['Thanks {{customer.name}}, soon.', 'Thanks José, soon.'],
    ['{{customer.name}}, thanks!', 'José, thanks!'],
    ['Thanks, {{ customer.name }}!', 'Thanks, José!'],
    ['{{customer.name}}{{customer.name}}', 'JoséJosé'],
    ['Merci {{customer.name}} !', 'Merci José !'],
    ['{{{customer.name}}}', '{José}'],
    ['no placeholder', 'no placeholder'],
    ['{{ }} {{}} { {customer.name}}', '{{ }} {{}} { {customer.name}}'],
  ])('%j becomes %j', (template, filled) => {
    expect(fill(template, { 'customer.name': 'José' })).toBe(filled)
  })

  it.each([
    ['Thanks {{customer.name}}, soon.', 'Thanks, soon.'],
    ['Thanks, {{customer.name}}!', 'Thanks!'],
    ['{{customer.name}}, thanks!', 'thanks!'],
    ['  {{customer.name}} thanks!', 'thanks!'],
    ['Hello {{customer.name}}!', 'Hello!'],
    ['Merci {{customer.name}} !', 'Merci !'],
    ['Hello, {{customer.name}}, welcome', 'Hello, welcome'],
    ['Hi {{customer.name}} {{customer.email}}.', 'Hi.'],
    ['{{customer.name}}', ''],
  ])('without the name %j becomes %j', (template, filled) => {
    for (const name of [null, undefined, ''])
      expect(fill(template, { 'customer.name': name, 'customer.email': null })).toBe(filled)
    expect(fill(template, {})).toBe(filled)
  })

  it('is filled in one pass: what is filled in is never looked at again', () => {
    const values = { 'customer.name': '{{customer.email}} $& $1 <b>', 'customer.email': 'secret' }
    expect(fill('Hi {{customer.name}}!', values)).toBe('Hi {{customer.email}} $& $1 <b>!')
  })

  it('never reads what an object has of itself', () => {
    expect(fill('a {{constructor}} b {{toString}} c {{__proto__}} d', {})).toBe('a b c d')
  })

  it('white space is looked through once, however much it is', () => {
    const text = `x${' '.repeat(1_000_000)}{{x`
    expect(fill(text, {})).toBe(text)
  })

  it('whatever the value is, it stands in the text as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
        expect(fill('<{{customer.name}}>', { 'customer.name': value })).toBe(`<${value}>`)
      }),
    )
  })
})

/** Every text of a language, by its place: `channelTexts.firstMessage.during`. */
function textsIn(language: string): Map<string, string> {
  const texts = new Map<string, string>()
  const read = (value: unknown, path: string) => {
    if (typeof value === 'string') texts.set(path, value)
    else
      for (const [key, below] of Object.entries(value as object)) read(below, path ? `${path}.${key}` : key)
  }
  read(languageTexts(language), '')
  return texts
}

describe.each(languages)('the texts in %s', (language) => {
  it('are complete, and none is empty', () => {
    const texts = textsIn(language)
    expect([...texts.keys()].sort()).toEqual([...textsIn('en').keys()].sort())
    for (const text of texts.values()) expect(text).toMatch(/\S/)
  })

  it('have the same placeholders as in English', () => {
    const placeholders = (text = '') => text.match(/\{\{[^}]*\}\}/g) ?? []
    const english = textsIn('en')
    // No Japanese sentence reads well both with a name and without.
    for (const [path, text] of textsIn(language))
      if (language === 'ja' && path.startsWith('channelTexts.followUpMessage'))
        expect(placeholders(text)).toEqual([])
      else expect(placeholders(text), path).toEqual(placeholders(english.get(path)))
  })

  it('are not left in English', () => {
    const alike: Record<string, string[]> = { de: ['Name'], es: ['No'], it: ['No'] }
    const english = textsIn('en')
    for (const [path, text] of textsIn(language))
      if (language !== 'en' && !alike[language]?.includes(text))
        expect(text, path).not.toBe(english.get(path))
  })
})

describe('the staff texts', () => {
  it('are there for languages of customers, for every refusal', () => {
    for (const language of staffLanguages) {
      expect(languages).toContain(language)
      expect(Object.keys(staffTexts(language).refusals).sort()).toEqual([...rejectionCodes].sort())
    }
    expect(staffTexts('de')).toBe(staffTexts('en'))
  })
})

describe('a language', () => {
  it('is English where frontdesk does not speak it', () => {
    expect(languageTexts('sv')).toBe(languageTexts('en'))
    expect(languageTexts('constructor')).toBe(languageTexts('en'))
  })

  it.each([
    ['fr-CA', 'fr'],
    ['fr_CA', 'fr'],
    ['FR', 'fr'],
    ['pt-BR', 'pt'],
    ['zh', undefined],
    ['frr', undefined],
    ['toString', undefined],
    ['', undefined],
  ])('of %j is %s', (locale, language) => {
    expect(languageOf(locale)).toBe(language)
  })
})

describe('a refusal', () => {
  it('has a message for developers, whatever its code', () => {
    expect(Object.keys(rejectionMessages).sort()).toEqual([...rejectionCodes].sort())
  })
})

describe('trim', () => {
  it.each([
    ['  a b  ', 'a b'],
    ['\u200B\uFEFF\u2060a\u200C\u200D', 'a'],
    ['\u200Ea\u202C', 'a'],
    ['\u00A0a\u3000\r\n', 'a'],
    ['a\u200Bb', 'a\u200Bb'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
    ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['\u200B \u200B', ''],
    ['', ''],
  ])('%j becomes %j', (text, trimmed) => {
    expect(trim(text)).toBe(trimmed)
  })
})
