import { dayOf, type Interval, sorted, timeOf, weekMinutes } from './week.ts'
import type { Words } from './words.ts'

/** `Mon–Fri 09:00–17:00, Sat 10:00–14:00`: weekly hours in one line. */
export function summaryOf(
  intervals: readonly Interval[],
  days: readonly number[],
  words: Words,
  locale: string,
): string {
  if (intervals.length === 0) return words.noHours
  if (intervals.some(({ start, end }) => end - start >= weekMinutes)) return words.aroundTheClock
  const hoursOn = (day: number) =>
    sorted(intervals.filter(({ start }) => dayOf(start) === day))
      .map(({ start, end }) => `${timeOf(start)}–${timeOf(end)}`)
      .join(', ')
  const groups: { first: number; last: number; hours: string }[] = []
  for (const day of days) {
    const hours = hoursOn(day)
    const group = groups.at(-1)
    if (group && group.hours === hours) group.last = day
    else groups.push({ first: day, last: day, hours })
  }
  return groups
    .filter(({ hours }) => hours !== '')
    .map(({ first, last, hours }) => {
      const from = dayName(first, locale, 'short')
      return `${first === last ? from : `${from}–${dayName(last, locale, 'short')}`} ${hours}`
    })
    .join(' · ')
}

/** Sunday is 0. */
export function dayName(day: number, locale: string, weekday: 'long' | 'short' | 'narrow'): string {
  // 1 January 2023 was a Sunday.
  return new Intl.DateTimeFormat(locale, { weekday, timeZone: 'UTC' }).format(Date.UTC(2023, 0, 1 + day))
}
