import { expect, it } from 'vitest'
import { checkDocument } from '../../engine/core/read-document.ts'
import { parsePayload } from '../../schemas/parse-json.ts'
import { parse } from '../../schemas/problem.ts'
import { shortText } from '../../schemas/token.ts'

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

it('a payload is a value, or a text where it is not JSON or is nested too deeply', () => {
  expect(parsePayload('{"a":1}')).toEqual({ payload: { a: 1 } })
  expect(parsePayload('null')).toEqual({ payload: null })
  expect(parsePayload('{oops')).toEqual({ text: '{oops' })
  expect(parsePayload(nested(64))).toHaveProperty('payload')
  for (const deep of [nested(65), nested(100_000)]) expect(parsePayload(deep)).toEqual({ text: deep })
})

it('a document that is nested too deeply is refused before it is read', () => {
  for (const kind of ['channel', 'schedule', 'bot', 'workspace'] as const)
    expect(checkDocument(kind, { id: 'a', other: JSON.parse(nested(100_000)) })).toMatchObject({
      error: { problems: [{ code: 'too_deep', params: { levels: 100_001, max: 64 } }] },
    })
})

it('a text that is too long is not looked at any further', () => {
  let isChecked = false
  const schema = shortText(3).refine(() => {
    isChecked = true
    return true
  })
  expect(parse(schema, 'abcd')).toMatchObject({ error: { problems: [{ code: 'too_long' }] } })
  expect(isChecked).toBe(false)
})
