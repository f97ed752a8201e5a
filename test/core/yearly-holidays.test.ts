import { describe, expect, it } from 'vitest'
import { ConfiguredHours } from '../../engine/core/hours/configured-hours.ts'
import { openingHours } from '../../engine/core/hours/opening-hours.ts'
import { withCalendars } from '../../engine/core/hours/with-calendars.ts'
import { checkDocument, kindOf } from '../../engine/core/read-document.ts'
import { calendar, holidaysMax, schedule } from '../../schemas/configuration/schedule.ts'

const always = [{ start: 0, end: 10_080 }]
const noon = (date: string) => Date.parse(`${date}T12:00Z`)

function hoursOf(holidays: object[], intervals = always) {
  return openingHours(withCalendars(schedule.parse({ id: 'test', timeZone: 'UTC', intervals, holidays })))
}

const yearly = (startDate: string, endDate = startDate, more = {}) => ({
  startDate,
  endDate,
  yearly: true,
  ...more,
})

/** The dates of some on which it is closed at noon. */
function closedOn(holidays: object[], dates: string[]): string[] {
  const hours = hoursOf(holidays)
  return dates.filter((date) => !hours.isOpen(noon(date)))
}

describe('a yearly holiday', () => {
  it('comes in each year, also before its own', () => {
    const years = ['1900', '2020', '2026', '2027', '2100', '9999'].map((year) => `${year}-12-25`)
    expect(closedOn([yearly('2026-12-25')], years)).toEqual(years)
    expect(closedOn([yearly('2026-12-25')], ['2027-12-24', '2027-12-26'])).toEqual([])
  })

  it.each([
    ['written in two years', '2026-12-24', '2027-01-02'],
    ['written in one', '2026-12-24', '2026-01-02'],
  ])('goes on over New Year, %s', (_, start, end) => {
    const closed = ['2028-12-24', '2028-12-31', '2029-01-01', '2029-01-02']
    expect(closedOn([yearly(start, end)], ['2028-12-23', ...closed, '2029-01-03'])).toEqual(closed)
    expect(hoursOf([yearly(start, end)]).nextOpen(noon('2028-12-24'))).toBe(Date.UTC(2029, 0, 3))
  })

  it('on 29 February comes only where it exists', () => {
    const days = ['2027-02-28', '2027-03-01', '2028-02-28', '2028-02-29', '2028-03-01', '2100-03-01']
    expect(closedOn([yearly('2024-02-29')], days)).toEqual(['2028-02-29'])
    expect(closedOn([yearly('2024-02-28', '2024-02-29')], days)).toEqual([
      '2027-02-28',
      '2028-02-28',
      '2028-02-29',
    ])
    expect(closedOn([yearly('2024-02-29', '2024-03-01')], days)).toEqual([
      '2027-03-01',
      '2028-02-29',
      '2028-03-01',
      '2100-03-01',
    ])
  })

  it('has hours of its own in each year', () => {
    const hours = hoursOf([yearly('2026-12-24', '2026-12-24', { intervals: [{ start: 540, end: 720 }] })])
    for (const year of [2026, 2031, 2040]) {
      const day = Date.UTC(year, 11, 24)
      expect(hours.nextClose(day - 1)).toBe(day)
      expect(hours.nextOpen(day)).toBe(day + 9 * 3_600_000)
      expect(hours.nextClose(day + 9 * 3_600_000)).toBe(day + 12 * 3_600_000)
      expect(hours.nextOpen(day + 12 * 3_600_000)).toBe(day + 24 * 3_600_000)
    }
  })

  it('is beaten by a shorter holiday of one year, and beats a longer one', () => {
    const closed = yearly('2026-12-24', '2027-01-02')
    const open = { startDate: '2027-12-31', endDate: '2027-12-31', intervals: [{ start: 0, end: 1440 }] }
    expect(closedOn([closed, open], ['2026-12-31', '2027-12-31', '2028-12-31'])).toEqual([
      '2026-12-31',
      '2028-12-31',
    ])
  })

  it('that is all there is to the hours is found, however far', () => {
    const hours = hoursOf([yearly('2024-02-29', '2024-02-29', { intervals: [{ start: 0, end: 1440 }] })], [])
    expect(hours.nextOpen(Date.UTC(2096, 2, 1))).toBe(Date.UTC(2104, 1, 29))
    // Open on 29 February if it is a Sunday, else never: 2032, 2060, 2088, and then 2128.
    const sundays = hoursOf([yearly('2024-03-01', '2025-02-28')], [{ start: 0, end: 1440 }])
    expect(sundays.nextOpen(Date.UTC(2088, 2, 1))).toBe(Date.UTC(2128, 1, 29))
  })

  it('never opens a schedule that nothing opens, which is found out', () => {
    const closed = hoursOf([yearly('2026-12-25'), { startDate: '2026-01-01', endDate: '9999-12-30' }], [])
    expect(closed.nextOpen(noon('2026-06-01'))).toBeNull()
    expect(hoursOf([yearly('2026-01-01', '2026-12-31')]).nextOpen(noon('2026-06-01'))).toBeNull()
  })

  it('is checked', () => {
    const problemsOf = (holiday: object) => {
      const checked = checkDocument('schedule', {
        id: 'a',
        timeZone: 'UTC',
        intervals: [],
        holidays: [holiday],
      })
      return checked.ok ? [] : checked.error.problems.map(({ path, code }) => `${path.join('.')} ${code}`)
    }
    expect(problemsOf(yearly('2026-12-24', '2027-01-02'))).toEqual([])
    expect(problemsOf(yearly('2026-01-01', '2027-01-01'))).toEqual(['holidays.0.endDate longer_than_a_year'])
    expect(problemsOf({ startDate: '2026-12-24', endDate: '2026-01-02' })).toEqual([
      'holidays.0.endDate before',
    ])
    expect(problemsOf({ startDate: '2026-12-25', endDate: '2026-12-25', recurring: true })).toEqual([
      'holidays.0.recurring unknown_field',
    ])
    expect(problemsOf(yearly('2026-12-25', '2026-12-25', { yearly: 'yes' }))).toEqual([
      'holidays.0.yearly wrong_type',
    ])
    // There is no 29 February 2026.
    expect(problemsOf(yearly('2026-02-29'))).toEqual([
      'holidays.0.startDate not_a_date',
      'holidays.0.endDate not_a_date',
    ])
  })
})

