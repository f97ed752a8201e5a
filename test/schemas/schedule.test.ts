import { describe, expect, it } from 'vitest'
import {
  holidaysMax,
  intervalsMax,
  schedule,
  scheduleNameLengthMax,
} from '../../schemas/configuration/schedule.ts'
import { lineOf, parse } from '../../schemas/problem.ts'

const paris = {
  id: 'paris',
  name: 'Paris office',
  timeZone: 'Europe/Paris',
  intervals: [
    { start: 1980, end: 2460 },
    { start: 3420, end: 3900 },
  ],
  holidays: [{ name: 'Noël', startDate: '2026-12-25', endDate: '2026-12-25' }],
}

/** What is refused, as `field: message`. */
function refusals(change: object): string[] {
  const read = parse(schedule, { ...paris, ...change })
  return read.ok ? [] : read.error.problems.map(lineOf)
}

const interval = (start: unknown, end: unknown) => refusals({ intervals: [{ start, end }] })
const holiday = (startDate: unknown, endDate: unknown, more = {}) =>
  refusals({ holidays: [{ startDate, endDate, ...more }] })

describe('a schedule', () => {
  it("is the contract's example", () => {
    expect(schedule.parse(paris)).toEqual(paris)
  })

  it('needs neither a name nor holidays, and may have no intervals', () => {
    const bare = { id: 'a', timeZone: 'UTC', intervals: [] }
    expect(schedule.parse(bare)).toEqual(bare)
  })

  it('drops unknown fields, on every level', () => {
    const more = {
      ...paris,
      kind: 'schedule',
      intervals: [{ start: 0, end: 1, day: 'Sunday' }],
      holidays: [{ startDate: '2026-12-25', endDate: '2026-12-25', country: 'FR' }],
    }
    expect(schedule.parse(more)).toEqual({
      ...paris,
      intervals: [{ start: 0, end: 1 }],
      holidays: [{ startDate: '2026-12-25', endDate: '2026-12-25' }],
    })
  })

  it('names each field that is missing or of a wrong type', () => {
    expect(
      refusals({
        id: 'a b',
        name: 5,
        timeZone: null,
        intervals: {},
        holidays: 'none',
      }),
    ).toEqual([
      'id: must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -',
      'name: must be a text',
      'timeZone: must be a text',
      'intervals: must be a list',
      'holidays: must be a list',
    ])
  })

  it('has its limits', () => {
    const many = (length: number, entry: object) => Array.from({ length }, () => entry)
    const day = { startDate: '2026-12-25', endDate: '2026-12-25' }
    expect(refusals({ intervals: many(intervalsMax, { start: 0, end: 1 }) })).toEqual([])
    expect(refusals({ intervals: many(intervalsMax + 1, { start: 0, end: 1 }) })).toEqual([
      'intervals: must have at most 1000 entries',
    ])
    expect(refusals({ holidays: many(holidaysMax, day) })).toEqual([])
    expect(refusals({ holidays: many(holidaysMax + 1, day) })).toEqual([
      'holidays: must have at most 2000 entries',
    ])
    expect(refusals({ name: 'x'.repeat(scheduleNameLengthMax + 1) })).toEqual([
      'name: must have at most 256 characters',
    ])
  })
})

