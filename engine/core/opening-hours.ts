import { dayMinutes, type Schedule } from '../../schemas/configuration/schedule.ts'
import { TimeZone } from '../../schemas/time-zone.ts'

/** Answers for one schedule; instants are epoch milliseconds. A RangeError for what no `Date` can hold. */
export interface OpeningHours {
  isOpen(instant: number): boolean
  /** The first open instant at or after `instant`, `null` if there is none. */
  nextOpen(instant: number): number | null
  /** The first closed instant at or after `instant`, `null` if there is none. */
  nextClose(instant: number): number | null
}

const minuteMs = 60_000
const dayMs = dayMinutes * minuteMs
/** The last instant that `Date` can hold; the first is its negative. */
const instantMsMax = 8.64e15
/** A zone is asked for its offset this often: no zone has left an offset and come back within four days (Freetown, 1939). */
const probeMs = 2 * dayMs
const windowMs = 4 * probeMs
/** Windows that one schedule remembers. */
const windowsMax = 64
/** A holiday that ends on the last date that can be written never ends. */
const forever = '9999-12-31'

/** `[opens, closes)` in milliseconds since a local midnight. */
type Span = readonly [opens: number, closes: number]
/** The hours of one local day: sorted, apart, within 0..dayMs. */
type DayHours = readonly Span[]

/** Local days that have the same hours each week, from day `from` (since 1970-01-01) to the next stretch. */
interface Stretch {
  readonly from: number
  /** Sunday first. */
  readonly week: readonly DayHours[]
  readonly opens: boolean
  readonly closes: boolean
}

/** The hours of the instants `[start, end)`: open from an even edge to the odd one after it. */
interface Window {
  readonly start: number
  readonly end: number
  readonly edges: readonly number[]
}

/** Openings that `afterOpenTime` and `openTime` count through. */
const openingsMax = 1_000

/**
 * The instant at which a schedule has been open for `openMs` since `instant`; `null` where it never will have been.
 * After a thousand openings it is the end of the last.
 */
export function afterOpenTime(hours: OpeningHours, instant: number, openMs: number): number | null {
  let left = openMs
  let at = hours.nextOpen(instant)
  for (let openings = 0; at !== null; openings++) {
    const closes = hours.nextClose(at)
    if (closes === null || closes - at >= left) return at + left
    if (openings === openingsMax) return closes
    left -= closes - at
    at = hours.nextOpen(closes)
  }
  return null
}

/** How long a schedule is open from one instant to another, in milliseconds; at most its first thousand openings count. */
export function openTime(hours: OpeningHours, from: number, to: number): number {
  let open = 0
  let at = from < to ? hours.nextOpen(from) : null
  for (let openings = 0; at !== null && at < to && openings < openingsMax; openings++) {
    const closes = hours.nextClose(at)
    if (closes === null || closes >= to) return open + to - at
    open += closes - at
    at = hours.nextOpen(closes)
  }
  return open
}

/**
 * An instant is open or closed only by what a clock and a calendar on the schedule's wall show then: an hour that
 * happens twice is open twice, one that never happens is open for no time, and a holiday begins and ends with its
 * dates, even on a day without a midnight.
 *
 * Verdicts are a binary search in a window of a few days, which is computed when it is first needed.
 */
export function openingHours(schedule: Schedule): OpeningHours {
  const zone = TimeZone.named(schedule.timeZone)
  const stretches = stretchesOf(schedule)
  const windows = new Map<number, Window>()
  let latest: Window = { start: 0, end: 0, edges: [] }

  function windowAt(instant: number): Window {
    if (instant >= latest.start && instant < latest.end) return latest
    if (!(Math.abs(instant) <= instantMsMax)) throw new RangeError(`not an instant: ${instant}`)
    const start = Math.floor(instant / windowMs) * windowMs
    let window = windows.get(start)
    if (!window) {
      window = { start, end: start + windowMs, edges: edgesOf(stretches, zone, start) }
      const [oldest] = windows.keys()
      if (oldest !== undefined && windows.size >= windowsMax) windows.delete(oldest)
      windows.set(start, window)
    }
    latest = window
    return window
  }

  function next(instant: number, open: boolean): number | null {
    let candidate: number | null = instant
    do {
      const { edges, end } = windowAt(candidate)
      const passed = edgesPassed(edges, candidate)
      if (isOdd(passed) === open) return candidate
      const edge = edges[passed] ?? end
      candidate = edge < end ? edge : skip(stretches, end, open)
    } while (candidate !== null && candidate <= instantMsMax)
    return null
  }

  return {
    isOpen: (instant) => isOdd(edgesPassed(windowAt(instant).edges, instant)),
    nextOpen: (instant) => next(instant, true),
    nextClose: (instant) => next(instant, false),
  }
}

/** An instant at or after `from` before which it is certainly not open (not closed); `null` where it never is again. */
function skip(stretches: readonly Stretch[], from: number, open: boolean): number | null {
  // No local clock is a whole day from UTC, so nothing after `from` has an earlier local date than this.
  for (let i = stretchOn(stretches, Math.floor(from / dayMs) - 1); i < stretches.length; i++) {
    const stretch = stretches[i]
    if (stretch && (open ? stretch.opens : stretch.closes)) {
      return Math.max(from, (stretch.from - 1) * dayMs)
    }
  }
  return null
}

