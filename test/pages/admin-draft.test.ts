import { describe, expect, it } from 'vitest'
import { problemAt } from '../../schemas/problem.ts'
import { durationOf, readDuration } from '../../workers/pages/admin/channels/duration.ts'
import {
  change,
  type Draft,
  differences,
  follow,
  isChanged,
  settle,
  valueAt,
} from '../../workers/pages/admin/draft.ts'
import { linkTo, readRoute } from '../../workers/pages/admin/route.ts'

interface Thing {
  id: string
  name?: string
  duringHours?: { firstMessage?: string; customerDetails?: unknown[] }
}

const stored = (revision: number, document: Thing) => ({ revision, document })
const editing = (document: Thing = { id: 'web' }): Draft<Thing> => ({
  base: stored(5, document),
  document,
  problems: [],
})

describe('a draft', () => {
  it('is changed by a field, and no longer when the field is as before', () => {
    const typed = change(editing(), ['duringHours', 'firstMessage'], 'Hi')
    expect(typed.document).toEqual({ id: 'web', duringHours: { firstMessage: 'Hi' } })
    expect(isChanged(typed)).toBe(true)
    const undone = change(typed, ['duringHours', 'firstMessage'], undefined)
    expect(undone.document).toEqual({ id: 'web' })
    expect(isChanged(undone)).toBe(false)
  })

  it('of what is not stored yet is always a change', () => {
    expect(isChanged({ base: null, document: { id: 'web' }, problems: [] })).toBe(true)
  })

  it('changes an entry of a list where it stands', () => {
    const document = { id: 'web', duringHours: { customerDetails: ['name', { id: 'order', label: '' }] } }
    const changed = change(editing(document), ['duringHours', 'customerDetails', 1, 'label'], 'Order')
    expect(valueAt(changed.document, ['duringHours', 'customerDetails'])).toEqual([
      'name',
      { id: 'order', label: 'Order' },
    ])
  })

  it('forgets what was wrong with a field that is changed', () => {
    const wrong = problemAt(['duringHours', 'firstMessage'], 'too_long', { max: 4096 })
    const other = problemAt(['name'], 'too_long', { max: 255 })
    const draft = { ...editing(), problems: [wrong, other] }
    expect(change(draft, ['duringHours', 'firstMessage'], 'Hi').problems).toEqual([other])
  })

  it('without changes follows what others save', () => {
    const next = follow(editing(), stored(6, { id: 'web', name: 'Acme' }))
    expect(next.document.name).toBe('Acme')
    expect(isChanged(next)).toBe(false)
  })

  it('with changes keeps them, and knows what others have saved', () => {
    const mine = change(editing(), ['name'], 'Mine')
    const next = follow(mine, stored(6, { id: 'web', name: 'Theirs' }))
    expect(next.document.name).toBe('Mine')
    expect(next.theirs).toEqual(stored(6, { id: 'web', name: 'Theirs' }))

    expect(settle(next, 'theirs')).toEqual({
      base: stored(6, { id: 'web', name: 'Theirs' }),
      document: { id: 'web', name: 'Theirs' },
      problems: [],
    })
    const overwriting = settle(next, 'mine')
    expect(overwriting.document.name).toBe('Mine')
    expect(overwriting.base?.revision).toBe(6)
    expect(isChanged(overwriting)).toBe(true)
  })

  it('is not disturbed where the other has saved the same', () => {
    const mine = change(editing(), ['name'], 'Acme')
    const next = follow(mine, stored(6, { id: 'web', name: 'Acme' }))
    expect(next.theirs).toBeUndefined()
    expect(isChanged(next)).toBe(false)
  })

  it('is not thrown back by a list that is older than its own save', () => {
    const saved = {
      ...editing(),
      base: stored(7, { id: 'web', name: 'New' }),
      document: { id: 'web', name: 'New' },
    }
    expect(follow(saved, stored(5, { id: 'web' }))).toEqual(saved)
  })

  it('knows that what it edits was deleted, and may be saved as a new one', () => {
    const gone = follow(editing(), null)
    expect(gone.theirs).toBeNull()
    expect(settle(gone, 'mine').base).toBeNull()
  })
})

describe('what differs', () => {
  it('is named field by field; a list is one field', () => {
    expect(
      differences(
        { id: 'web', name: 'A', duringHours: { firstMessage: 'Hi', customerDetails: ['name'] } },
        {
          id: 'web',
          duringHours: { firstMessage: 'Hi', customerDetails: ['email'] },
          timeouts: { unanswered: null },
        },
      ),
    ).toEqual([
      { path: ['name'], mine: 'A', theirs: undefined },
      { path: ['duringHours', 'customerDetails'], mine: ['name'], theirs: ['email'] },
      { path: ['timeouts', 'unanswered'], mine: undefined, theirs: null },
    ])
  })

  it('is not the order of fields', () => {
    expect(differences({ a: 1, b: { c: 1, d: undefined } }, { b: { c: 1 }, a: 1 })).toEqual([])
  })
})

describe('a duration', () => {
  it.each([
    ['PT2M', 2, 'minutes'],
    ['PT90S', 90, 'seconds'],
    ['PT120S', 2, 'minutes'],
    ['PT1H30M', 90, 'minutes'],
    ['P1D', 1, 'days'],
    ['P1W', 7, 'days'],
    ['P1DT12H', 36, 'hours'],
    ['PT0.5S', 0.5, 'seconds'],
    ['soon', 0, 'minutes'],
  ] as const)('%s is %d %s', (text, count, unit) => {
    expect(readDuration(text)).toEqual({ count, unit })
  })

  it('is written as the configuration has it', () => {
    expect(durationOf({ count: 2, unit: 'minutes' })).toBe('PT2M')
    expect(durationOf({ count: 1, unit: 'days' })).toBe('P1D')
    expect(durationOf({ count: Number.NaN, unit: 'hours' })).toBe('PT0H')
  })
})

describe('an address', () => {
  const pages = ['channels', 'schedules', 'bots', 'keys', 'import']

  it.each([
    '#/channels',
    '#/channels/web/reminders',
    '#/schedules',
    '#/schedules/paris',
    '#/bots',
    '#/bots/assistant',
    '#/import',
    '#/keys',
  ])('%s leads where it was', (hash) => {
    const { page, id, part } = readRoute(hash, pages)
    expect(linkTo(page, id, part)).toBe(hash)
  })

  it.each(['', '#', '#/', '#code=abc', '#/nowhere', '#/channels/%E0%A4%A'])(
    '%s leads to something',
    (hash) => {
      expect(readRoute(hash, pages).page).toMatch(/^channels?$/)
    },
  )

  it.each([
    ['a/b é %', 'a/b é %'],
    ['😀', '😀'],
    ['\ud83d', '\ufffd'],
    ['a\ude00b', 'a\ufffdb'],
  ])('is made of any id, %j, so that one does not empty a page', (id, read) => {
    expect(readRoute(linkTo('channels', id), ['channels'])).toEqual({ page: 'channels', id: read })
  })
})
