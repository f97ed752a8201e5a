import { describe, expect, it } from 'vitest'
import { parseYaml } from '../../workers/import/parse-yaml.ts'

const codesOf = (text: string) => parseYaml(text).problems.map(({ code }) => code)
const valuesOf = (text: string) => parseYaml(text).documents.map(({ value }) => value)
const flow = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const block = (levels: number) => `${'- '.repeat(levels)}x`

describe('a text that was written to do harm', () => {
  // Each of them stopped the process for seconds, or ended it.
  it.each([
    ['lists in lists', '- '.repeat(2_000)],
    ['lists in lists, 128 KB', '- '.repeat(64_000)],
    ['keys that are lists', `${'? - '.repeat(180)}x`],
    ['keys that are keys', '? '.repeat(300)],
    ['brackets', '['.repeat(20_000)],
    ['braces', '{a: '.repeat(20_000)],
    ['brackets and keys', '[? '.repeat(5_000)],
    ['objects by indentation', Array.from({ length: 300 }, (_, n) => `${' '.repeat(n)}a:`).join('\n')],
    ['the second document', `a: 1\n---\n${'- '.repeat(2_000)}`],
  ])('is refused before anything recurses: %s', (_, text) => {
    expect(parseYaml(text)).toMatchObject({
      documents: [],
      problems: [{ code: 'yaml_too_deep', params: { max: 64 } }],
    })
  })

  it.each([
    ['a list', '? - x\n: 1\n'],
    ['an object', '? {a: 1}\n: 1\n'],
    ['a list of lists, not too deep', `${'? - '.repeat(20)}x`],
    ['a list between brackets', '{[a]: 1}'],
    ['an alias of a list', 'a: &a [x]\n*a : 1\n'],
  ])('has no key that is %s', (_, text) => {
    expect(codesOf(text)).toContain('yaml_complex_key')
  })

  it.each(['id: &a [*a]', 'a: &a {b: [{c: *a}]}'])('has no value without end: %s', (text) => {
    expect(codesOf(text)).toEqual(['yaml_unknown_alias'])
  })

  it('is nested no deeper by its aliases', () => {
    const chain = Array.from({ length: 6 }, (_, n) => {
      const inner = n === 0 ? 'x' : `*a${n - 1}`
      return `k${n}: &a${n} ${'['.repeat(50)}${inner}${']'.repeat(50)}`
    })
    expect(codesOf(chain.join('\n'))).toEqual(['yaml_too_deep'])
  })
})

describe('a text with many levels', () => {
  it.each([
    ['brackets', flow],
    ['hyphens', block],
  ])('is read up to 64 levels: %s', (_, nested) => {
    expect(codesOf(nested(64))).toEqual([])
    expect(valuesOf(nested(64))).toHaveLength(1)
    expect(codesOf(nested(70))).toEqual(['yaml_too_deep'])
  })

  it('may have any number of brackets and hyphens in its texts', () => {
    const text = `a: "${'['.repeat(500)}"\nb: |\n  ${'- '.repeat(500)}\nc: '${'? : '.repeat(500)}'\n# ${'{'.repeat(500)}\n`
    expect(codesOf(text)).toEqual([])
    expect(valuesOf(text)).toMatchObject([{ a: '['.repeat(500) }])
  })

  it('may be wide', () => {
    const wide = Array.from({ length: 500 }, (_, n) => `- {a: ${n}, b: [1, 2, {c: d}]}`).join('\n')
    expect(codesOf(wide)).toEqual([])
  })
})

it('has the place of each problem', () => {
  const { problems, lines } = parseYaml('a: 1\na: 2\nb: *c\n')
  expect(problems.map(({ code, offset }) => [code, lines.linePos(offset)])).toEqual([
    ['yaml_duplicate_key', { line: 2, col: 1 }],
    ['yaml_unknown_alias', { line: 3, col: 4 }],
  ])
})
