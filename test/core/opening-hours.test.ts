import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { IANAZone } from 'luxon'
import { describe, expect, it } from 'vitest'
import { openingHours, openTime } from '../../engine/core/hours/opening-hours.ts'
import { type ResolvedSchedule, withCalendars } from '../../engine/core/hours/with-calendars.ts'
import { schedule } from '../../schemas/configuration/schedule.ts'
import { to, zoneOffsetAt, zones } from './tzdata.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const INSTANT_MAX_MS = 8.64e15
/** FRONTDESK_RUNS=50 runs the properties fifty times as often. */
const RUNS = Number(process.env.FRONTDESK_RUNS ?? 1)

type Interval = ResolvedSchedule['intervals'][number]
type Holiday = NonNullable<ResolvedSchedule['holidays']>[number]

const weekdays9to17 = daily([1, 2, 3, 4, 5], 9, 17)
const always = [{ start: 0, end: 10_080 }]

function daily(days: number[], from: number, to: number): Interval[] {
  return days.map((day) => ({ start: day * 1440 + from * 60, end: day * 1440 + to * 60 }))
}

function hoursOf(timeZone: string, intervals: Interval[], holidays: Holiday[] = []) {
  const hours = openingHours(withCalendars(schedule.parse({ id: 'test', timeZone, intervals, holidays })))
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())
  return {
    isOpen: (at: string) => hours.isOpen(Date.parse(at)),
    nextOpen: (at: string) => iso(hours.nextOpen(Date.parse(at))),
    nextClose: (at: string) => iso(hours.nextClose(Date.parse(at))),
    /** Whether it is open at each of the instants. */
    open: (...at: string[]) => at.map((one) => hours.isOpen(Date.parse(one))),
  }
}

const day = (startDate: string, endDate = startDate, intervals?: Interval[]): Holiday =>
  intervals ? { startDate, endDate, intervals } : { startDate, endDate }

describe('half-open', () => {
  const paris = hoursOf('Europe/Paris', weekdays9to17)

  it('is open at 09:00:00.000 and closed at 17:00:00.000', () => {
    expect(
      paris.open(
        '2026-06-01T06:59:59.999Z',
        '2026-06-01T07:00:00.000Z',
        '2026-06-01T14:59:59.999Z',
        '2026-06-01T15:00:00.000Z',
      ),
    ).toEqual([false, true, true, false])
  })

  it('nextOpen and nextClose are the instant itself where it is open or closed already', () => {
    expect(paris.nextOpen('2026-06-01T07:00:00.000Z')).toBe('2026-06-01T07:00:00.000Z')
    expect(paris.nextOpen('2026-06-01T14:59:59.999Z')).toBe('2026-06-01T14:59:59.999Z')
    expect(paris.nextClose('2026-06-01T15:00:00.000Z')).toBe('2026-06-01T15:00:00.000Z')
    expect(paris.nextClose('2026-06-01T06:59:59.999Z')).toBe('2026-06-01T06:59:59.999Z')
  })

  it('nextOpen goes over the weekend', () => {
    expect(paris.nextOpen('2026-06-05T15:00:00.000Z')).toBe('2026-06-08T07:00:00.000Z')
    expect(paris.nextClose('2026-06-05T07:00:00.000Z')).toBe('2026-06-05T15:00:00.000Z')
  })

  it('intervals that touch or overlap are their union', () => {
    const hours = hoursOf('UTC', [
      { start: 1980, end: 2100 },
      { start: 2100, end: 2200 },
      { start: 2150, end: 2160 },
      { start: 2190, end: 2460 },
    ])
    expect(hours.nextOpen('2026-06-01T00:00:00Z')).toBe('2026-06-01T09:00:00.000Z')
    expect(hours.nextClose('2026-06-01T09:00:00Z')).toBe('2026-06-01T17:00:00.000Z')
  })
})

describe('24/7', () => {
  const paris = hoursOf('Europe/Paris', always)

  it('is never closed, not even in the last minute of a day', () => {
    expect(
      paris.open('2026-06-01T21:59:00Z', '2026-06-01T21:59:59.999Z', '2026-06-06T21:59:59.999Z'),
    ).toEqual([true, true, true])
    expect(paris.nextClose('2026-06-01T00:00:00Z')).toBeNull()
  })

  it('is never closed as seven days, as one week from within it, or as one with overlaps either', () => {
    for (const intervals of [
      daily([0, 1, 2, 3, 4, 5, 6], 0, 24),
      [{ start: 5000, end: 15_080 }],
      [...daily([0, 1, 2, 3, 4, 5, 6], 0, 24), ...weekdays9to17],
    ]) {
      expect(hoursOf('America/Santiago', intervals).nextClose('2026-06-01T00:00:00Z')).toBeNull()
    }
  })

  it('closes for a holiday five years ahead, and opens after it', () => {
    const hours = hoursOf('America/Los_Angeles', always, [day('2031-01-01')])
    expect(hours.nextClose('2026-01-01T00:00:00Z')).toBe('2031-01-01T08:00:00.000Z')
    expect(hours.nextOpen('2031-01-01T08:00:00Z')).toBe('2031-01-02T08:00:00.000Z')
    expect(hours.nextClose('2031-01-02T08:00:00Z')).toBeNull()
  })

  it('is not closed by a holiday that is open the whole day', () => {
    const hours = hoursOf('Europe/Paris', always, [
      day('2031-01-01', '2031-01-03', [{ start: 0, end: 1440 }]),
    ])
    expect(hours.nextClose('2026-01-01T00:00:00Z')).toBeNull()
  })
})

