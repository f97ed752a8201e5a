import { calendarsOf, dayOfYear } from '../../../../schemas/configuration/holiday-entry.ts'
import type { Holiday } from '../../../../schemas/configuration/schedule.ts'
import { dateIn } from '../schedules/verdict.ts'
import type { StoredConfiguration } from '../stored.ts'

/** A holiday and the first of its days from today on; in the order of those days. */
interface ComingHoliday {
  name: string
  date: string
}

/** The holidays that are not over, by the reader's date. */
export function comingHolidays(holidays: readonly Holiday[], now = Date.now()): ComingHoliday[] {
  const today = dateIn(undefined, now)
  return holidays
    .flatMap((holiday) => {
      const date = nextDay(holiday, today)
      return date === undefined ? [] : { name: holiday.name ?? '', date }
    })
    .sort((a, b) => (a.date < b.date ? -1 : 1))
}

function nextDay({ startDate, endDate, yearly }: Holiday, today: string): string | undefined {
  if (!startDate || !endDate) return undefined
  if (!yearly) return endDate < today ? undefined : startDate > today ? startDate : today
  const [start, end, day] = [dayOfYear(startDate), dayOfYear(endDate), dayOfYear(today)]
  const isNow = start <= end ? day >= start && day <= end : day >= start || day <= end
  if (isNow) return today
  const year = Number(today.slice(0, 4))
  // The next year that has the day: 29 February comes each fourth, or eighth.
  for (let next = day < start ? year : year + 1; next <= year + 9; next++) {
    const date = `${String(next).padStart(4, '0')}-${start}`
    if (new Date(`${date}T00:00Z`).toISOString().slice(0, 10) === date) return date
  }
  return undefined
}

/** `Fri, 25 Dec 2026, Christmas` */
export function shownDay({ name, date }: ComingHoliday, locale: string): string {
  const options = {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  } as const
  const day = new Intl.DateTimeFormat(locale, options).format(new Date(`${date}T00:00Z`))
  return name ? `${day}, ${name}` : day
}

/** The schedules that name a calendar. */
export function schedulesNaming({ schedules }: StoredConfiguration, calendar: string): string[] {
  return [...schedules]
    .filter(([, { document }]) => calendarsOf(document).includes(calendar))
    .map(([id]) => id)
}
