import { dayOfYear } from '../../../schemas/configuration/holiday-entry.ts'
import { dayMinutes, type Holiday } from '../../../schemas/configuration/schedule.ts'
import type { ResolvedSchedule } from './with-calendars.ts'

export const minuteMs = 60_000
export const dayMs = dayMinutes * minuteMs
/** A holiday that ends on the last date that can be written never ends. */
const forever = '9999-12-31'

/** `[opens, closes)` in milliseconds since a local midnight. */
type Span = readonly [opens: number, closes: number]
/** The hours of one local day: sorted, apart, within 0..dayMs. */
type DayHours = readonly Span[]

/** The hours of a schedule on local days, which are counted from 1970-01-01. */
export interface LocalDays {
  hoursOn(day: number): DayHours
  /** A day at or after `day` before which none is open (closed for a part of it); `null` where none is any more. */
  next(day: number, open: boolean): number | null
}

/** Local days that have the same hours each week, from day `from` to the next stretch. */
interface Stretch {
  readonly from: number
  /** Sunday first. */
  readonly week: readonly DayHours[]
  readonly opens: boolean
  readonly closes: boolean
}

/** The stretches of the days `[from, to)`. */
interface Block {
  readonly to: number
  readonly stretches: readonly Stretch[]
}

/** A holiday at its dates. */
interface Occurrence {
  readonly of: Holiday
  readonly first: number
  readonly last: number
  readonly hours: readonly Span[]
}

/** Without yearly holidays there is one block; with them, one for each of these spans of years, computed when needed. */
const blockYears = 4
/** Blocks that one schedule remembers. */
const blocksMax = 16
/**
 * Within so many days all is seen that yearly holidays make of a week: a year is one of 14 by its length and first
 * weekday, its neighbours' lengths follow from it, and each comes again within 40 years, also over 2100.
 */
const repeatDays = 42 * 366

/**
 * All local days. The rules for holidays:
 * - Where holidays overlap, the one of the fewest days rules the day: "24 December, 9 to 12" within "closed over
 *   Christmas" is open from 9 to 12, and a closed day within a week of summer hours is closed. Equally long ones
 *   add up.
 * - Weekly hours stop where a holiday begins and resume where it ends, in the middle of a night too.
 * - Hours of a holiday that run past midnight go on into a day of the same holiday or an ordinary day, where they
 *   add to the weekly hours; on a day that another holiday rules, that one wins.
 * - A yearly holiday is one in each year, also before its dates. 29 February is left out of it where there is none.
 */
export function localDays({ intervals, holidays = [] }: ResolvedSchedule): LocalDays {
  const week = weekOf(intervals.map(spanOf))
  const different = withoutRepeats(holidays)
  const yearly = different.filter((holiday) => holiday.yearly)
  const once = different.filter((holiday) => !holiday.yearly).map(onceOf)
  const changes = changesOf(once).sort((a, b) => a - b)
  const only: Block | undefined =
    yearly.length === 0 ? blockOf(week, once, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY) : undefined
  const blocks = new Map<number, Block>()

  function blockAt(day: number): Block {
    if (only) return only
    const number = Math.floor(yearOf(day) / blockYears)
    let block = blocks.get(number)
    if (!block) {
      const year = number * blockYears
      const [from, to] = [dayIn(year, '01-01'), dayIn(year + blockYears, '01-01')]
      // One that begins in the year before may reach into the first.
      const years = Array.from({ length: blockYears + 1 }, (_, index) => year - 1 + index)
      const recurring = yearly.flatMap((holiday) => years.map((each) => inYear(holiday, each)))
      // Hours of the night before reach into the first day.
      const near = [...once, ...recurring].filter(({ first, last }) => last >= from - 1 && first < to)
      block = blockOf(week, near, from, to)
      const [oldest] = blocks.keys()
      if (oldest !== undefined && blocks.size >= blocksMax) blocks.delete(oldest)
      blocks.set(number, block)
    }
    return block
  }

  return {
    hoursOn(day) {
      const { stretches } = blockAt(day)
      // 1970-01-01 was a Thursday; a remainder is negative before it.
      return stretches[stretchOn(stretches, day)]?.week[((day % 7) + 11) % 7] ?? []
    },
    next(day, open) {
      for (let from = day; ; ) {
        const { stretches, to } = blockAt(from)
        for (let i = stretchOn(stretches, from); i < stretches.length; i++) {
          const stretch = stretches[i]
          if (stretch && (open ? stretch.opens : stretch.closes)) return Math.max(from, stretch.from)
        }
        if (to === Number.POSITIVE_INFINITY) return null
        // Since the last beginning or end of a holiday that is no yearly one, the years are alike.
        const passed = firstWhere(changes.length, (i) => (changes[i] as number) > to)
        const alikeSince = Math.max(day, changes[passed - 1] ?? day)
        const next = to - alikeSince < repeatDays ? to : changes[passed]
        if (next === undefined) return null
        from = next
      }
    },
  }
}

/** @param holidays those that touch the block, or the night before it */
function blockOf(
  week: readonly DayHours[],
  holidays: readonly Occurrence[],
  from: number,
  to: number,
): Block {
  const days = inOrder([from, ...changesOf(holidays).filter((day) => day > from && day < to)])
  const overnight = holidays.some(isOvernight)
  const rulersOn = rulersOf(holidays, overnight ? inOrder(days.flatMap((day) => [day - 1, day])) : days)
  const stretches = days.map((day) => {
    const today = rulersOn(day)
    const isToday = new Set(today.map((holiday) => holiday.of))
    const nights = (overnight ? rulersOn(day - 1) : [])
      .filter((holiday) => today.length === 0 || isToday.has(holiday.of))
      .flatMap(({ hours }) => hours.map(([opens, closes]): Span => [opens - dayMs, closes - dayMs]))
    return today.length > 0
      ? stretch(day, Array(7).fill(dayHours([...today.flatMap(({ hours }) => hours), ...nights])))
      : stretch(day, nights.length > 0 ? week.map((hours) => dayHours([...hours, ...nights])) : week)
  })
  return { to, stretches }
}