describe('daylight saving', () => {
  const paris = hoursOf('Europe/Paris', weekdays9to17)

  it('2026-03-30T07:00Z is the first open instant after the spring change', () => {
    expect(paris.nextOpen('2026-03-27T16:00:00Z')).toBe('2026-03-30T07:00:00.000Z')
    expect(paris.isOpen('2026-03-30T06:59:59.999Z')).toBe(false)
  })

  it('after the autumn change 2026-10-26T07:30Z is closed and 08:00Z open', () => {
    expect(paris.open('2026-10-26T07:30:00Z', '2026-10-26T08:00:00Z')).toEqual([false, true])
    expect(paris.nextOpen('2026-10-23T15:00:00Z')).toBe('2026-10-26T08:00:00.000Z')
  })

  it('an hour that happens twice is open twice', () => {
    const hours = hoursOf('Europe/Paris', [{ start: 120, end: 180 }])
    expect(hours.nextOpen('2026-10-24T12:00:00Z')).toBe('2026-10-25T00:00:00.000Z')
    expect(hours.nextClose('2026-10-25T00:00:00Z')).toBe('2026-10-25T02:00:00.000Z')
  })

  it('part of an hour that happens twice is open twice, with a closed time between', () => {
    const hours = hoursOf('Europe/Paris', [{ start: 135, end: 150 }])
    expect(hours.nextOpen('2026-10-24T12:00:00Z')).toBe('2026-10-25T00:15:00.000Z')
    expect(hours.nextClose('2026-10-25T00:15:00Z')).toBe('2026-10-25T00:30:00.000Z')
    expect(hours.nextOpen('2026-10-25T00:30:00Z')).toBe('2026-10-25T01:15:00.000Z')
    expect(hours.nextClose('2026-10-25T01:15:00Z')).toBe('2026-10-25T01:30:00.000Z')
    expect(hours.nextOpen('2026-10-25T01:30:00Z')).toBe('2026-11-01T01:15:00.000Z')
  })

  it('an hour that never happens is open for no time, and nextOpen goes on to the next real opening', () => {
    const hours = hoursOf('Europe/Paris', [{ start: 120, end: 180 }])
    expect(hours.nextOpen('2026-03-28T12:00:00Z')).toBe('2026-04-05T00:00:00.000Z')
    expect(hours.open('2026-03-29T00:59:59.999Z', '2026-03-29T01:00:00Z')).toEqual([false, false])
  })

  it('hours that begin in the hour that never happens begin after it', () => {
    const hours = hoursOf('Europe/Paris', [{ start: 150, end: 300 }])
    expect(hours.nextOpen('2026-03-28T12:00:00Z')).toBe('2026-03-29T01:00:00.000Z')
    expect(hours.nextClose('2026-03-29T01:00:00Z')).toBe('2026-03-29T03:00:00.000Z')
  })

  it('closing time in the hour that never happens is where that hour would be', () => {
    const hours = hoursOf('Europe/Paris', [{ start: 60, end: 150 }])
    expect(hours.nextClose('2026-03-29T00:30:00Z')).toBe('2026-03-29T01:00:00.000Z')
  })

  it('changes of half an hour count as half an hour (Australia/Lord_Howe)', () => {
    // 2026-04-05 at 02:00 (+11) it becomes 01:30 (+10:30): 01:30 to 02:00 happens twice.
    const hours = hoursOf('Australia/Lord_Howe', [{ start: 90, end: 120 }])
    expect(hours.nextOpen('2026-04-04T00:00:00Z')).toBe('2026-04-04T14:30:00.000Z')
    expect(hours.nextClose('2026-04-04T14:30:00Z')).toBe('2026-04-04T15:30:00.000Z')
  })

  it('a change of the clock that is taken back within a week is seen (America/Recife, October 2000)', () => {
    const hours = hoursOf('America/Recife', daily([0, 1, 2, 3, 4, 5, 6], 9, 17))
    expect(hours.nextOpen('2000-10-07T23:00:00Z')).toBe('2000-10-08T11:00:00.000Z')
    expect(hours.nextOpen('2000-10-13T23:00:00Z')).toBe('2000-10-14T11:00:00.000Z')
    expect(hours.nextOpen('2000-10-14T23:00:00Z')).toBe('2000-10-15T12:00:00.000Z')
  })

  it('local mean time counts to the second (Africa/Blantyre in 1890, 2:10:18 from UTC)', () => {
    const hours = hoursOf('Africa/Blantyre', weekdays9to17)
    expect(hours.nextOpen('1890-01-06T00:00:00Z')).toBe('1890-01-06T06:49:42.000Z')
    expect(hours.nextClose('1890-01-06T06:49:42Z')).toBe('1890-01-06T14:49:42.000Z')
  })

  it('a day that is skipped wholly is open for no time (Pacific/Apia 2011-12-30, a Friday)', () => {
    const friday = hoursOf('Pacific/Apia', daily([5], 0, 24))
    expect(friday.nextOpen('2011-12-24T12:00:00Z')).toBe('2012-01-05T10:00:00.000Z')
    const holiday = hoursOf('Pacific/Apia', always, [day('2011-12-30')])
    expect(holiday.nextClose('2011-12-01T00:00:00Z')).toBeNull()
    const thursday = hoursOf('Pacific/Apia', always, [day('2011-12-29')])
    expect(thursday.nextClose('2011-12-01T00:00:00Z')).toBe('2011-12-29T10:00:00.000Z')
    expect(thursday.nextOpen('2011-12-29T10:00:00Z')).toBe('2011-12-30T10:00:00.000Z')
  })
})

