import { describe, expect, it, test } from 'vitest'
import type { SavedReply } from '../../schemas/protocol/desk.ts'
import { filledReply, matchingReplies, queryAt } from '../../workers/pages/desk/replies/matching.ts'

describe('a slash at the start of a word', () => {
  it.each([
    ['/', 1, { from: 0, query: '' }],
    ['/ref', 4, { from: 0, query: 'ref' }],
    ['Hello /ref', 10, { from: 6, query: 'ref' }],
    ['Hello\n/where is', 15, { from: 6, query: 'where is' }],
    ['/ref more', 4, { from: 0, query: 'ref' }],
    ['and/or', 6, undefined],
    ['https://a.example/ref', 21, undefined],
    ['/ ', 2, undefined],
    ['/a/b', 4, undefined],
    ['/ref\n', 5, undefined],
    [`/${'a'.repeat(41)}`, 42, undefined],
    ['', 0, undefined],
  ])('%j', (text, caret, query) => {
    expect(queryAt(text, caret)).toEqual(query)
  })
})

const replies: SavedReply[] = [
  { id: 'a', title: 'Anvils: how to send one back', text: 'Put it in a box.' },
  { id: 'b', title: 'Refunds', text: 'You have it in 5 days.', shortcut: 'money' },
  { id: 'c', title: 'The refund of an anvil', text: 'It takes a day longer.' },
  { id: 'd', title: 'Réception', text: 'Bonjour', shortcut: 'refund' },
  { id: 'e', title: 'Days', text: 'A refund takes days.' },
]
const found = (query: string) => matchingReplies(replies, query).map(({ id }) => id)

test('replies are found by shortcut, by title, then by text', () => {
  expect(found('')).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(found('refund')).toEqual(['d', 'b', 'c', 'e'])
  expect(found('mon')).toEqual(['b'])
  expect(found('recep')).toEqual(['d'])
  expect(found('box')).toEqual(['a'])
  expect(found('Send one')).toEqual(['a'])
  expect(found('nothing')).toEqual([])
})

test('placeholders are filled in, and leave no gap where nothing is known', () => {
  const reply = { id: 'x', title: 'x', text: 'Hello {{customer.name}}, I am {{agent.name}}.' }
  const customer = { name: 'José', email: null, externalId: null, verified: false }
  expect(filledReply(reply, { customer, channel: 'web', locale: 'en' }, 'Ann')).toBe('Hello José, I am Ann.')
  expect(
    filledReply(reply, { customer: { ...customer, name: null }, channel: 'web', locale: 'en' }, 'Ann'),
  ).toBe('Hello, I am Ann.')
  expect(
    filledReply(
      reply,
      { customer: { ...customer, name: '{{agent.name}}' }, channel: 'web', locale: 'en' },
      'Ann',
    ),
  ).toBe('Hello {{agent.name}}, I am Ann.')
})

test('a reply in several languages is found in each, and inserted in that of the conversation', () => {
  const reply = { id: 'x', title: 'x', text: 'Hello', texts: { en: 'Hello', fr: 'Bonjour' } }
  const customer = { name: null, email: null, externalId: null, verified: false }
  const inserted = (locale: string) => filledReply(reply, { customer, channel: 'web', locale }, 'Ann')
  expect(['fr-CA', 'en', 'pl', ''].map(inserted)).toEqual(['Bonjour', 'Hello', 'Hello', 'Hello'])
  expect(matchingReplies([reply], 'bonj')).toEqual([reply])
})
