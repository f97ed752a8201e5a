import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  between,
  copyDay,
  dayMinutes,
  daysFrom,
  drawn,
  type Interval,
  isLong,
  likelyEnd,
  moved,
  near,
  officeHours,
  onDays,
  overlapping,
  segmentsOf,
  timeOf,
  weekMinutes,
  withEnd,
  withStart,
} from '../../workers/pages/admin/schedules/week.ts'

const at = (day: number, hour: number, minute = 0) => day * dayMinutes + hour * 60 + minute
const drawing = ({ start, end }: Interval) =>
  segmentsOf([{ start, end }]).map(
    ({ day, from, to }) => `${day} ${timeOf(from)}-${to === dayMinutes ? '24:00' : timeOf(to)}`,
  )

const interval = fc
  .record({
    start: fc.integer({ min: 0, max: weekMinutes - 1 }),
    length: fc.integer({ min: 1, max: weekMinutes }),
  })
  .map(({ start, length }) => ({ start, end: start + length }))
const minute = fc.integer({ min: 0, max: weekMinutes - 1 })

describe('a week as it is drawn', () => {
  it('an interval stands on each day that it covers', () => {
    expect(drawing({ start: at(1, 9), end: at(1, 17) })).toEqual(['1 09:00-17:00'])
    expect(drawing({ start: at(1, 22), end: at(2, 6) })).toEqual(['1 22:00-24:00', '2 00:00-06:00'])
    expect(drawing({ start: at(6, 22), end: at(7, 6) })).toEqual(['6 22:00-24:00', '0 00:00-06:00'])
    expect(drawing({ start: at(1, 0), end: at(2, 0) })).toEqual(['1 00:00-24:00'])
  })

  it('what is drawn covers each minute that is open, once', () => {
    fc.assert(
      fc.property(interval, (one) => {
        const segments = segmentsOf([one])
        const minutes = segments.reduce((sum, { from, to }) => sum + to - from, 0)
        expect(minutes).toBe(Math.min(one.end - one.start, weekMinutes))
        expect(
          segments.every(
            ({ day, from, to }) => day >= 0 && day < 7 && 0 <= from && from < to && to <= dayMinutes,
          ),
        ).toBe(true)
        expect(segments.filter(({ isFirst }) => isFirst)).toHaveLength(1)
        expect(segments.filter(({ isLast }) => isLast)).toHaveLength(1)
      }),
    )
  })

  it('what overlaps is found, past the week’s end too', () => {
    const night = { start: at(6, 22), end: at(7, 6) }
    const sunday = { start: at(0, 5), end: at(0, 9) }
    const monday = { start: at(1, 9), end: at(1, 17) }
    expect(overlapping([night, sunday, monday])).toEqual(new Set([night, sunday]))
    expect(overlapping([night, { start: at(0, 6), end: at(0, 9) }])).toEqual(new Set())
  })
})