describe('overnight', () => {
  const late = { start: 1 * 1440 + 22 * 60, end: 2 * 1440 + 6 * 60 }

  it('22:00–06:00 works as one interval or as two that touch, with no gap at midnight', () => {
    const two = [
      { start: late.start, end: 2 * 1440 },
      { start: 2 * 1440, end: late.end },
    ]
    for (const intervals of [[late], two]) {
      const hours = hoursOf('Europe/Paris', intervals)
      expect(hours.nextOpen('2026-06-01T12:00:00Z')).toBe('2026-06-01T20:00:00.000Z')
      expect(hours.nextClose('2026-06-01T20:00:00Z')).toBe('2026-06-02T04:00:00.000Z')
      expect(hours.open('2026-06-01T21:59:59.999Z', '2026-06-01T22:00:00Z')).toEqual([true, true])
    }
  })

  it('Saturday night wraps into Sunday', () => {
    const hours = hoursOf('Europe/Paris', [{ start: 6 * 1440 + 22 * 60, end: 7 * 1440 + 6 * 60 }])
    expect(hours.nextOpen('2026-06-05T12:00:00Z')).toBe('2026-06-06T20:00:00.000Z')
    expect(hours.nextClose('2026-06-06T20:00:00Z')).toBe('2026-06-07T04:00:00.000Z')
  })

  it('stops at the midnight of a holiday and resumes at its end', () => {
    const nights = [0, 1, 2, 3, 4, 5, 6].map((weekday) => ({
      start: weekday * 1440 + 22 * 60,
      end: weekday * 1440 + 30 * 60,
    }))
    const hours = hoursOf('Europe/Paris', nights, [day('2026-06-03')])
    expect(hours.nextClose('2026-06-02T20:00:00Z')).toBe('2026-06-02T22:00:00.000Z')
    expect(hours.nextOpen('2026-06-02T22:00:00Z')).toBe('2026-06-03T22:00:00.000Z')
    expect(hours.nextClose('2026-06-03T22:00:00Z')).toBe('2026-06-04T04:00:00.000Z')
  })
})

describe('holidays', () => {
  it('win over intervals for the whole local day, both dates included', () => {
    const hours = hoursOf('Europe/Paris', always, [day('2026-12-25', '2026-12-26')])
    expect(hours.nextClose('2026-12-01T00:00:00Z')).toBe('2026-12-24T23:00:00.000Z')
    expect(hours.nextOpen('2026-12-24T23:00:00Z')).toBe('2026-12-26T23:00:00.000Z')
  })

  it('in a row or overlapping are closed all through', () => {
    const hours = hoursOf('Europe/Paris', always, [
      day('2026-12-28', '2027-01-01'),
      day('2026-12-25', '2026-12-26'),
      day('2026-12-27'),
      day('2026-12-31', '2027-01-03'),
    ])
    expect(hours.nextOpen('2026-12-25T12:00:00Z')).toBe('2027-01-03T23:00:00.000Z')
  })

  it('are of the schedule’s zone: Los Angeles is a day behind Kiritimati', () => {
    const holiday = [day('2026-07-04')]
    expect(hoursOf('America/Los_Angeles', always, holiday).nextClose('2026-07-01T00:00:00Z')).toBe(
      '2026-07-04T07:00:00.000Z',
    )
    expect(hoursOf('Pacific/Kiritimati', always, holiday).nextClose('2026-07-01T00:00:00Z')).toBe(
      '2026-07-03T10:00:00.000Z',
    )
  })

  it('begin at 01:00 where midnight does not exist (Africa/Cairo 2026-04-24)', () => {
    const hours = hoursOf('Africa/Cairo', always, [day('2026-04-24')])
    expect(hours.nextClose('2026-04-20T00:00:00Z')).toBe('2026-04-23T22:00:00.000Z')
    expect(hours.nextOpen('2026-04-23T22:00:00Z')).toBe('2026-04-24T21:00:00.000Z')
    const before = hoursOf('Africa/Cairo', always, [day('2026-04-23')])
    expect(before.nextOpen('2026-04-23T12:00:00Z')).toBe('2026-04-23T22:00:00.000Z')
  })

  it('last until the date changes for good where midnight happens twice (America/Santiago 2026-04-04)', () => {
    // At 24:00 (-03) it becomes 23:00 (-04) of the same Saturday.
    const hours = hoursOf('America/Santiago', always, [day('2026-04-04')])
    expect(hours.nextClose('2026-04-01T00:00:00Z')).toBe('2026-04-04T03:00:00.000Z')
    expect(hours.nextOpen('2026-04-04T03:00:00Z')).toBe('2026-04-05T04:00:00.000Z')
    const after = hoursOf('America/Santiago', always, [day('2026-04-05')])
    expect(after.nextClose('2026-04-04T03:00:00Z')).toBe('2026-04-05T04:00:00.000Z')
  })

  it('that happen in two parts are closed in both (America/Havana 2026-11-01: 00:00 to 01:00 twice)', () => {
    const hours = hoursOf('America/Havana', always, [day('2026-10-31')])
    expect(hours.nextOpen('2026-10-31T12:00:00Z')).toBe('2026-11-01T04:00:00.000Z')
    expect(hours.nextClose('2026-11-01T04:00:00Z')).toBeNull()
    // Goose Bay went back from 00:01 to 23:01: a minute of the holiday's morrow, then the holiday's last hour again.
    const goose = hoursOf('America/Goose_Bay', always, [day('2010-11-06')])
    expect(goose.nextOpen('2010-11-06T12:00:00Z')).toBe('2010-11-07T03:00:00.000Z')
    expect(goose.nextClose('2010-11-07T03:00:00Z')).toBe('2010-11-07T03:01:00.000Z')
    expect(goose.nextOpen('2010-11-07T03:01:00Z')).toBe('2010-11-07T04:00:00.000Z')
  })

  it('of many years are stepped over', () => {
    const hours = hoursOf('Europe/Paris', weekdays9to17, [day('2026-01-01', '2089-12-31')])
    expect(hours.nextOpen('2026-01-01T12:00:00Z')).toBe('2090-01-02T08:00:00.000Z')
  })
})

