import type { AdminWords } from '../../base/words.ts'
import { dayMinutes, dayOf, type Interval, timeOf, united, weekMinutes } from './week.ts'

/** `Mon–Fri 09:00–17:00 · Sat 10:00–14:00`: weekly hours in one line. */
export function summaryOf(
  intervals: readonly Interval[],
  days: readonly number[],
  words: Pick<AdminWords, 'noHours' | 'aroundTheClock'>,
  locale: string,
): string {
  const open = united(intervals)
  if (open.length === 0) return words.noHours
  if (open.some(({ start, end }) => end - start >= weekMinutes)) return words.aroundTheClock
  const hoursOn = (day: number) =>
    open
      .filter(({ start }) => dayOf(start) === day)
      .map(({ start, end }) => `${timeOf(start)}–${endOf(start, end, locale)}`)
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

/** Midnight ends a day; a later end names its day. */
function endOf(start: number, end: number, locale: string): string {
  if (end % dayMinutes === 0 && end - start <= dayMinutes) return '24:00'
  return end - start <= dayMinutes ? timeOf(end) : `${dayName(dayOf(end), locale, 'short')} ${timeOf(end)}`
}

/** Sunday is 0. */
export function dayName(day: number, locale: string, weekday: 'long' | 'short' | 'narrow'): string {
  // 1 January 2023 was a Sunday.
  return new Intl.DateTimeFormat(locale, { weekday, timeZone: 'UTC' }).format(Date.UTC(2023, 0, 1 + day))
}
