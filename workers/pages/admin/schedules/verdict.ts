import type { HoursAnswer } from '../../../../schemas/protocol/admin.ts'
import type { AdminWords } from '../../base/words.ts'

/** Whether it is open and until when, in words, by the clock of the schedule's zone. */
export function verdictOf(
  { at, open, nextOpen, nextClose, offsets }: Omit<HoursAnswer, 'zoneData'>,
  words: AdminWords,
  locale: string,
): string {
  const edge = open ? nextClose : nextOpen
  if (edge === null) return open ? words.openAlways : words.closedForEver
  const onTheWall = (instant: string, minutes: number) => Date.parse(instant) + minutes * 60_000
  const when = whenOf(onTheWall(edge, offsets.next ?? 0), onTheWall(at, offsets.at), words, locale)
  return open ? words.openUntil(when) : words.closedUntil(when)
}

/** `today at 17:00`, `Monday at 09:00`, `Monday, 4 January 2027 at 09:00`; the times are a wall's, as if it were in UTC. */
function whenOf(time: number, now: number, words: AdminWords, locale: string): string {
  const say = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(time)
  const day = (each: number) => Math.floor(each / 86_400_000)
  const days = day(time) - day(now)
  const isThisYear = new Date(time).getUTCFullYear() === new Date(now).getUTCFullYear()
  const clock = say({ timeStyle: 'short' })
  if (days === 0) return words.todayAt(clock)
  if (days === 1) return words.tomorrowAt(clock)
  if (days < 7) return words.dayAt(say({ weekday: 'long' }), clock)
  const date = say({
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(!isThisYear && { year: 'numeric' }),
  })
  return words.dayAt(date, clock)
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