describe('holidays with hours of their own', () => {
  it('are open just then', () => {
    const hours = hoursOf('Europe/Paris', weekdays9to17, [
      day('2026-12-24', '2026-12-24', [{ start: 600, end: 720 }]),
    ])
    expect(hours.nextOpen('2026-12-23T17:00:00Z')).toBe('2026-12-24T09:00:00.000Z')
    expect(hours.nextClose('2026-12-24T09:00:00Z')).toBe('2026-12-24T11:00:00.000Z')
    expect(hours.nextOpen('2026-12-24T11:00:00Z')).toBe('2026-12-25T08:00:00.000Z')
  })

  it('open a schedule that has no weekly hours', () => {
    const hours = hoursOf('Europe/Paris', [], [day('2030-05-01', '2030-05-02', [{ start: 600, end: 720 }])])
    expect(hours.nextOpen('1999-01-01T00:00:00Z')).toBe('2030-05-01T08:00:00.000Z')
    expect(hours.nextOpen('2030-05-01T10:00:00Z')).toBe('2030-05-02T08:00:00.000Z')
    expect(hours.nextOpen('2030-05-02T10:00:00Z')).toBeNull()
  })

  it('past midnight go on into an ordinary day, and into days of the same holiday', () => {
    const hours = hoursOf('UTC', [], [day('2026-12-30', '2026-12-31', [{ start: 1320, end: 1560 }])])
    expect(hours.nextOpen('2026-12-30T00:00:00Z')).toBe('2026-12-30T22:00:00.000Z')
    expect(hours.nextClose('2026-12-30T22:00:00Z')).toBe('2026-12-31T02:00:00.000Z')
    expect(hours.nextOpen('2026-12-31T02:00:00Z')).toBe('2026-12-31T22:00:00.000Z')
    expect(hours.nextClose('2026-12-31T22:00:00Z')).toBe('2027-01-01T02:00:00.000Z')
    expect(hours.nextOpen('2027-01-01T02:00:00Z')).toBeNull()
  })

  it('past midnight stop where another holiday begins', () => {
    const party = day('2026-12-31', '2026-12-31', [{ start: 1320, end: 1560 }])
    const hours = hoursOf('UTC', weekdays9to17, [party, day('2027-01-01')])
    expect(hours.nextClose('2026-12-31T22:00:00Z')).toBe('2027-01-01T00:00:00.000Z')
    expect(hours.nextOpen('2027-01-01T00:00:00Z')).toBe('2027-01-04T09:00:00.000Z')
  })

  it('are ruled by the holiday of the fewest days where holidays overlap', () => {
    const christmas = day('2026-12-21', '2026-12-31')
    const eve = day('2026-12-24', '2026-12-24', [{ start: 540, end: 720 }])
    for (const holidays of [
      [christmas, eve],
      [eve, christmas],
    ]) {
      const hours = hoursOf('UTC', weekdays9to17, holidays)
      expect(hours.nextOpen('2026-12-21T00:00:00Z')).toBe('2026-12-24T09:00:00.000Z')
      expect(hours.nextOpen('2026-12-24T12:00:00Z')).toBe('2027-01-01T09:00:00.000Z')
    }
    const summer = day('2026-08-01', '2026-08-31', [{ start: 600, end: 660 }])
    const hours = hoursOf('UTC', weekdays9to17, [summer, day('2026-08-14')])
    expect(hours.nextOpen('2026-08-13T11:00:00Z')).toBe('2026-08-15T10:00:00.000Z')
  })

  it('add up where holidays are of the same days', () => {
    const hours = hoursOf('UTC', weekdays9to17, [
      day('2026-12-24', '2026-12-24', [{ start: 540, end: 600 }]),
      day('2026-12-24', '2026-12-24', [{ start: 660, end: 720 }]),
      day('2026-12-24'),
    ])
    expect(hours.nextClose('2026-12-24T09:00:00Z')).toBe('2026-12-24T10:00:00.000Z')
    expect(hours.nextOpen('2026-12-24T10:00:00Z')).toBe('2026-12-24T11:00:00.000Z')
  })
})

