import type { HoursAnswer } from '../../../../schemas/protocol/admin.ts'
import type { AdminWords } from '../../base/words.ts'

/** The answer, and the zone whose clock the verdict uses. */
export type ScheduleHours = HoursAnswer & { timeZone: string }

/** Whether it is open and until when, in words, by the clock of the schedule's zone. */
export function verdictOf(
  { at, open, nextOpen, nextClose, timeZone }: Omit<ScheduleHours, 'zoneData'>,
  words: AdminWords,
  locale: string,
): string {
  const edge = open ? nextClose : nextOpen
  if (edge === null) return open ? words.openAlways : words.closedForEver
  const when = whenOf(Date.parse(edge), Date.parse(at), timeZone, words, locale)
  return open ? words.openUntil(when) : words.closedUntil(when)
}

/** `today at 17:00`, `Monday at 09:00`, `Monday, 4 January 2027 at 09:00`. */
function whenOf(instant: number, now: number, timeZone: string, words: AdminWords, locale: string): string {
  const say = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone }).format(instant)
  const days = dayIn(timeZone, instant) - dayIn(timeZone, now)
  const isThisYear = dateIn(timeZone, instant).slice(0, 4) === dateIn(timeZone, now).slice(0, 4)
  const time = say({ timeStyle: 'short' })
  if (days === 0) return words.todayAt(time)
  if (days === 1) return words.tomorrowAt(time)
  if (days < 7) return words.dayAt(say({ weekday: 'long' }), time)
  const date = say({
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(!isThisYear && { year: 'numeric' }),
  })
  return words.dayAt(date, time)
}

function dayIn(timeZone: string, instant: number): number {
  return Date.parse(`${dateIn(timeZone, instant)}T00:00Z`) / 86_400_000
}

/** The date of an instant, `2027-01-04`, by the clock of a zone, or of the reader. */
export function dateIn(timeZone: string | undefined, instant: number): string {
  const parts = new Intl.DateTimeFormat('en', {
    ...(timeZone && { timeZone }),
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(instant)
  const part = (type: string) => parts.find((found) => found.type === type)?.value.padStart(2, '0')
  return `${part('year')?.padStart(4, '0')}-${part('month')}-${part('day')}`
}
