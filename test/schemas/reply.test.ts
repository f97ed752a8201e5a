import { expect, test } from 'vitest'
import { checkDocument, kindOf, readDocument } from '../../engine/core/read-document.ts'
import { lineOf } from '../../schemas/problem.ts'

/** The refused fields, as `field: message`. */
function refusals(change: object): string[] {
  const checked = checkDocument('reply', { id: 'refund', title: 'Refunds', text: 'Hello', ...change })
  return checked.ok ? [] : checked.error.problems.map(lineOf)
}

test('a saved reply has a title and a text, and may have a shortcut and a workspace', () => {
  expect(refusals({})).toEqual([])
  expect(refusals({ shortcut: 'refund', workspace: 'billing', text: 'x'.repeat(4096) })).toEqual([])
  expect(refusals({ text: { en: 'Hello', 'pt-BR': 'Olá' } })).toEqual([])
  expect(refusals({ text: { en: '' } })).toEqual(['text.en: must not be empty'])
  expect(refusals({ text: {} })).toEqual(['text: must not be empty'])
  expect(refusals({ title: ' ', text: '\n' })).toEqual([
    'title: must not be empty',
    'text: must not be empty',
  ])
  expect(
    refusals({ title: 'x'.repeat(256), text: 'x'.repeat(4097), shortcut: 'a b', workspace: '', tags: [] }),
  ).toEqual([
    'title: must have at most 255 characters',
    'text: must have at most 4096 characters',
    'workspace: must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -',
    'shortcut: must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -',
  ])
  expect(refusals({ tags: [] })).toEqual(['tags: Unrecognized key: "tags"'])
  // As another version may have stored it.
  expect(readDocument('reply', '{"id":"a","title":"A","text":"B","more":1}')).toMatchObject({ ok: true })
})

test('a document with a title and a text is a saved reply', () => {
  expect(kindOf({ id: 'a', title: 'A', text: 'B' })).toEqual({ ok: true, value: 'reply' })
  expect(kindOf({ id: 'a' })).toEqual({ ok: true, value: 'channel' })
})