describe('a schedule that never opens again', () => {
  it('answers null: without intervals', () => {
    const hours = hoursOf('Europe/Paris', [])
    expect(hours.isOpen('2026-06-01T12:00:00Z')).toBe(false)
    expect(hours.nextOpen('2026-06-01T12:00:00Z')).toBeNull()
    expect(hours.nextClose('2026-06-01T12:00:00Z')).toBe('2026-06-01T12:00:00.000Z')
  })

  it('answers null: in a holiday that ends on the last date there is', () => {
    const hours = hoursOf('Europe/Paris', always, [day('2026-06-01', '9999-12-31')])
    expect(hours.nextOpen('2026-06-01T12:00:00Z')).toBeNull()
    expect(hours.nextOpen('2026-05-31T12:00:00Z')).toBe('2026-05-31T12:00:00.000Z')
  })

  it('is told from one that opens in some thousand years', () => {
    const hours = hoursOf('Europe/Paris', always, [day('2026-06-01', '9998-12-31')])
    expect(hours.nextOpen('2026-06-01T12:00:00Z')).toBe('9998-12-31T23:00:00.000Z')
  })

  it('answers null after a holiday on every day that it would open, two thousand times', () => {
    const sundays = Array.from({ length: 2000 }, (_, i) => {
      const date = new Date(Date.UTC(2026, 0, 4) + i * 7 * DAY_MS).toISOString().slice(0, 10)
      return day(date)
    })
    const hours = hoursOf('UTC', daily([0], 0, 24), sundays)
    expect(hours.nextOpen('2026-01-01T00:00:00Z')).toBe('2064-05-04T00:00:00.000Z')
    expect(hoursOf('UTC', [], sundays).nextOpen('2026-01-01T00:00:00Z')).toBeNull()
  })
})

describe('open time', () => {
  const paris = openingHours({ id: 'paris', timeZone: 'Europe/Paris', intervals: weekdays9to17 })
  const minutes = (from: string, to: string, hours = paris) =>
    openTime(hours, Date.parse(from), Date.parse(to)) / MINUTE_MS

  it.each([
    ['within an opening', '2026-06-01T07:30:00Z', '2026-06-01T08:00:00Z', 30],
    ['over a night', '2026-06-01T14:30:00Z', '2026-06-02T07:10:00Z', 40],
    ['over a weekend', '2026-06-05T14:00:00Z', '2026-06-08T07:10:00Z', 70],
    ['from a closed instant', '2026-06-06T10:00:00Z', '2026-06-08T07:10:00Z', 10],
    ['to a closed instant', '2026-06-05T14:00:00Z', '2026-06-06T10:00:00Z', 60],
    ['while it is closed', '2026-06-06T10:00:00Z', '2026-06-07T10:00:00Z', 0],
    ['to the same instant', '2026-06-01T07:30:00Z', '2026-06-01T07:30:00Z', 0],
    ['backwards', '2026-06-02T07:30:00Z', '2026-06-01T07:30:00Z', 0],
    ['of a week', '2026-06-01T00:00:00Z', '2026-06-08T00:00:00Z', 5 * 8 * 60],
  ])('counts %s', (_, from, to, expected) => expect(minutes(from, to)).toBe(expected))

  it('counts nothing where it never opens, and all where it never closes', () => {
    const never = openingHours({ id: 'never', timeZone: 'UTC', intervals: [] })
    expect(minutes('2026-06-01T00:00:00Z', '2027-06-01T00:00:00Z', never)).toBe(0)
    const ever = openingHours({ id: 'ever', timeZone: 'UTC', intervals: always })
    expect(minutes('2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z', ever)).toBe(1440)
  })

  it('ends with the thousandth opening', () => {
    expect(minutes('2000-01-03T00:00:00Z', '2026-01-01T00:00:00Z')).toBe(1000 * 8 * 60)
  })
})

