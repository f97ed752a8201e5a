import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { transcriptAsMarkdown } from '../../workers/cli/conversations/format-transcript.ts'
import { readInstant } from '../../workers/cli/documents/read-instant.ts'
import { jsonText, yamlText } from '../../workers/cli/shell/json.ts'
import { explainError } from '../../workers/cli/shell/report.ts'
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

describe('JSON and YAML in a terminal', () => {
  const acting = [
    ...Array.from({ length: 33 }, (_, n) => String.fromCharCode(0x7f + n)),
    ...'\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069',
    '\u{e0041}',
  ]
  const value = {
    [`a${acting.join('')}`]: acting.map((character) => `x${character}y`),
    'José 👩‍👩‍👧': 'a\n b: "c"',
  }

  it('have no character that it would act on, and are the same value', async () => {
    const yaml = await yamlText(value)
    for (const text of [jsonText(value), jsonText(value, 2), yaml])
      expect(acting.filter((character) => text.includes(character))).toEqual([])
    expect(JSON.parse(jsonText(value))).toEqual(value)
    expect(parse(yaml)).toEqual(value)
    expect(jsonText({ a: 'José 👩‍👩‍👧' })).toBe('{"a":"José 👩‍👩‍👧"}')
    expect(await yamlText({ a: 'José 👩‍👩‍👧', b: [1, true] })).toBe('a: José 👩‍👩‍👧\nb:\n  - 1\n  - true\n')
  })
})

describe('a transcript in Markdown', () => {
  const said = (text: string, name = 'Ann') =>
    transcriptAsMarkdown('c', [
      { id: 'm', at: '2026-06-05T15:00:00Z', type: 'text', author: { type: 'agent', id: 'ann', name }, text },
    ])

  it.each([
    ['see https://example.com/a_b.', '> see `https://example.com/a_b.`'],
    ['WWW.example.com', '> `WWW.example.com`'],
    ['mail bob@example.com', '> mail `bob@example.com`'],
    ['a`b@c``d', '> ``` a`b@c``d ```'],
    ['a\n\n    code', '> a  \n>   \n> code'],
    ['\tcode', '> code'],
    ['1. one', '> 1\\. one'],
    ['   - item', '> \\- item'],
    ['[a](b) <i>', '> \\[a\\](b) \\<i\\>'],
  ])('has no link and no code of its author’s: %j', (text, line) => {
    expect(said(text)).toContain(`\n${line}\n`)
  })

  it('has no link in a name', () => {
    expect(said('Hi', 'www.example.com')).toContain('**`www.example.com`** · ')
  })

  it('takes as long as its text, whatever that is', () => {
    for (const text of [' '.repeat(400_000), '\n'.repeat(400_000), `${' '.repeat(400_000)}x`]) {
      expect(plainLine(`a${text}b`).length).toBeLessThanOrEqual(text.length + 2)
      expect(said(text)).toContain('**Ann**')
    }
  })
})

describe('an error in one line', () => {
  it('says what a role’s URL cannot do, and has nothing that a terminal would act on', () => {
    const missing = Object.assign(new Error('JetStream not enabled'), { name: 'JetStreamNotEnabled' })
    expect(explainError(missing)).toMatch(/NATS_URL must name the user frontdesk, not a role/)
    expect(explainError(new Error('a\u009b31m \r\n b\u202e'))).toBe('a\\x9b31m | b\\u202e')
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
