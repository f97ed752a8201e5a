import { formatMoment, minuteMs } from '../../base/time.ts'
import type { AdminWords } from '../../base/words.ts'
import { dayMinutes, dayOf, type Interval, united, weekMinutes } from './week.ts'

/** `Mon–Fri 09:00–17:00 · Sat 10:00–14:00`, or with AM and PM: weekly hours in one line. */
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
      .map(({ start, end }) => `${clockTime(start, locale)}–${endOf(start, end, locale)}`)
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
  if (end - start <= dayMinutes) return endTime(end, locale)
  return `${dayName(dayOf(end), locale, 'short')} ${clockTime(end, locale)}`
}

/** `09:00` or `9:00 AM`, as the locale's clock has it. */
export function clockTime(minute: number, locale: string): string {
  return formatMoment(minute * minuteMs, locale, { timeStyle: 'short', timeZone: 'UTC' })
}

/** Midnight ends the day before it: `24:00` where hours are counted to 24. */
export function endTime(end: number, locale: string): string {
  const has24Hours = !new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).resolvedOptions().hour12
  return end % dayMinutes === 0 && has24Hours ? '24:00' : clockTime(end, locale)
}

/** `6 days 23 hours` */
export function lengthWords(minutes: number, locale: string): string {
  const parts = [
    ['day', Math.floor(minutes / dayMinutes)],
    ['hour', Math.floor((minutes % dayMinutes) / 60)],
    ['minute', minutes % 60],
  ] as const
  return parts
    .filter(([, count]) => count > 0)
    .map(([unit, count]) =>
      new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count),
    )
    .join(' ')
}

/** Sunday is 0. */
export function dayName(day: number, locale: string, weekday: 'long' | 'short' | 'narrow'): string {
  // 1 January 2023 was a Sunday.
  return new Intl.DateTimeFormat(locale, { weekday, timeZone: 'UTC' }).format(Date.UTC(2023, 0, 1 + day))
}