describe('the ends of time', () => {
  const ends = [INSTANT_MAX_MS, INSTANT_MAX_MS - 1, -INSTANT_MAX_MS, 1 - INSTANT_MAX_MS]

  it.each(['UTC', 'Europe/Paris', 'America/Los_Angeles', 'Pacific/Kiritimati'])(
    'are answered in %s',
    (zone) => {
      for (const intervals of [weekdays9to17, always, [{ start: 0, end: 1 }], []]) {
        const hours = openingHours({ id: 'test', timeZone: zone, intervals })
        for (const at of ends) {
          const verdict = hours.isOpen(at)
          const [open, close] = [hours.nextOpen(at), hours.nextClose(at)]
          expect(verdict ? open : close).toBe(at)
          for (const next of [open, close]) {
            expect(next === null || (next >= at && next <= INSTANT_MAX_MS)).toBe(true)
          }
        }
      }
    },
  )

  it('have nothing after them: what is no instant is refused', () => {
    const hours = openingHours({ id: 'test', timeZone: 'UTC', intervals: always })
    for (const at of [INSTANT_MAX_MS + 1, -INSTANT_MAX_MS - 1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => hours.isOpen(at)).toThrow(RangeError)
      expect(() => hours.nextOpen(at)).toThrow(RangeError)
      expect(() => hours.nextClose(at)).toThrow(RangeError)
    }
  })
})

it('a zone that this machine does not have is refused', () => {
  expect(() => openingHours({ id: 'test', timeZone: 'Mars/Olympus', intervals: always })).toThrow(
    'this machine has no time zone Mars/Olympus',
  )
})

describe('the verdicts', () => {
  it('are the same with the process’s TZ set to UTC, America/Los_Angeles or Asia/Kolkata', async () => {
    const script = `
      import { openingHours } from './engine/core/hours/opening-hours.ts'
      const zones = ['Europe/Paris', 'America/Santiago', 'Africa/Cairo', 'Australia/Lord_Howe', 'Asia/Kolkata', 'America/Los_Angeles']
      const lines = [new Date(2026, 0).getTimezoneOffset()]
      for (const timeZone of zones) {
        const hours = openingHours({ id: 'test', timeZone,
          intervals: [{ start: 1980, end: 2460 }, { start: 9960, end: 10440 }, { start: 4440, end: 4560 }],
          holidays: [{ startDate: '2026-04-05', endDate: '2026-04-06' }, { startDate: '2026-12-31', endDate: '2026-12-31', intervals: [{ start: 1320, end: 1500 }] }] })
        for (let at = Date.UTC(2026, 0); at < Date.UTC(2027, 0, 5); at += 5_555_555) {
          lines.push([at, hours.isOpen(at), hours.nextOpen(at), hours.nextClose(at)])
        }
      }
      process.stdout.write(JSON.stringify(lines))`
    const answers = await Promise.all(
      ['UTC', 'America/Los_Angeles', 'Asia/Kolkata'].map(async (TZ) => {
        const { stdout } = await promisify(execFile)(
          process.execPath,
          ['--import', 'tsx', '--input-type=module', '--eval', script],
          { cwd: new URL('../..', import.meta.url), env: { ...process.env, TZ }, maxBuffer: 2 ** 26 },
        )
        const [offset, ...verdicts] = JSON.parse(stdout)
        return { offset, verdicts }
      }),
    )
    // The processes are in the zones that they were put into.
    expect(answers.map(({ offset }) => offset)).toEqual([0, 480, -330])
    expect(answers[0]?.verdicts.length).toBeGreaterThan(30_000)
    expect(answers[1]?.verdicts).toEqual(answers[0]?.verdicts)
    expect(answers[2]?.verdicts).toEqual(answers[0]?.verdicts)
  })

  it('are those of a clock and a calendar on the wall, minute by minute, in all zones and years', () => {
    fc.assert(fc.property(story(1970, 2100), agreesWithTheWall), { numRuns: 250 * RUNS })
  }, 3_600_000)

  it('are so with the offsets of seconds that local mean time had', () => {
    fc.assert(fc.property(story(1840, 1970), agreesWithTheWall), { numRuns: 60 * RUNS })
  }, 3_600_000)

  it('do not depend on what was asked before', () => {
    fc.assert(
      fc.property(
        story(1970, 2100),
        fc.array(fc.integer({ min: -2000, max: 2000 }), { maxLength: 200 }),
        (one, days) => {
          const busy = openingHours(one.schedule)
          for (const offset of days) {
            const at = one.at + offset * DAY_MS
            const fresh = openingHours(one.schedule)
            expect(busy.isOpen(at)).toBe(fresh.isOpen(at))
            expect(busy.nextOpen(at)).toBe(fresh.nextOpen(at))
            expect(busy.nextClose(at)).toBe(fresh.nextClose(at))
          }
        },
      ),
      { numRuns: 10 * RUNS },
    )
  }, 3_600_000)
})

/** A schedule with something going on around an instant. */
interface Story {
  schedule: ResolvedSchedule
  at: number
}

/** Those with something to find; half of the stories are from any zone. */
const ZONES = [
  'Africa/Cairo',
  'America/Santiago',
  'Australia/Lord_Howe',
  'Asia/Beirut',
  'Pacific/Apia',
  'Pacific/Kwajalein',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
  'America/Goose_Bay',
  'America/Havana',
  'Europe/Paris',
  'Europe/Amsterdam',
  'Africa/Casablanca',
  'Africa/Freetown',
  'Africa/Monrovia',
  'America/St_Johns',
  'Asia/Gaza',
  'Asia/Manila',
  'Asia/Tehran',
  'Pacific/Chatham',
  'Antarctica/Troll',
  'UTC',
]

