import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fill, isTranslated, rejectionMessages, textsFor } from '../../engine/texts/texts.ts'
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

describe('texts', () => {
  it('each language has them all', () => {
    const [english, french] = [textsFor('en'), textsFor('fr')]
    expect(Object.keys(french)).toEqual(Object.keys(english))
    for (const texts of [english, french]) for (const text of Object.values(texts)) expect(text).toMatch(/\S/)
  })

  it('each language uses the same placeholders', () => {
    const placeholders = (text: string) => text.match(/\{\{[^}]*\}\}/g) ?? []
    const french = textsFor('fr')
    for (const [key, text] of Object.entries(textsFor('en')))
      expect(placeholders(french[key as keyof typeof french]), key).toEqual(placeholders(text))
  })

  it('a language that there is none of is English', () => {
    expect(textsFor('de')).toBe(textsFor('en'))
    expect(textsFor('constructor')).toBe(textsFor('en'))
    expect([isTranslated('fr-CA'), isTranslated('de'), isTranslated('toString')]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('every refusal has a message', () => {
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
