import { describe, expect, it, test } from 'vitest'
import { checkDocument } from '../../engine/core/read-document.ts'
import { TimeZone } from '../../schemas/time-zone.ts'
import { placeholderWarnings } from '../../workers/pages/admin/channels/placeholder-warnings.ts'
import { endTime, summaryOf } from '../../workers/pages/admin/schedules/summary.ts'
import { verdictOf } from '../../workers/pages/admin/schedules/verdict.ts'
import { officeHours } from '../../workers/pages/admin/schedules/week.ts'
import { storedOf } from '../../workers/pages/admin/stored.ts'
import { adminWords, problemText } from '../../workers/pages/base/words.ts'

const en = adminWords('en')
const fr = adminWords('fr')

const day = 1440
const mondayFirst = [1, 2, 3, 4, 5, 6, 0]

describe('a verdict in words', () => {
  const say = (at: string, open: boolean, edge: string | null, timeZone = 'Europe/Paris') =>
    verdictOf(
      { at, open, nextOpen: edge, nextClose: edge, offsets: offsetsOf(timeZone, at, edge) },
      en,
      'en-GB',
    )
  const offsetsOf = (timeZone: string, at: string, edge: string | null) => {
    const zone = TimeZone.named(timeZone)
    return { at: zone.offset(Date.parse(at)), next: edge === null ? null : zone.offset(Date.parse(edge)) }
  }

  it.each([
    ['2026-06-08T10:00:00Z', true, '2026-06-08T15:00:00Z', 'Open now, closes today at 17:00'],
    ['2026-06-08T10:00:00Z', true, null, 'Open now, around the clock'],
    ['2026-06-08T16:00:00Z', false, '2026-06-09T07:00:00Z', 'Closed now, opens tomorrow at 09:00'],
    ['2026-06-12T16:00:00Z', false, '2026-06-15T07:00:00Z', 'Closed now, opens Monday at 09:00'],
    ['2026-06-12T16:00:00Z', false, '2026-06-22T07:00:00Z', 'Closed now, opens Monday 22 June at 09:00'],
    [
      '2026-12-24T16:00:00Z',
      false,
      '2027-01-04T08:00:00Z',
      'Closed now, opens Monday 4 January 2027 at 09:00',
    ],
    ['2026-06-08T10:00:00Z', false, null, 'Closed, and never opens'],
  ])('at %s (open: %s), until %s: %s', (at, open, edge, verdict) => {
    // Some editions of the world's languages have a comma there.
    expect(say(at, open, edge).replace('Monday,', 'Monday')).toBe(verdict)
  })

  it('counts days by the clock of the schedule’s zone', () => {
    // It is Tuesday in Tokyo already.
    expect(say('2026-06-08T16:00:00Z', false, '2026-06-09T00:00:00Z', 'Asia/Tokyo')).toBe(
      'Closed now, opens today at 09:00',
    )
  })

  it('names the hour by the gateway’s zone data, whatever the browser’s is', () => {
    // British Columbia keeps its summer time from 2026 on.
    expect(say('2026-11-30T15:30:00Z', false, '2026-11-30T16:00:00Z', 'America/Vancouver')).toBe(
      'Closed now, opens today at 09:00',
    )
  })

  it('speaks French', () => {
    const hours = {
      at: '2026-06-12T16:00:00Z',
      open: false,
      nextOpen: '2026-06-15T07:00:00Z',
      nextClose: null,
      offsets: { at: 120, next: 120 },
    }
    expect(verdictOf(hours, fr, 'fr-FR')).toBe('Fermé, ouvre lundi à 09:00')
  })
})

describe('weekly hours in one line', () => {
  const line = (intervals: { start: number; end: number }[]) => summaryOf(intervals, mondayFirst, en, 'en-GB')

  it.each([
    ['the same hours on days in a row', officeHours(), 'Mon–Fri 09:00–17:00'],
    ['none', [], 'Never open'],
    ['always', [{ start: 0, end: 7 * day }], '24/7'],
    [
      'always, day by day',
      [0, 1, 2, 3, 4, 5, 6].map((n) => ({ start: n * day, end: (n + 1) * day })),
      '24/7',
    ],
    [
      'two a day, and a day apart',
      [
        { start: day + 540, end: day + 720 },
        { start: day + 780, end: day + 1020 },
        { start: 3 * day + 540, end: 3 * day + 1440 },
      ],
      'Mon 09:00–12:00, 13:00–17:00 · Wed 09:00–24:00',
    ],
    [
      'a night that stands as two that touch, into Sunday',
      [
        { start: 6 * day + 1320, end: 7 * day },
        { start: 0, end: 360 },
      ],
      'Sat 22:00–06:00',
    ],
    ['more than a day', [{ start: 2 * day + 540, end: 4 * day + 240 }], 'Tue 09:00–Thu 04:00'],
  ])('%s', (_, intervals, text) => {
    expect(line(intervals)).toBe(text)
  })
})

it('times of a schedule have AM and PM where the locale’s clock has', () => {
  const line = summaryOf(officeHours(), mondayFirst, en, 'en-US')
  expect(line.replace(/\s/g, ' ')).toBe('Mon–Fri 9:00 AM–5:00 PM')
  expect(endTime(day, 'en-US').replace(/\s/g, ' ')).toBe('12:00 AM')
  expect(endTime(day, 'en-GB')).toBe('24:00')
})