describe('weekly intervals', () => {
  it('may run past midnight, past the end of the week, and be a whole week', () => {
    expect(interval(0, 10_080)).toEqual([])
    expect(interval(10_079, 20_159)).toEqual([])
    expect(interval(9960, 10_440)).toEqual([])
    expect(interval(1, 2)).toEqual([])
  })

  it('are refused with an end before or at the start', () => {
    expect(interval(1020, 540)).toEqual(['intervals.0.end: must be after start'])
    expect(interval(540, 540)).toEqual(['intervals.0.end: must be after start'])
  })

  it('are refused where they start outside of their week or end later than a week after it', () => {
    expect(interval(-1, 5)).toEqual(['intervals.0.start: must not be negative'])
    expect(interval(10_080, 10_081)).toEqual([
      'intervals.0.start: must be at most 10079, the last minute of the week',
    ])
    expect(interval(10_079, 20_161)).toEqual([
      "intervals.0.end: must be at most 20160, one week past the week's end",
    ])
    expect(interval(0, 20_160)).toEqual([])
  })

  it('are refused with fractions, numbers as strings, and values that are not numbers', () => {
    for (const value of [540.5, '540', '', null, undefined, true, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(interval(value, 1020)).toEqual(['intervals.0.start: must be a whole number of minutes'])
      expect(interval(0, value)).toEqual(['intervals.0.end: must be a whole number of minutes'])
    }
  })
})

describe('zones', () => {
  it.each([
    'Europe/Paris',
    'America/Argentina/Buenos_Aires',
    'UTC',
    'GMT',
    'Etc/UTC',
    'Etc/GMT+12',
    'US/Pacific',
    'EST5EDT',
    'CET',
  ])('%s exists', (timeZone) => {
    expect(refusals({ timeZone })).toEqual([])
  })

  it.each([
    'Mars/Olympus',
    'Europe',
    '',
    ' Europe/Paris',
    'local',
    'system',
    'default',
    'UTC+3',
    'utc-05:30',
    '+03:00',
    'GMT+3',
    'Z',
    'PST',
    'BST',
    'IST',
    'SystemV/PST8PDT',
    'Pacific Time (US & Canada)',
  ])('"%s" does not exist', (timeZone) => {
    expect(refusals({ timeZone })).toEqual([
      'timeZone: must be a zone of the tz database that exists, such as "Europe/Paris" or "UTC"',
    ])
  })
})

describe('holidays', () => {
  it('may be one day, many years, and end on the last date', () => {
    expect(holiday('2026-12-25', '2026-12-25')).toEqual([])
    expect(holiday('2026-12-25', '9999-12-31')).toEqual([])
    expect(holiday('2028-02-29', '2028-02-29')).toEqual([])
  })

  it('are refused if they end before they start', () => {
    expect(holiday('2026-12-26', '2026-12-25')).toEqual(['holidays.0.endDate: must not be before startDate'])
  })

  it('are refused with dates that do not exist', () => {
    for (const date of [
      '2026-02-30',
      '2026-02-29',
      '1900-02-29',
      '2026-13-01',
      '2026-00-10',
      '2026-1-1',
      '25.12.2026',
      '2026-12-25T00:00:00Z',
      '',
      20261225,
      null,
    ]) {
      expect(holiday(date, '9999-01-01')).toEqual([
        'holidays.0.startDate: must be a date that exists, written YYYY-MM-DD',
      ])
      expect(holiday('0001-01-01', date)).toEqual([
        'holidays.0.endDate: must be a date that exists, written YYYY-MM-DD',
      ])
    }
  })

  it('may have hours of their own, also past midnight', () => {
    const day = (start: unknown, end: unknown) =>
      holiday('2026-12-24', '2026-12-24', { intervals: [{ start, end }] })
    expect(day(540, 720)).toEqual([])
    expect(day(1320, 1560)).toEqual([])
    expect(day(0, 1440)).toEqual([])
    expect(day(720, 540)).toEqual(['holidays.0.intervals.0.end: must be after start'])
    expect(day(1440, 1441)).toEqual([
      'holidays.0.intervals.0.start: must be at most 1439, the last minute of the day',
    ])
    expect(day(0, 2880)).toEqual([])
    expect(day(0, 2881)).toEqual([
      "holidays.0.intervals.0.end: must be at most 2880, one day past the day's end",
    ])
    expect(day('540', 720.5)).toEqual([
      'holidays.0.intervals.0.start: must be a whole number of minutes',
      'holidays.0.intervals.0.end: must be a whole number of minutes',
    ])
  })
})