describe('drawing with a pointer', () => {
  it('either way, over midnight, and from Saturday into Sunday', () => {
    expect(drawn(at(1, 9), at(1, 17), 15)).toEqual({ start: at(1, 9), end: at(1, 17) })
    expect(drawn(at(1, 17), at(1, 9), 15)).toEqual({ start: at(1, 9), end: at(1, 17) })
    expect(drawn(at(1, 22), at(2, 6), 15)).toEqual({ start: at(1, 22), end: at(2, 6) })
    expect(drawn(at(6, 22), at(0, 6), 15)).toEqual({ start: at(6, 22), end: at(7, 6) })
    expect(drawn(at(0, 6), at(6, 22), 15)).toEqual({ start: at(6, 22), end: at(7, 6) })
    expect(drawn(at(1, 9), at(1, 9), 15)).toEqual({ start: at(1, 9), end: at(1, 9, 15) })
  })

  it('moving goes round the week, and keeps the length', () => {
    expect(moved({ start: at(6, 20), end: at(6, 23) }, 120)).toEqual({ start: at(6, 22), end: at(7, 1) })
    expect(moved({ start: at(6, 22), end: at(7, 1) }, 120)).toEqual({ start: at(0, 0), end: at(0, 3) })
    expect(moved({ start: at(0, 1), end: at(0, 3) }, -120)).toEqual({ start: at(6, 23), end: at(7, 1) })
  })

  it('an edge stops a step before the other one, and at a whole week', () => {
    const monday = { start: at(1, 9), end: at(1, 17) }
    expect(withEnd(monday, at(1, 18), 15)).toEqual({ start: at(1, 9), end: at(1, 18) })
    expect(withEnd(monday, at(1, 8), 15)).toEqual({ start: at(1, 9), end: at(1, 9, 15) })
    expect(withStart(monday, at(1, 18), 15)).toEqual({ start: at(1, 16, 45), end: at(1, 17) })
    expect(withEnd({ start: at(6, 22), end: at(6, 23) }, at(0, 2), 15)).toEqual({
      start: at(6, 22),
      end: at(7, 2),
    })
    expect(withStart({ start: at(0, 2), end: at(0, 6) }, at(6, 22), 15)).toEqual({
      start: at(6, 22),
      end: at(7, 6),
    })
  })

  it('whatever is drawn may be stored', () => {
    const step = fc.constantFrom(5, 15)
    fc.assert(
      fc.property(interval, minute, minute, step, (one, a, b, by) => {
        for (const { start, end } of [
          drawn(a, b, by),
          moved(one, a - b),
          withStart(one, a, by),
          withEnd(one, a, by),
        ]) {
          expect(start).toBeGreaterThanOrEqual(0)
          expect(start).toBeLessThan(weekMinutes)
          expect(end).toBeGreaterThan(start)
          expect(end).toBeLessThanOrEqual(2 * weekMinutes)
        }
        expect(Math.abs(near(a, b) - b)).toBeLessThanOrEqual(weekMinutes / 2)
      }),
    )
  })
})

describe('a week as fields', () => {
  it('ends at the next time that it is the end’s day and time', () => {
    expect(between(at(1, 9), at(1, 17))).toEqual({ start: at(1, 9), end: at(1, 17) })
    expect(between(at(6, 22), at(0, 6))).toEqual({ start: at(6, 22), end: at(7, 6) })
    expect(between(at(0, 0), at(0, 0))).toEqual({ start: 0, end: weekMinutes })
  })

  it('is the same after it was read back', () => {
    fc.assert(
      fc.property(interval, ({ start, end }) => {
        expect(between(start, end % weekMinutes)).toEqual({ start, end })
      }),
    )
  })

  it('a day is copied with its nights, and replaces what others had', () => {
    const monday = onDays([1], at(0, 22), at(0, 30))
    const copied = copyDay([...monday, ...officeHours().slice(2)], 1, [1, 2, 3, 4, 5])
    expect(copied).toEqual([1, 2, 3, 4, 5].map((day) => ({ start: at(day, 22), end: at(day + 1, 6) })))
    expect(copyDay(officeHours(), 0, [6])).toEqual(officeHours())
  })

  it('begins as people of the country count it', () => {
    expect(daysFrom('en-US')).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(daysFrom('fr-FR')).toEqual([1, 2, 3, 4, 5, 6, 0])
  })
})

describe('hours of a day or more', () => {
  it.each([
    ['AM for PM: to 20:00', [at(1, 9), at(8, 8)], at(1, 20)],
    ['the same time twice: to 21:00', [at(1, 9), at(8, 9)], at(1, 21)],
    ['a night without the next day: to 6:00 of Tuesday', [at(1, 22), at(8, 6)], at(2, 6)],
    ['another day by mistake: to 17:00', [at(1, 9), at(4, 17)], at(1, 17)],
  ] as const)('%s', (_, [start, end], likely) => {
    expect(isLong({ start, end })).toBe(true)
    expect(likelyEnd({ start, end })).toBe(likely)
  })

  it('are meant from midnight to midnight', () => {
    expect(isLong({ start: at(1, 0), end: at(6, 0) })).toBe(false)
    expect(isLong({ start: 0, end: weekMinutes })).toBe(false)
  })

  it('have a likely end within a day', () => {
    fc.assert(
      fc.property(interval, (long) => {
        const length = likelyEnd(long) - long.start
        return length > 0 && length <= dayMinutes
      }),
    )
  })
})
