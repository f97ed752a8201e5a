import { expect, test } from 'vitest'
import { checkDocument, kindOf } from '../../engine/core/read-document.ts'
import { lineOf } from '../../schemas/problem.ts'

/** The refused fields, as `field: message`. */
function refusals(change: object): string[] {
  const checked = checkDocument('webhook', {
    id: 'crm',
    url: 'https://crm.example.com/',
    secret: 'crm',
    ...change,
  })
  return checked.ok ? [] : checked.error.problems.map(lineOf)
}

test('a webhook has a URL and the name of a secret, and may have actions and a workspace', () => {
  expect(refusals({})).toEqual([])
  expect(
    refusals({ actions: ['created', 'ended'], workspace: 'main', url: 'http://10.0.0.7:8080/a?b=c' }),
  ).toEqual([])
  const notAUrl = 'url: must be an http or https address without a user and without #'
  for (const url of [
    '',
    'crm.example.com',
    'ftp://a.example',
    'https://a:b@c.example',
    'https://a.example/#b',
  ])
    expect(refusals({ url })).toEqual([notAUrl])
  expect(refusals({ url: `https://a.example/${'x'.repeat(2048)}` })).toEqual([
    'url: must have at most 2048 characters',
  ])
  expect(refusals({ secret: undefined, actions: ['done'], workspace: '', more: 1 })).toEqual([
    'secret: is missing',
    expect.stringMatching(/^actions\.0: must be one of created, /),
    'workspace: must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -',
  ])
  expect(refusals({ actions: [] })).toEqual(['actions: must have at least 1 entry'])
  expect(refusals({ more: 1 })).toEqual(['more: Unrecognized key: "more"'])
})

test('a document with a URL and a secret is a webhook', () => {
  expect(kindOf({ id: 'a', url: 'https://a.example', secret: 'b' })).toEqual({ ok: true, value: 'webhook' })
})
