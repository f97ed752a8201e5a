import { expect, test } from 'vitest'
import { searchQuery } from '../../workers/pages/desk/search/search-query.ts'

const queryOf = (typed: string) => {
  const query = searchQuery(typed, 'main')
  return query && Object.fromEntries(query)
}
const midnight = (day: number) => new Date(2026, 10, day).toISOString()

test.each<[string, Record<string, string> | null]>([
  ['', null],
  ['  tag: ', null],
  ['broken lamp', { text: 'broken lamp' }],
  ['tag:refund agent:"Ann Lee" José', { tag: 'refund', agent: 'Ann Lee', text: 'José' }],
  ['customer:jose@example.com', { customer: 'jose@example.com' }],
  ['CHANNEL:web "not a phrase', { channel: 'web', text: 'not a phrase' }],
  ['order:4711 https://a.b/c', { text: 'order:4711 https://a.b/c' }],
  ['from:2026-11-01 to:2026-11-30', { from: midnight(1), to: midnight(31) }],
  ['from:2026-11 from:soon', null],
])('%j is asked as %j', (typed, expected) => {
  expect(queryOf(typed)).toEqual(expected && { workspace: 'main', ...expected })
})
