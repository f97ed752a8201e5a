import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { formattedText, type Inline, linksIn, type MarkupBlock } from '../../engine/texts/markup.ts'

const runs = Number(process.env.FRONTDESK_RUNS ?? 1)

/** The links of a text as `text` or, where they differ, `text → href`. */
function linksOf(text: string): string[] {
  return linksIn(text).flatMap(({ text: shown, href }) => {
    if (href === undefined) return []
    return href === shown ? [shown] : [`${shown} → ${href}`]
  })
}

const mailto = (email: string) => `${email} → mailto:${email}`

describe('a link', () => {
  it.each<[string, string[]]>([
    ['see https://example.com/a?b=1&c=2#d.', ['https://example.com/a?b=1&c=2#d']],
    ['(see http://example.com/x), and', ['http://example.com/x']],
    ['https://en.wikipedia.org/wiki/Anvil_(tool)!', ['https://en.wikipedia.org/wiki/Anvil_(tool)']],
    ['[here](https://example.com/a(b[c])d)', ['https://example.com/a(b[c])d']],
    ['"https://example.com/", <http://b.example>', ['https://example.com/', 'http://b.example']],
    ['HTTPS://EXAMPLE.COM', ['HTTPS://EXAMPLE.COM']],
    ['http://localhost:8080/desk http://[::1]:80/', ['http://localhost:8080/desk', 'http://[::1]:80/']],
    [
      'https://bücher.example/ü, https://例え.jp/パス。次',
      ['https://bücher.example/ü', 'https://例え.jp/パス'],
    ],
    ['اكتب إلى https://مثال.إختبار/صفحة؟', ['https://مثال.إختبار/صفحة']],
    ['*https://example.com/_a_*', ['https://example.com/_a_']],
    ['two\nhttps://a.example\nlines', ['https://a.example']],
    [
      'jose@example.com, o\'brien@example.ie; "a+b@sub.example.co.uk".',
      [mailto('jose@example.com'), mailto("o'brien@example.ie"), mailto('a+b@sub.example.co.uk')],
    ],
    ['+49 (0)30 1234-567', ['+49 (0)30 1234-567 → tel:+49301234567']],
    ['Tel.: 030 1234567, 0171/2345678.', ['030 1234567 → tel:0301234567', '0171/2345678 → tel:01712345678']],
    ['01 23 45 67 89', ['01 23 45 67 89 → tel:0123456789']],
    ['01.23.45.67.89', ['01.23.45.67.89 → tel:0123456789']],
    ['(555) 123-4567', ['(555) 123-4567 → tel:5551234567']],
    ['+1 555 123 4567!', ['+1 555 123 4567 → tel:+15551234567']],
  ])('%s', (text, links) => {
    expect(linksOf(text)).toEqual(links)
  })
})

test.each([
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<b>x</b>',
  'vbscript:x',
  'file:///etc/passwd',
  'ftp://example.com',
  '//example.com',
  'www.example.com',
  'example.com',
  'http://',
  'https://)',
  'http://.',
  'xhttp://example.com',
  '<a href="x">x</a>',
  '&lt;b&gt;',
  '<img src=x onerror=alert(1)>',
  // Reads like the bank's address, and leads elsewhere.
  'https://bank.example@evil.example/',
  'http://user:word@evil',
  'a@b',
  'a@b.c1',
  '@example.com',
  'a@@example.com',
  'a..@',
  'a%0ABcc=b@',
  // Dates, times, numbers of orders, accounts and cards.
  '2026-11-30',
  '01.12.2026',
  '01/12/2026 10:30',
  '01-12-2026 10.30',
  '08.00-12.00 13.00-17.00',
  '10.0.0.1',
  'A-4711',
  '4711',
  '123456789',
  '0.123456789',
  'DE89 3704 0044 0532 0130 00',
  '4111 1111 1111 1111',
  '+1',
  '+12 34',
  '1,030,000,000',
  '3f0123456789',
  '•••••',
])('%s is no link', (text) => {
  expect(linksOf(text)).toEqual([])
})

test('what turns the writing direction, or hides, ends an address', () => {
  expect(linksOf('https://example.com/\u202Emoc.live')).toEqual(['https://example.com/'])
  expect(linksOf('https://example.com/\u0000x')).toEqual(['https://example.com/'])
})

const pieces = fc.constantFrom(
  'http://',
  'https://',
  'a',
  'Ü',
  '.',
  ',',
  '@',
  'example.com',
  '/',
  '(',
  ')',
  '[',
  ']',
  ' ',
  '\n',
  '+49',
  '030',
  '12',
  '34',
  '-',
  '*',
  '**',
  '_',
  '`',
  '```',
  '- ',
  '1. ',
  '<b>',
  '"',
  "'",
  ':',
  'javascript:',
  '日本',
  '🙂',
  '\u202e',
  '?',
  '#',
  '\r\n',
  '\t',
)
const texts = fc.oneof(
  fc.array(pieces, { maxLength: 40 }).map((list) => list.join('')),
  fc.string({ unit: 'binary' }),
)