function isOvernight({ hours }: Occurrence): boolean {
  return hours.some(([, closes]) => closes > dayMs)
}

/** The days on which the hours may change. */
function changesOf(holidays: readonly Occurrence[]): number[] {
  // Hours past midnight make a day differ from the one before it, wherever another holiday begins or ends.
  const overnight = holidays.some(isOvernight)
  return holidays
    .flatMap(({ first, last }) => (overnight ? [first, first + 1, last + 1, last + 2] : [first, last + 1]))
    .filter((day) => day < Number.POSITIVE_INFINITY)
}

function stretch(from: number, week: readonly DayHours[]): Stretch {
  const isWhole = (hours: DayHours) => hours[0]?.[0] === 0 && hours[0][1] === dayMs
  return { from, week, opens: week.some((hours) => hours.length > 0), closes: !week.every(isWhole) }
}

/** The holidays that rule each of the days, which are in order. */
function rulersOf(
  holidays: readonly Occurrence[],
  days: readonly number[],
): (day: number) => readonly Occurrence[] {
  const length = ({ first, last }: Occurrence) => last - first
  const rulers: Occurrence[][] = []
  for (const holiday of holidays.toSorted((a, b) => length(a) - length(b) || 0)) {
    let i = firstWhere(days.length, (index) => (days[index] as number) >= holiday.first)
    for (; i < days.length && (days[i] as number) <= holiday.last; i++) {
      const [shortest] = rulers[i] ?? []
      if (shortest === undefined) rulers[i] = [holiday]
      else if (length(shortest) === length(holiday)) rulers[i]?.push(holiday)
    }
  }
  return (day) => rulers[firstWhere(days.length, (index) => (days[index] as number) >= day)] ?? []
}

/** Spans of a week, up to a week past its end, by the days that they fall on. */
function weekOf(spans: readonly Span[]): DayHours[] {
  return Array.from({ length: 7 }, (_, weekday) =>
    dayHours(
      [weekday * dayMs, (weekday + 7) * dayMs].flatMap((midnight) =>
        spans.map(([opens, closes]): Span => [opens - midnight, closes - midnight]),
      ),
    ),
  )
}

/** The union of spans, as far as it lies in the day. */
function dayHours(spans: readonly Span[]): DayHours {
  const union: [number, number][] = []
  for (const [opens, closes] of spans.toSorted((a, b) => a[0] - b[0])) {
    const [opened, closed] = [Math.max(opens, 0), Math.min(closes, dayMs)]
    if (opened >= closed) continue
    const last = union.at(-1)
    if (last && opened <= last[1]) last[1] = Math.max(last[1], closed)
    else union.push([opened, closed])
  }
  return union
}

/** Several calendars often have the same days. */
function withoutRepeats(holidays: readonly Holiday[]): Holiday[] {
  if (holidays.length < 2) return [...holidays]
  const known = new Map<string, Holiday>()
  for (const holiday of holidays) {
    const { startDate, endDate, yearly, intervals } = holiday
    known.set(`${startDate} ${endDate} ${yearly} ${intervals ? JSON.stringify(intervals) : ''}`, holiday)
  }
  return [...known.values()]
}

const spanOf = ({ start, end }: { start: number; end: number }): Span => [start * minuteMs, end * minuteMs]

function onceOf(of: Holiday): Occurrence {
  const { startDate, endDate, intervals = [] } = of
  return {
    of,
    first: Date.parse(startDate) / dayMs,
    last: endDate === forever ? Number.POSITIVE_INFINITY : Date.parse(endDate) / dayMs,
    hours: intervals.map(spanOf),
  }
}

/** A yearly holiday that begins in that year; it may end in the next. It has no day where it is a 29 February that is not. */
function inYear(of: Holiday, year: number): Occurrence {
  const { startDate, endDate, intervals = [] } = of
  const [start, end] = [dayOfYear(startDate), dayOfYear(endDate)]
  const endYear = end < start ? year + 1 : year
  const isMissing = end === leapDay && dayIn(endYear, leapDay) === dayIn(endYear, '03-01')
  return {
    of,
    first: dayIn(year, start),
    last: dayIn(endYear, end) - (isMissing ? 1 : 0),
    hours: intervals.map(spanOf),
  }
}

const leapDay = '02-29'
/** The days after which the calendar repeats, and the day of 2000-01-01, which begins such a period. */
const [periodYears, periodDays, periodFrom] = [400, 146_097, 10_957]

/** The day `MM-DD` of a year; 1 March for a 29 February that is not. */
function dayIn(year: number, monthAndDay: string): number {
  const [month = 1, day = 1] = monthAndDay.split('-').map(Number)
  const period = Math.floor((year - 2000) / periodYears)
  return Date.UTC(year - period * periodYears, month - 1, day) / dayMs + period * periodDays
}

function yearOf(day: number): number {
  const period = Math.floor((day - periodFrom) / periodDays)
  return new Date((day - period * periodDays) * dayMs).getUTCFullYear() + period * periodYears
}

function inOrder(days: readonly number[]): number[] {
  return [...new Set(days)].sort((a, b) => a - b)
}

/** The stretch that a local day belongs to. */
function stretchOn(stretches: readonly Stretch[], day: number): number {
  return firstWhere(stretches.length, (i) => (stretches[i] as Stretch).from > day) - 1
}

/** The first of the indices below `length` for which `holds`, which then holds for all later ones; `length` if none. */
export function firstWhere(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