describe('a calendar', () => {
  const france = calendar.parse({ id: 'france', holidays: [yearly('2026-07-14')] })
  const paris = (holidays: unknown) =>
    schedule.parse({ id: 'paris', timeZone: 'Europe/Paris', intervals: always, holidays })
  const bastille = noon('2030-07-14')

  it.each([['calendar.france'], [['calendar.france']]])('is named by %j', (holidays) => {
    const calendars = new Map([['france', france]])
    expect(openingHours(withCalendars(paris(holidays), calendars)).isOpen(bastille)).toBe(false)
  })

  it('stands beside holidays of the schedule, and counts once', () => {
    const own = { startDate: '2026-06-01', endDate: '2026-06-01' }
    const mixed = paris(['calendar.france', own, 'calendar.france'])
    expect(withCalendars(mixed, new Map([['france', france]])).holidays).toEqual([...france.holidays, own])
  })

  it('that is missing has no holidays', () => {
    expect(openingHours(withCalendars(paris('calendar.france'))).isOpen(bastille)).toBe(true)
  })

  it('that changes, appears or disappears changes its schedules, and only those', () => {
    const hours = new ConfiguredHours()
    hours.put({ kind: 'schedule', document: paris('calendar.france') })
    hours.put({ kind: 'schedule', document: { ...paris([]), id: 'other' } })
    const isOpen = () => hours.all.get('paris')?.hours.isOpen(bastille)
    const other = hours.all.get('other')
    expect(isOpen()).toBe(true)
    hours.put({ kind: 'calendar', document: france })
    expect(isOpen()).toBe(false)
    hours.put({ kind: 'calendar', document: { ...france, holidays: [] } })
    expect(isOpen()).toBe(true)
    hours.put({ kind: 'calendar', document: france })
    hours.delete('calendar', 'france')
    expect(isOpen()).toBe(true)
    expect(hours.all.get('other')).toBe(other)
    hours.delete('schedule', 'paris')
    expect([...hours.all.keys()]).toEqual(['other'])
  })

  it('is a document of its own kind, known by its holidays', () => {
    expect(kindOf({ id: 'a', holidays: [] })).toEqual({ ok: true, value: 'calendar' })
    expect(kindOf({ id: 'a', timeZone: 'UTC', holidays: [] })).toEqual({ ok: true, value: 'schedule' })
  })

  it('is checked', () => {
    const codes = (kind: 'calendar' | 'schedule', document: object) => {
      const checked = checkDocument(kind, document)
      return checked.ok ? [] : checked.error.problems.map(({ path, code }) => `${path.join('.')} ${code}`)
    }
    const one = { startDate: '2026-01-01', endDate: '2026-01-01' }
    const document = (holidays: unknown) => ({ id: 'a', timeZone: 'UTC', intervals: [], holidays })
    expect(codes('calendar', { id: 'a', holidays: [one] })).toEqual([])
    expect(codes('calendar', { id: 'a' })).toEqual(['holidays required'])
    expect(codes('calendar', { id: 'a', holidays: [], colour: 'red' })).toEqual(['colour unknown_field'])
    expect(codes('calendar', { id: 'a', holidays: [{ ...one, rrule: 'x' }] })).toEqual([
      'holidays.0.rrule unknown_field',
    ])
    // A calendar names no other.
    expect(codes('calendar', { id: 'a', holidays: ['calendar.b'] })).toEqual(['holidays.0 wrong_type'])
    expect(codes('calendar', { id: 'a', holidays: Array(holidaysMax + 1).fill(one) })).toEqual([
      'holidays too_many',
    ])
    expect(codes('schedule', document(['france']))).toEqual(['holidays.0 not_a_calendar'])
    expect(codes('schedule', document('calendar.a b'))).toEqual(['holidays.0 not_a_calendar'])
    expect(codes('schedule', document([{ ...one, startDate: '2026-13-01' }]))).toEqual([
      'holidays.0.startDate not_a_date',
    ])
    expect(codes('schedule', document([7]))).toEqual(['holidays.0 no_variant'])
    expect(codes('schedule', document(Array.from({ length: 21 }, (_, i) => `calendar.c${i}`)))).toEqual([
      'holidays too_many_calendars',
    ])
  })
})
