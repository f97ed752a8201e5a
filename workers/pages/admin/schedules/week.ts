/** Weekly hours as they are drawn: minutes since Sunday 00:00, `[start, end)`, `end` up to a week past the week's. */
export interface Interval {
  start: number
  end: number
}

export const dayMinutes = 1440
export const weekMinutes = 7 * dayMinutes
/** Sunday is 0. */
export const weekdays = [1, 2, 3, 4, 5] as const

/** The part of an interval that lies on one day: minutes of that day. */
export interface Segment {
  interval: Interval
  day: number
  from: number
  to: number
  /** Whether the interval begins, or ends, here; otherwise it continues from the day before or into the next. */
  isFirst: boolean
  isLast: boolean
}

export function segmentsOf(intervals: readonly Interval[]): Segment[] {
  return intervals.flatMap((interval) => {
    const segments: Segment[] = []
    // An interval longer than a week covers each day once.
    const end = Math.min(interval.end, interval.start + weekMinutes)
    for (let from = interval.start; from < end; ) {
      const midnight = (Math.floor(from / dayMinutes) + 1) * dayMinutes
      const until = Math.min(midnight, end)
      const day = Math.floor(from / dayMinutes) % 7
      const base = Math.floor(from / dayMinutes) * dayMinutes
      segments.push({
        interval,
        day,
        from: from - base,
        to: until - base,
        isFirst: from === interval.start,
        isLast: until === end,
      })
      from = until
    }
    return segments
  })
}

export function snap(minute: number, step: number): number {
  return Math.round(minute / step) * step
}

/** The same minute of a week, in the week where it is nearest to another minute. */
export function near(minute: number, target: number): number {
  return minute + Math.round((target - minute) / weekMinutes) * weekMinutes
}

/** Drawn from one minute to another, either way, at least a step long; past the week's end too. */
export function drawn(anchor: number, pointer: number, step: number): Interval {
  const minute = near(pointer, anchor)
  return inWeek(
    minute >= anchor
      ? { start: anchor, end: Math.max(minute, anchor + step) }
      : { start: minute, end: anchor },
  )
}

export function moved({ start, end }: Interval, minutes: number): Interval {
  return inWeek({ start: start + minutes, end: end + minutes })
}

export function withStart({ start, end }: Interval, pointer: number, step: number): Interval {
  const minute = near(pointer, start)
  return inWeek({ start: Math.min(Math.max(minute, end - weekMinutes), end - step), end })
}

export function withEnd({ start, end }: Interval, pointer: number, step: number): Interval {
  const minute = near(pointer, end)
  return { start, end: Math.max(Math.min(minute, start + weekMinutes), start + step) }
}

/** The interval from one moment of the week to the next occurrence of another; the same moment: a whole week. */
export function between(start: number, end: number): Interval {
  const first = mod(start, weekMinutes)
  const last = mod(end, weekMinutes)
  return { start: first, end: last > first ? last : last + weekMinutes }
}

/** Hours of a day or more, but for those from midnight to midnight: their end was probably meant otherwise. */
export function isLong({ start, end }: Interval): boolean {
  return end - start >= dayMinutes && (start % dayMinutes !== 0 || end % dayMinutes !== 0)
}

/** The end that was probably meant: at that time within a day, or, where AM and PM were mixed up, twelve hours earlier. */
export function likelyEnd({ start, end }: Interval): number {
  const nextDay = start + (mod(end - start, dayMinutes) || dayMinutes)
  const halfDay = nextDay - dayMinutes / 2
  return dayOf(end) === dayOf(start) && halfDay > start ? halfDay : nextDay
}

/** @param firstDay of the week; Sunday is 0 */
export function sorted(intervals: readonly Interval[], firstDay = 0): Interval[] {
  const place = ({ start }: Interval) => mod(start - firstDay * dayMinutes, weekMinutes)
  return intervals.toSorted((a, b) => place(a) - place(b) || a.end - b.end)
}

/** The same open time in the fewest intervals: overlapping or adjacent ones are joined, past the week's end too. */
export function united(intervals: readonly Interval[]): Interval[] {
  const union: Interval[] = []
  for (const { start, end } of sorted(intervals)) {
    const last = union.at(-1)
    if (last && start <= last.end) last.end = Math.max(last.end, end)
    else union.push({ start, end })
  }
  // An interval past the week's end continues at its beginning.
  for (let first = union[0], last = union.at(-1); first && last; first = union[0], last = union.at(-1)) {
    if (first === last || last.end - weekMinutes < first.start) break
    last.end = Math.max(last.end, first.end + weekMinutes)
    union.shift()
  }
  const [only] = union
  return only && only.end - only.start >= weekMinutes ? [{ start: 0, end: weekMinutes }] : union
}

/** The intervals that overlap another one. */
export function overlapping(intervals: readonly Interval[]): Set<Interval> {
  const found = new Set<Interval>()
  const segments = segmentsOf(intervals)
  for (const [index, a] of segments.entries())
    for (const b of segments.slice(index + 1))
      if (a.interval !== b.interval && a.day === b.day && a.from < b.to && b.from < a.to)
        found.add(a.interval).add(b.interval)
  return found
}

export function onDays(days: readonly number[], start: number, end: number): Interval[] {
  return days.map((day) => ({ start: day * dayMinutes + start, end: day * dayMinutes + end }))
}

export const always: readonly Interval[] = [{ start: 0, end: weekMinutes }]
export const officeHours = (): Interval[] => onDays(weekdays, 9 * 60, 17 * 60)

/** Copies the intervals that begin on a day to other days, and replaces theirs. */
export function copyDay(intervals: readonly Interval[], day: number, targets: readonly number[]): Interval[] {
  const dayOf = ({ start }: Interval) => Math.floor(start / dayMinutes)
  const copied = intervals.filter((interval) => dayOf(interval) === day)
  const others = targets.filter((target) => target !== day)
  return sorted([
    ...intervals.filter((interval) => !others.includes(dayOf(interval))),
    ...others.flatMap((target) =>
      copied.map(({ start, end }) => ({
        start: start + (target - day) * dayMinutes,
        end: end + (target - day) * dayMinutes,
      })),
    ),
  ])
}

/** `09:30` */
export function timeOf(minute: number): string {
  const time = mod(minute, dayMinutes)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${two(Math.floor(time / 60))}:${two(time % 60)}`
}

/** Sunday is 0; the end of Saturday is Sunday. */
export function dayOf(minute: number): number {
  return Math.floor(mod(minute, weekMinutes) / dayMinutes)
}

/** Minutes since midnight of `HH:MM`, `undefined` if it is invalid. */
export function readTime(time: string): number | undefined {
  const [, hours, minutes] = /^(\d\d):(\d\d)/.exec(time) ?? []
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes)
}

/** The days of a week in the order in which people of that language and country count them. */
export function daysFrom(language: string): number[] {
  const locale = new Intl.Locale(language) as Intl.Locale & {
    getWeekInfo?: () => { firstDay: number }
    weekInfo?: { firstDay: number }
  }
  const first = (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1
  return Array.from({ length: 7 }, (_, index) => (first + index) % 7)
}

function inWeek({ start, end }: Interval): Interval {
  const first = mod(start, weekMinutes)
  return { start: first, end: end - start + first }
}

function mod(value: number, modulus: number): number {
  return ((value % modulus) + modulus) % modulus
}