function story(firstYear: number, lastYear: number): fc.Arbitrary<Story> {
  const instant = fc.integer({ min: Date.UTC(firstYear, 0), max: Date.UTC(lastYear, 0) })
  // Round times meet midnights, changes of the clock, and each other.
  const minutes = (max: number) =>
    fc.oneof(
      fc.integer({ min: 0, max }),
      fc.integer({ min: 0, max: Math.floor(max / 30) }).map((halves) => halves * 30),
      fc.integer({ min: 0, max: Math.floor(max / 1440) }).map((days) => days * 1440),
    )
  const interval = (period: number, endMax: number) =>
    fc
      .tuple(
        minutes(period - 1),
        minutes(period).filter((length) => length > 0),
      )
      .map(([start, length]) => ({ start, end: Math.min(start + length, endMax) }))
  const short = fc
    .tuple(minutes(10_079), fc.integer({ min: 1, max: 600 }))
    .map(([start, length]) => ({ start, end: start + length }))
  const weekly = fc.oneof(
    fc.array(fc.oneof(interval(10_080, 20_160), short), { maxLength: 6 }),
    fc.array(short, { minLength: 1, maxLength: 20 }),
    fc.constantFrom(always, weekdays9to17),
  )
  const holiday = fc.record({
    first: fc.integer({ min: -6, max: 8 }),
    days: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 500 })),
    intervals: fc.option(fc.array(interval(1440, 2880), { maxLength: 3 }), { nil: undefined }),
    isYearly: fc.boolean(),
    years: fc.integer({ min: -3, max: 3 }),
  })
  return fc
    .record({
      timeZone: fc.oneof(
        fc.constantFrom(...ZONES.filter((zone) => zonesOfOneMind.includes(zone))),
        fc.constantFrom(...zonesOfOneMind),
      ),
      near: instant,
      atChange: fc.integer({ min: 0, max: 2 }),
      shift: fc.integer({ min: -2 * DAY_MS, max: 2 * DAY_MS }),
      intervals: weekly,
      holidays: fc.array(holiday, { maxLength: 4 }),
    })
    .map(({ timeZone, near, atChange, shift, intervals, holidays }) => {
      const at = (atChange > 0 ? changeNear(timeZone, near) : near) + shift
      const date = (days: number) => new Date(at + days * DAY_MS).toISOString().slice(0, 10)
      const written = schedule.parse({
        id: 'test',
        timeZone,
        intervals,
        holidays: holidays.map(({ first, days, intervals, isYearly, years }) => ({
          // As if it had been written in another year: its year has no meaning.
          ...(isYearly && days < 365
            ? {
                startDate: inLeapYear(date(first), years),
                endDate: inLeapYear(date(first + days - 1), years),
                yearly: true,
              }
            : { startDate: date(first), endDate: date(first + days - 1) }),
          intervals,
        })),
      })
      return { at, schedule: withCalendars(written) }
    })
}

/** The day in a year of 366 days. */
const inLeapYear = (date: string, years: number) => `${2024 + 4 * years}${date.slice(4)}`

/** The zones whose last rules `Intl` knows: it alone says what the wall shows after 2036. */
const zonesOfOneMind = zones.filter((zone) =>
  Array.from({ length: 52 }, (_, week) => to - (week + 1) * 7 * DAY_MS).every(
    (at) => IANAZone.create(zone).offset(at) === zoneOffsetAt(zone, at),
  ),
)

/** The zone's next change of offset after an instant, give or take a day, if there is one within two years. */
function changeNear(timeZone: string, near: number): number {
  const offset = (at: number) => Date.parse(wall(timeZone, at).utc) - Math.floor(at / 1000) * 1000
  const before = offset(near)
  for (let days = 1; days < 730; days++)
    if (offset(near + days * DAY_MS) !== before) return near + days * DAY_MS
  return near
}

/**
 * Each minute of three days is compared with the rules read off the wall, then each minute in which something changes
 * to the millisecond, and the next opening and closing from each minute.
 */
