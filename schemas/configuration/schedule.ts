import { IANAZone } from 'luxon'
import { z } from 'zod'
import { token } from '../token.ts'

export const DAY_MINUTES = 1440
export const WEEK_MINUTES = 10_080
export const INTERVALS_MAX = 1000
export const HOLIDAYS_MAX = 2000
export const SCHEDULE_NAME_CHARACTERS_MAX = 256

/** The three-letter names of the tz database. */
const ABBREVIATIONS = /^(?:UTC|UCT|GMT|EST|MST|HST|CET|EET|MET|WET|PRC|ROC|ROK)$/i

/** A zone of the tz database: `Europe/Paris`, `UTC`, `Etc/GMT+3`, old names such as `US/Pacific` too. */
export const timeZone = z.string('must be a text').refine(
  (name) =>
    IANAZone.isValidZone(name) &&
    // Newer runtimes also take "+03:00": an offset is no zone, it knows no daylight saving.
    /^[A-Z]/i.test(name) &&
    // ICU has abbreviations of its own, and not as people mean them: its BST is Dhaka, its IST never Dublin.
    (name.length !== 3 || ABBREVIATIONS.test(name)) &&
    !/^SystemV\//i.test(name),
  { error: 'must be a zone of the tz database that exists, such as "Europe/Paris" or "UTC"' },
)

/** `[start, end)` in whole minutes: it starts within the `period` and may run past its end, by one more. */
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
    .refine(({ start, end }) => end > start, { path: ['end'], error: 'must be after start' })
}

const name = z
  .string('must be a text')
  .max(SCHEDULE_NAME_CHARACTERS_MAX, `must have at most ${SCHEDULE_NAME_CHARACTERS_MAX} characters`)
const date = z.iso.date({ error: 'must be a date that exists, written YYYY-MM-DD', abort: true })

const holiday = z
  .object({
    name: name.optional(),
    startDate: date,
    endDate: date,
    intervals: z
      .array(interval(DAY_MINUTES, 'day'), 'must be a list')
      .max(INTERVALS_MAX, `must have at most ${INTERVALS_MAX} entries`)
      .optional(),
  })
  // Four-digit dates compare as text.
  .refine(({ startDate, endDate }) => endDate >= startDate, {
    path: ['endDate'],
    error: 'must not be before startDate',
  })

/**
 * Opening hours. `intervals` are minutes since Sunday 00:00, local wall clock of `timeZone`, half-open; those of a
 * holiday are minutes since its own midnight. Holidays are whole local days, both ends included.
 */
export const schedule = z.object({
  id: token,
  name: name.optional(),
  timeZone,
  intervals: z
    .array(interval(WEEK_MINUTES, 'week'), 'must be a list')
    .max(INTERVALS_MAX, `must have at most ${INTERVALS_MAX} entries`),
  holidays: z
    .array(holiday, 'must be a list')
    .max(HOLIDAYS_MAX, `must have at most ${HOLIDAYS_MAX} entries`)
    .optional(),
})

export type Schedule = z.infer<typeof schedule>
