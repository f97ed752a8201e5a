import { IANAZone } from 'luxon'
import { z } from 'zod'
import { problem, zodIssue } from '../problem.ts'
import { shortText, token } from '../token.ts'
import { calendarIn, dayOfYear, isCalendarEntry } from './holiday-entry.ts'

export const dayMinutes = 1440
export const weekMinutes = 10_080
export const intervalsMax = 1000
/** The most entries of `holidays`, in a schedule and in a calendar; the size of a document allows about 1,300. */
export const holidaysMax = 2000
/** The most calendars of a schedule. */
export const calendarsMax = 20
export const scheduleNameLengthMax = 256

/** The three-letter names of the tz database. */
const abbreviations = /^(?:UTC|UCT|GMT|EST|MST|HST|CET|EET|MET|WET|PRC|ROC|ROK)$/i

/** A zone of the tz database: `Europe/Paris`, `UTC`, `Etc/GMT+3`, also old names such as `US/Pacific`. */
export const timeZone = z
  .string()
  .refine(
    (name) =>
      IANAZone.isValidZone(name) &&
      // Newer runtimes also accept "+03:00". An offset is not a zone: it has no daylight saving time.
      /^[A-Z]/i.test(name) &&
      // ICU's own abbreviations are not the usual ones: its BST is Dhaka, its IST never Dublin.
      (name.length !== 3 || abbreviations.test(name)) &&
      !/^SystemV\//i.test(name),
    zodIssue('not_a_time_zone'),
  )
  .describe('A zone of the tz database, such as Europe/Paris or UTC.')

/** `[start, end)` in whole minutes: it starts within the `period` and may end up to one period after it. */
function interval(period: number, name: string) {
  const minute = z.int({ error: 'must be a whole number of minutes' }).min(0, 'must not be negative')
  return z
    .object({
      start: minute.max(period - 1, `must be at most ${period - 1}, the last minute of the ${name}`),
      end: minute.max(2 * period, {
        error: `must be at most ${2 * period}, one ${name} past the ${name}'s end`,
        abort: true,
      }),
    })
    .refine(({ start, end }) => end > start, {
      path: ['end'],
      ...zodIssue('not_after', { field: 'start' }),
    })
}

const name = shortText(scheduleNameLengthMax)
const date = z.iso.date({ error: problem('not_a_date').message, abort: true })

const holiday = z
  .object({
    name: name.optional(),
    startDate: date,
    endDate: date,
    yearly: z.boolean().optional(),
    intervals: z.array(interval(dayMinutes, 'day')).max(intervalsMax).optional(),
  })
  // Four-digit dates compare as text. The years of a yearly one have no meaning: 12-24 to 01-02 is over New Year.
  .refine(({ startDate, endDate, yearly }) => yearly || endDate >= startDate, {
    path: ['endDate'],
    ...zodIssue('before', { field: 'startDate' }),
  })
  // Read without its years, a longer range would be another one.
  .refine(({ startDate, endDate, yearly }) => !yearly || isWithinAYear(startDate, endDate), {
    path: ['endDate'],
    ...zodIssue('longer_than_a_year'),
  })

export type Holiday = z.infer<typeof holiday>

function isWithinAYear(startDate: string, endDate: string): boolean {
  const years = Number(endDate.slice(0, 4)) - Number(startDate.slice(0, 4))
  return years <= 0 || (years === 1 && dayOfYear(endDate) < dayOfYear(startDate))
}

const entry = z.union([
  holiday,
  z
    .string()
    .refine(
      (text) => isCalendarEntry(text) && token.safeParse(calendarIn(text)).success,
      zodIssue('not_a_calendar'),
    )
    .meta({ pattern: '^calendar\\.[A-Za-z0-9_-]{1,64}$' }),
])

const entries = z.preprocess(
  (value) => (isCalendarEntry(value) ? [value] : value),
  z
    .array(entry)
    .max(holidaysMax)
    .refine(
      (list) => list.filter((one) => typeof one === 'string').length <= calendarsMax,
      zodIssue('too_many_calendars', { max: calendarsMax }),
    ),
)

/**
 * Opening hours. `intervals` are minutes since Sunday 00:00, local wall clock of `timeZone`, half-open; those of a
 * holiday are minutes since its own midnight. Holidays are whole local days, both ends included; an entry may also be
 * `calendar.<id>`, all of that calendar's, and one such entry may stand without its list.
 */
export const schedule = z.object({
  id: token,
  name: name.optional(),
  timeZone,
  intervals: z.array(interval(weekMinutes, 'week')).max(intervalsMax),
  holidays: entries.optional(),
})

export type Schedule = z.infer<typeof schedule>

/** Holidays that schedules share. */
export const calendar = z.object({
  id: token,
  name: name.optional(),
  holidays: z.array(holiday).max(holidaysMax),
})

export type Calendar = z.infer<typeof calendar>