test('the texts of all parts together are the text, and every address is one of three kinds', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const parts = linksIn(text)
      expect(parts.map((part) => part.text).join('')).toBe(text)
      for (const { text: shown, href } of parts) {
        expect(shown).not.toBe('')
        if (href === undefined) continue
        expect(href).toMatch(/^(https?:\/\/[^\s<>"]+|mailto:[^\s<>"?&%]+@[^\s<>"?&%]+|tel:\+?\d{7,15})$/i)
        expect(href === shown || /^(mailto|tel):/.test(href)).toBe(true)
        expect(shown).not.toMatch(/[.,:;!?]$/)
        if (/^http/i.test(href) && URL.canParse(href)) {
          const { protocol, username, password } = new URL(href)
          expect(protocol).toMatch(/^https?:$/)
          expect(username + password).toBe('')
        }
      }
    }),
    { numRuns: 2_000 * runs },
  )
})

describe('a company’s text', () => {
  it('has lists, code, strong and emphasised parts, and links in them', () => {
    const text =
      'Hello **José**, *do* `npm i` _now_:\n\n1. one **b _i_ https://a.example**\n3) two\n\n- x\n* y\nend'
    expect(formattedText(text)).toEqual<MarkupBlock[]>([
      {
        inline: [
          { text: 'Hello ' },
          { strong: [{ text: 'José' }] },
          { text: ', ' },
          { emphasis: [{ text: 'do' }] },
          { text: ' ' },
          { code: 'npm i' },
          { text: ' ' },
          { emphasis: [{ text: 'now' }] },
          { text: ':\n' },
        ],
      },
      {
        items: [
          {
            number: 1,
            inline: [
              { text: 'one ' },
              {
                strong: [
                  { text: 'b ' },
                  { emphasis: [{ text: 'i' }] },
                  { text: ' ' },
                  { text: 'https://a.example', href: 'https://a.example' },
                ],
              },
            ],
          },
          { number: 3, inline: [{ text: 'two' }] },
        ],
      },
      { items: [{ inline: [{ text: 'x' }] }, { inline: [{ text: 'y' }] }] },
      { inline: [{ text: 'end' }] },
    ])
  })

  it('has blocks of code as they are', () => {
    expect(formattedText('so:\n```js\nif (a) *b*\n\n- c\n```\nand `*x*`')).toEqual([
      { inline: [{ text: 'so:' }] },
      { code: 'if (a) *b*\n\n- c' },
      { inline: [{ text: 'and ' }, { code: '*x*' }] },
    ])
  })

  it.each([
    '2*3*4',
    '2 * 3 * 4',
    '2**3**4',
    'snake_case_name',
    '* ',
    '-',
    '-1',
    '1.5',
    '12:30',
    '**',
    '****',
    '**a',
    '*a\nb*',
    '_ a _',
    '`',
    '``',
    '```\nopen',
    '<b>x</b>',
    '# x',
    '> x',
    '[a](b)',
    '![a](b)',
    '\\*a',
    '&amp;',
    '~~x~~',
    'a\n\nb',
  ])('leaves %j alone', (text) => {
    expect(formattedText(text)).toEqual([{ inline: [{ text }] }])
  })

  it('has all that was written but the marks, in its order', () => {
    const plainOf = (parts: Inline[]): string =>
      parts
        .map((part) => {
          if ('code' in part) return part.code
          if ('strong' in part) return plainOf(part.strong)
          return 'emphasis' in part ? plainOf(part.emphasis) : part.text
        })
        .join('')
    // The whole line of a fence is a mark.
    const withoutFences = texts.map((text) => text.replaceAll('```', ''))
    const written = (text: string) => text.replace(/[\s*_`•)\d.-]/g, '')
    fc.assert(
      fc.property(withoutFences, (text) => {
        const shown = formattedText(text).map((block) => {
          if ('inline' in block) return plainOf(block.inline)
          return 'code' in block ? block.code : block.items.map(({ inline }) => plainOf(inline)).join('\n')
        })
        expect(written(shown.join('\n'))).toBe(written(text))
      }),
      { numRuns: 1_000 * runs },
    )
  })
})

/** Texts that a backtracking regular expression looks through again and again. */
const adversaries: [string, (length: number) => string][] = [
  'http://',
  'http://a',
  'http://x@',
  'a@',
  'a.',
  'a@a.',
  "a'",
  '(',
  ')',
  '[(',
  '+1 ',
  '0',
  '0 (',
  '030 1',
  '(0',
  '*a',
  '**a ',
  '**a*',
  '_a ',
  '`',
  '`a',
  '```\n',
  '- a\n',
  '1. ',
  '\n',
  'a',
  '555 123 ',
  '01.',
  '\u202e',
  '🙂',
  '. ',
  '.,',
].map((piece) => [JSON.stringify(piece), (length) => piece.repeat(length).slice(0, length)])

test.each([
  ...adversaries,
  ['an address and brackets', (length: number) => `http://a${')'.repeat(length)}`],
  ['an address and dots', (length: number) => `http://a${'.,'.repeat(length / 2)}`],
  ['a host without an end', (length: number) => `a@${'a.'.repeat(length / 2)}1`],
  ['a label without an end', (length: number) => `a@${'a'.repeat(length)}`],
] as [string, (length: number) => string][])('the time for 4,096 characters of %s is linear', (_, text) => {
  linksIn(text(4_096))
  formattedText(text(4_096))
  // 16 times as many, since quadratic time is then seconds even on the fastest machine, and linear time some 50 ms.
  const long = text(65_536)
  let best = Number.POSITIVE_INFINITY
  for (let n = 0; n < 3 && best > 1_000; n++) {
    const from = performance.now()
    linksIn(long)
    formattedText(long)
    best = performance.now() - from
  }
  expect(best).toBeLessThan(1_000)
})
