import { describe, expect, it } from 'vitest'
import { readInstant } from '../../workers/cli/documents/read-instant.ts'
import { cutText, plainLine, plainText, visibleText } from '../../workers/cli/shell/text.ts'
import { FormFilling } from '../../workers/cli/talk/form-filling.ts'

describe('a text of somebody else’s in a terminal', () => {
  it.each([
    ['\u001b[2J\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007text', 'text'],
    ['\u009b31mred', 'red'],
    ['a\rb\r\nc\u2028d', 'a\nb\nc\nd'],
    ['bell\u0007 null\u0000 del\u007f', 'bell null del'],
    ['\u202eexe.txt\u202c', 'exe.txt'],
    ['tab\there', 'tab  here'],
    ['José 👩‍👩‍👧 مرحبا', 'José 👩‍👩‍👧 مرحبا'],
  ])('%j is %j', (text, plain) => {
    expect(plainText(text)).toBe(plain)
  })

  it('can be put in one line, or be escaped', () => {
    expect(plainLine(' a \r\n b\n\nc ')).toBe('a b c')
    expect(visibleText('a\u001b[31m\u202e\n')).toBe('a\\x1b[31m\\u202e\n')
  })
})

describe('a text that is cut', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 2, '👩‍👩‍👧…'],
    ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
    ['a bcd', 3, 'a…'],
    ['', 3, ''],
  ])('%s to %i is %s', (text, max, cut) => {
    expect(cutText(text, max)).toBe(cut)
  })
})

describe('an instant', () => {
  it.each([
    ['2026-06-05T15:00Z', '2026-06-05T15:00:00.000Z'],
    ['2026-06-05 17:00:00.25+02:00', '2026-06-05T15:00:00.250Z'],
    ['2026-06-05T10:30:59.9999-0430', '2026-06-05T15:00:59.999Z'],
    ['2026-06-05T20:00+05', '2026-06-05T15:00:00.000Z'],
    ['2026-12-31T24:00Z', '2027-01-01T00:00:00.000Z'],
    ['2028-02-29T00:00Z', '2028-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(new Date(readInstant(text)).toISOString()).toBe(iso)
  })

  it.each([
    '2026-06-05',
    '2026-06-05T15:00',
    '2026-02-29T00:00Z',
    '2026-13-01T00:00Z',
    '2026-06-05T24:01Z',
    '2026-06-05T15:60Z',
    '2026-06-05T15:00+25:00',
    '1780671600000',
    '',
  ])('%j is refused', (text) => {
    expect(() => readInstant(text)).toThrow(RangeError)
  })
})

describe('a form that is filled', () => {
  it('accepts an option or its number, and asks only refused fields again', () => {
    const form = new FormFilling([
      { id: 'email', label: 'Email', type: 'email', required: true },
      { id: 'product', label: 'Product', type: 'select', required: true, options: ['Anvil', '7'] },
    ])
    expect(form.answer('  ')).toMatchObject({ ok: false, error: { code: 'required' } })
    expect(form.answer('x')).toEqual({ ok: true, value: 'x' })
    expect(form.answer('3')).toMatchObject({ ok: false, error: { code: 'option_unknown' } })
    // An option that is a number is that option.
    expect(form.answer('7')).toEqual({ ok: true, value: '7' })
    expect(form.field).toBeUndefined()
    expect(form.answers).toEqual({ email: 'x', product: '7' })
    form.askAgain(['email'])
    expect(form.field?.id).toBe('email')
    form.answer('x@example.com')
    expect(form.field).toBeUndefined()
    expect(form.answers).toEqual({ email: 'x@example.com', product: '7' })
  })
})