function agreesWithTheWall({ schedule, at }: Story): void {
  const hours = openingHours(schedule)
  const start = Math.floor((at - DAY_MS) / MINUTE_MS) * MINUTE_MS
  const end = start + 3 * DAY_MS
  let after = openOnTheWall(schedule, end)
  let upcoming: { open?: number; close?: number } = after ? { open: end } : { close: end }
  for (let minute = end - MINUTE_MS; minute >= start; minute -= MINUTE_MS) {
    const open = openOnTheWall(schedule, minute)
    if (open !== after) {
      const change = changeBetween(schedule, minute, minute + MINUTE_MS)
      upcoming = after ? { ...upcoming, open: change } : { ...upcoming, close: change }
      same(hours.isOpen(change - 1), open, schedule, change - 1)
      same(hours.isOpen(change), after, schedule, change)
    }
    upcoming = open ? { ...upcoming, open: minute } : { ...upcoming, close: minute }
    same(hours.isOpen(minute), open, schedule, minute)
    if (upcoming.open !== undefined) same(hours.nextOpen(minute), upcoming.open, schedule, minute)
    if (upcoming.close !== undefined) same(hours.nextClose(minute), upcoming.close, schedule, minute)
    after = open
  }
  // What lies beyond the three days: that it holds where it begins and not just before, nor in a sample of the time between.
  for (const [next, wanted] of [
    [hours.nextOpen(start), true],
    [hours.nextClose(start), false],
  ] as const) {
    const reach = next ?? start + 1000 * DAY_MS
    if (next !== null) same(openOnTheWall(schedule, next), wanted, schedule, next)
    if (next !== null && next > start) same(openOnTheWall(schedule, next - 1), !wanted, schedule, next - 1)
    for (let i = 0; i < 300 && reach > start; i++) {
      const between = start + Math.floor(((reach - start) * i) / 300)
      same(openOnTheWall(schedule, between), !wanted, schedule, between)
    }
  }
}

/** Cheaper than `expect` by the million. */
function same(actual: unknown, expected: unknown, schedule: ResolvedSchedule, at: number): void {
  if (actual === expected) return
  throw new Error(
    `${actual} instead of ${expected} at ${at} (${new Date(at).toISOString()}) for ${JSON.stringify(schedule)}`,
  )
}

function changeBetween(schedule: ResolvedSchedule, low: number, high: number): number {
  const before = openOnTheWall(schedule, low)
  let [from, to] = [low, high]
  while (to - from > 1) {
    const middle = Math.floor((from + to) / 2)
    if (openOnTheWall(schedule, middle) === before) from = middle
    else to = middle
  }
  return to
}

/** The rules, word for word, with nothing in common with the code under test but the schedule. */
function openOnTheWall({ timeZone, intervals, holidays = [] }: ResolvedSchedule, at: number): boolean {
  const { date, yesterday, weekday, minute } = wall(timeZone, at)
  const today = ruling(holidays, date)
  const lastNight = ruling(holidays, yesterday).some(
    (holiday) => (today.length === 0 || today.includes(holiday)) && has(holiday.intervals, minute + 1440),
  )
  if (lastNight) return true
  if (today.length > 0) return today.some((holiday) => has(holiday.intervals, minute))
  const minuteOfWeek = weekday * 1440 + minute
  return has(intervals, minuteOfWeek) || has(intervals, minuteOfWeek + 10_080)
}

const has = (intervals: Interval[] | undefined, minute: number) =>
  (intervals ?? []).some(({ start, end }) => minute >= start && minute < end)

function ruling(holidays: Holiday[], date: string): Holiday[] {
  const length = (holiday: Holiday) => lengthOn(holiday, date)
  const covering = holidays.filter((holiday) => length(holiday) > 0)
  const shortest = Math.min(...covering.map(length))
  return covering.filter((holiday) => length(holiday) === shortest)
}

const lengths = new WeakMap<Holiday, Map<string, number>>()

/** How many days the holiday has that a date is one of; 0: it is none of them. */
function lengthOn(holiday: Holiday, date: string): number {
  const known = lengths.get(holiday) ?? new Map<string, number>()
  lengths.set(holiday, known)
  const length = known.get(date) ?? countDays(holiday, date)
  known.set(date, length)
  return length
}

function countDays({ startDate, endDate, yearly }: Holiday, date: string): number {
  if (!yearly)
    return date >= startDate && date <= endDate
      ? (Date.parse(endDate) - Date.parse(startDate)) / DAY_MS + 1
      : 0
  const [start, end] = [startDate.slice(5), endDate.slice(5)]
  const isOn = (day: string) => (start <= end ? day >= start && day <= end : day >= start || day <= end)
  // Leafs the calendar both ways, as long as the days are within.
  const leaf = (away: number) => new Date(Date.parse(date) + away * DAY_MS).toISOString().slice(5, 10)
  if (!isOn(leaf(0))) return 0
  let [before, after] = [0, 0]
  while (isOn(leaf(before - 1))) before--
  while (isOn(leaf(after + 1))) after++
  return after - before + 1
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** What the wall shows at an instant: by Debian's tzdata where it is at hand, else by `Intl`. */
function wall(timeZone: string, at: number) {
  const minutes = zoneOffsetAt(timeZone, at)
  const text = minutes === undefined ? textByIntl(timeZone, at) : textByOffset(at + minutes * MINUTE_MS)
  const date = text.slice(0, 10)
  const midnight = Date.parse(`${date}T00:00:00Z`)
  return {
    date,
    utc: `${date}T${text.slice(11)}Z`,
    yesterday: new Date(midnight - DAY_MS).toISOString().slice(0, 10),
    weekday: new Date(midnight).getUTCDay(),
    minute: Number(text.slice(11, 13)) * 60 + Number(text.slice(14, 16)),
  }
}

const textByOffset = (local: number) => new Date(local).toISOString().slice(0, 19).replace('T', ' ')

function textByIntl(timeZone: string, at: number): string {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
  formats.set(timeZone, format)
  // Swedish is `2026-03-29 02:00:00`.
  return format.format(at)
}
