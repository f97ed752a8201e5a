import { TimeZone } from '../../../schemas/time-zone.ts'
import { dayMs, firstWhere, type LocalDays, localDays, minuteMs } from './local-days.ts'
import type { ResolvedSchedule } from './with-calendars.ts'

/** Answers for one schedule; instants are epoch milliseconds. A RangeError for what no `Date` can hold. */
export interface OpeningHours {
  isOpen(instant: number): boolean
  /** The first open instant at or after `instant`, `null` if there is none. */
  nextOpen(instant: number): number | null
  /** The first closed instant at or after `instant`, `null` if there is none. */
  nextClose(instant: number): number | null
}

/** A schedule with its hours worked out. */
export interface ZonedHours {
  timeZone: string
  hours: OpeningHours
}

/** The last instant that `Date` can hold; the first is its negative. */
const instantMsMax = 8.64e15
/** A zone is asked for its offset this often: no zone has left an offset and come back within four days (Freetown, 1939). */
const probeMs = 2 * dayMs
const windowMs = 4 * probeMs
/** Windows that one schedule remembers. */
const windowsMax = 64
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
export function openingHours(schedule: ResolvedSchedule): OpeningHours {
  const zone = TimeZone.named(schedule.timeZone)
  const days = localDays(schedule)
  const windows = new Map<number, Window>()
  let latest: Window = { start: 0, end: 0, edges: [] }

  function windowAt(instant: number): Window {
    if (instant >= latest.start && instant < latest.end) return latest
    if (!(Math.abs(instant) <= instantMsMax)) throw new RangeError(`not an instant: ${instant}`)
    const start = Math.floor(instant / windowMs) * windowMs
    let window = windows.get(start)
    if (!window) {
      window = { start, end: start + windowMs, edges: edgesOf(days, zone, start) }
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
      candidate = edge < end ? edge : skip(days, end, open)
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
function skip(days: LocalDays, from: number, open: boolean): number | null {
  // No local clock is a whole day from UTC, so nothing after `from` has an earlier local date than this.
  const day = days.next(Math.floor(from / dayMs) - 1, open)
  return day === null ? null : Math.max(from, (day - 1) * dayMs)
}

/** The open spans of a window: those of the local days, cut and moved where the zone's offset changes. */
function edgesOf(days: LocalDays, zone: TimeZone, start: number): number[] {
  const edges: number[] = []
  for (const { from, to, offset } of offsetsOf(zone, start, start + windowMs)) {
    for (let day = Math.floor((from + offset) / dayMs); day * dayMs < to + offset; day++) {
      const midnight = day * dayMs - offset
      for (const [opens, closes] of days.hoursOn(day)) {
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

const isOdd = (count: number) => (count & 1) === 1

/** How many edges lie at or before `instant`. */
function edgesPassed(edges: readonly number[], instant: number): number {
  return firstWhere(edges.length, (i) => (edges[i] as number) > instant)
}