/** The open spans of a window: those of the local days, cut and moved where the zone's offset changes. */
function edgesOf(stretches: readonly Stretch[], zone: TimeZone, start: number): number[] {
  const edges: number[] = []
  for (const { from, to, offset } of offsetsOf(zone, start, start + windowMs)) {
    for (let day = Math.floor((from + offset) / dayMs); day * dayMs < to + offset; day++) {
      const midnight = day * dayMs - offset
      // 1970-01-01 was a Thursday; a remainder is negative before it.
      const weekday = ((day % 7) + 11) % 7
      for (const [opens, closes] of stretches[stretchOn(stretches, day)]?.week[weekday] ?? []) {
        const [open, close] = [Math.max(midnight + opens, from), Math.min(midnight + closes, to)]
        // Spans that touch make two edges at one instant, which are passed together.
        if (open < close) edges.push(open, close)
      }
    }
  }
  return edges
}

/** The times from `start` to `end` in which local time is UTC plus one offset (milliseconds). */
function* offsetsOf(zone: TimeZone, start: number, end: number) {
  // A day from the ends of `Date`'s range the local date still has a `Date`; no zone has changes beyond.
  const reach = instantMsMax - dayMs
  const offsetAt = (instant: number) =>
    Math.round(zone.offset(Math.min(Math.max(instant, -reach), reach)) * minuteMs)

  let from = start
  let offset = offsetAt(start)
  for (let probe = start; probe < end; probe += probeMs) {
    const until = probe + probeMs
    const last = offsetAt(until)
    for (let changed = probe; offset !== last; ) {
      changed = firstSecond(changed, until, (instant) => offsetAt(instant) !== offset)
      yield { from, to: changed, offset }
      from = changed
      offset = offsetAt(changed)
    }
  }
  yield { from, to: end, offset }
}

/** Bisects to whole seconds, where all changes of offset lie; `low` is known not to hold, `high` to hold. */
function firstSecond(low: number, high: number, holds: (instant: number) => boolean): number {
  let [before, after] = [low / 1000, high / 1000]
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (holds(middle * 1000)) after = middle
    else before = middle
  }
  return after * 1000
}

interface Holiday {
  readonly first: number
  readonly last: number
  readonly hours: readonly Span[]
}

/**
 * All local days. The rules for holidays:
 * - Where holidays overlap, the one of the fewest days rules the day: "24 December, 9 to 12" within "closed over
 *   Christmas" is open from 9 to 12, and a closed day within a week of summer hours is closed. Equally long ones
 *   add up.
 * - Weekly hours stop where a holiday begins and resume where it ends, in the middle of a night too.
 * - Hours of a holiday that run past midnight go on into a day of the same holiday or an ordinary day, where they
 *   add to the weekly hours; on a day that another holiday rules, that one wins.
 */
function stretchesOf(schedule: Schedule): Stretch[] {
  const week = weekOf(schedule.intervals.map(spanOf))
  const holidays = (schedule.holidays ?? [])
    .map(({ startDate, endDate, intervals = [] }) => ({
      first: dayOf(startDate),
      last: endDate === forever ? Number.POSITIVE_INFINITY : dayOf(endDate),
      hours: intervals.map(spanOf),
    }))
    .sort((a, b) => a.last - a.first - (b.last - b.first) || 0)

  // Hours past midnight make a day differ from the one before it, wherever another holiday begins or ends.
  const overnight = holidays.some(({ hours }) => hours.some(([, closes]) => closes > dayMs))
  const days = holidays.flatMap(({ first, last }) =>
    overnight ? [first, first + 1, last + 1, last + 2] : [first, last + 1],
  )
  return [...new Set([Number.NEGATIVE_INFINITY, ...days])]
    .filter((day) => day < Number.POSITIVE_INFINITY)
    .sort((a, b) => a - b)
    .map((from) => {
      const today = rulersOf(holidays, from)
      const nights = rulersOf(holidays, from - 1)
        .filter((holiday) => today.length === 0 || today.includes(holiday))
        .flatMap(({ hours }) => hours.map(([opens, closes]): Span => [opens - dayMs, closes - dayMs]))
      return today.length > 0
        ? stretch(from, Array(7).fill(dayHours([...today.flatMap(({ hours }) => hours), ...nights])))
        : stretch(from, nights.length > 0 ? week.map((hours) => dayHours([...hours, ...nights])) : week)
    })
}

function stretch(from: number, week: readonly DayHours[]): Stretch {
  const isWhole = (hours: DayHours) => hours[0]?.[0] === 0 && hours[0][1] === dayMs
  return { from, week, opens: week.some((hours) => hours.length > 0), closes: !week.every(isWhole) }
}

/** `holidays` are sorted by length. */
function rulersOf(holidays: readonly Holiday[], day: number): Holiday[] {
  const rulers: Holiday[] = []
  for (const holiday of holidays) {
    if (day < holiday.first || day > holiday.last) continue
    if (rulers[0] && holiday.last - holiday.first > rulers[0].last - rulers[0].first) break
    rulers.push(holiday)
  }
  return rulers
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

const spanOf = ({ start, end }: { start: number; end: number }): Span => [start * minuteMs, end * minuteMs]

const dayOf = (date: string) => Date.parse(`${date}T00:00:00Z`) / dayMs

const isOdd = (count: number) => (count & 1) === 1

/** The stretch that a local day belongs to. */
function stretchOn(stretches: readonly Stretch[], day: number): number {
  return firstWhere(stretches.length, (i) => (stretches[i] as Stretch).from > day) - 1
}

/** How many edges lie at or before `instant`. */
function edgesPassed(edges: readonly number[], instant: number): number {
  return firstWhere(edges.length, (i) => (edges[i] as number) > instant)
}

/** The first of the indices below `length` for which `holds`, which then holds for all later ones; `length` if none. */
function firstWhere(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