describe('the placeholders of a channel’s text', () => {
  const asked = { id: 'order', label: 'Order', type: 'text' } as const
  const warnings = (text: string, hours: 'during' | 'outside') =>
    placeholderWarnings(text, hours, { duringHours: { customerDetails: ['name', asked] } }, en)

  it.each([
    ['Hi {{customer.name}} {{ details.order }}', 'during', []],
    [
      '{{customer.nam}} {{foo}} {{foo}}',
      'outside',
      ['There is no {{customer.nam}}.', 'There is no {{foo}}.'],
    ],
    ['until {{nextOpen}}', 'outside', []],
    ['until {{nextOpen}}', 'during', ['{{nextOpen}} has a value only outside opening hours.']],
    [
      '{{details.name}} {{customer name}}',
      'during',
      ['There is no {{details.name}}.', 'There is no {{customer name}}.'],
    ],
  ] as const)('%s (%s): %o', (text, hours, expected) => {
    expect(warnings(text, hours)).toEqual(expected)
  })
})

describe('what is wrong with a field', () => {
  const problemsOf = (kind: 'channel' | 'schedule', document: object) => {
    const checked = checkDocument(kind, document)
    return checked.ok ? [] : checked.error.problems
  }
  // Whatever one can do wrong on the page.
  const wrong = [
    ...problemsOf('channel', {
      id: 'web',
      name: 'x'.repeat(300),
      workspace: 'a b',
      locale: 'x'.repeat(300),
      duringHours: {
        firstMessage: 'x'.repeat(5000),
        customerDetails: [
          'name',
          { id: '', label: '', type: 'text' },
          { id: 'name', label: 'x', type: 'text' },
          { id: 't', label: 'x', type: 'select' },
        ],
      },
      timeouts: { unanswered: 'PT0M', idleCustomer: ['PT5M', 'PT4M'] },
    }),
    ...problemsOf('schedule', {
      id: 'x',
      name: 'x'.repeat(300),
      timeZone: 'Mars/Olympus',
      intervals: [{ start: 100, end: 50 }],
      holidays: [{ startDate: '', endDate: '2026-01-01' }],
    }),
    ...problemsOf('schedule', {
      id: 'x',
      timeZone: 'UTC',
      intervals: [],
      holidays: [{ startDate: '2026-01-02', endDate: '2026-01-01' }],
    }),
  ]

  it('is said in the page’s language', () => {
    expect(wrong.length).toBeGreaterThan(12)
    for (const problem of wrong) {
      const [english, french] = [problemText(problem, en.problems), problemText(problem, fr.problems)]
      expect(french, problem.message).not.toBe(english)
      expect(`${english} ${french}`).not.toMatch(/undefined|\[object/)
    }
  })

  it('is in English where the page does not know the code, as after an upgrade of the gateway', () => {
    const newer = { path: [], code: 'newer' as 'invalid', message: 'is not as it should be' }
    expect(problemText(newer, fr.problems)).toBe('is not as it should be')
  })
})

test('labels and saved replies in several languages are shown as they are stored', () => {
  const text = { en: 'Colour', fr: 'Couleur' }
  const asked = { customerDetails: [{ id: 'c', label: text, type: 'select', options: ['x', text] }] }
  const one = (kind: 'channel' | 'reply', document: object) => ({
    ...{ kind, id: 'a', revision: 1, changedAt: '' },
    document: { id: 'a', ...document },
  })
  const { channels, replies } = storedOf([
    one('channel', { duringHours: asked }),
    one('reply', { title: 'A', text }),
  ])
  expect(channels.get('a')?.document.duringHours).toEqual(asked)
  expect(replies.get('a')?.document.text).toEqual(text)
})

describe('what was stored by hand and is no configuration', () => {
  it('can be shown, whatever it is', () => {
    const documents = [7, null, [], 'x', { duringHours: 3, timeouts: [], schedule: 7 }].map(
      (document, n) => ({
        kind: 'channel',
        id: `c${n}`,
        revision: n + 1,
        changedAt: '',
        document,
      }),
    )
    const odd = {
      duringHours: { customerDetails: [null, 'phone', 'name', { type: 'select', options: 'x' }] },
      timeouts: { unanswered: 5, idleCustomer: 'x', escalate: null },
    }
    const schedule = { intervals: [null, { start: '1', end: 2 }, { start: 1, end: 2 }], holidays: [{}, 7] }
    const { channels, schedules } = storedOf([
      ...documents,
      { kind: 'channel', id: 'odd', revision: 9, changedAt: '', document: odd },
      { kind: 'schedule', id: 's', revision: 10, changedAt: '', document: schedule },
    ])
    expect(channels.size).toBe(6)
    expect(channels.get('c0')?.document).toEqual({ id: 'c0' })
    expect(channels.get('odd')?.document).toEqual({
      id: 'odd',
      duringHours: { customerDetails: ['name', { id: '', label: '', type: 'select' }] },
      timeouts: { escalate: null },
    })
    expect(schedules.get('s')?.document).toEqual({
      id: 's',
      timeZone: '',
      intervals: [{ start: 1, end: 2 }],
      holidays: [{ startDate: '', endDate: '' }],
    })
  })
})
