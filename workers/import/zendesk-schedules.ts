import { z } from 'zod'
import {
  dayMinutes,
  holidaysMax,
  intervalsMax,
  type Schedule,
  schedule,
  timeZone,
  weekMinutes,
} from '../../schemas/configuration/schedule.ts'
import { type Problem, parse, problemAt, zodIssue } from '../../schemas/problem.ts'
import { failure, type Result, success } from '../../schemas/result.ts'
import zones from './rails-zones.json' with { type: 'json' }

/**
 * Rails' names of time zones, which Zendesk uses, and the IANA zones that they mean: `ActiveSupport::TimeZone::MAPPING`
 * with the corrections of Rails 8 (Astana, rails/rails#51317; Greenland, #55494) and today's names of Kyiv and Yangon.
 */
export const railsZones: ReadonlyMap<string, string> = new Map(Object.entries(zones))

/** The most schedules of one import: each takes up to a millisecond to check. */
export const importedSchedulesMax = 500

/**
 * Converts a Zendesk Schedules API response, with warnings where a schedule may not be what was meant. The failure is
 * `too_many`, or `not_a_zendesk_response`, which names each field that cannot be used.
 */
export function schedulesFromZendesk(
  response: unknown,
): Result<{ schedules: Schedule[]; warnings: string[] }, Problem> {
  // Before each of them is checked.
  if (countOf(response) > importedSchedulesMax)
    return failure(problemAt(['schedules'], 'too_many', { max: importedSchedulesMax }))
  const read = parse(zendeskResponse, response)
  if (!read.ok) return refused(read.error.problems)

  const warnings: string[] = []
  const schedules: Schedule[] = []
  const ids = idsFor(read.value.schedules)
  for (const [i, zendesk] of read.value.schedules.entries()) {
    const warn = (text: string) => warnings.push(`schedule "${zendesk.name}" (schedules[${i}]): ${text}`)
    const converted = parse(schedule, {
      id: ids[i],
      name: zendesk.name,
      timeZone: zendesk.time_zone,
      intervals: zendesk.intervals.flatMap((interval) => splitByDay(interval, warn)),
      holidays: zendesk.holidays?.map((holiday) => ({
        name: holiday.name,
        startDate: holiday.start_date,
        endDate: holiday.end_date,
      })),
    })
    if (!converted.ok)
      return refused(
        converted.error.problems.map((found) => ({ ...found, path: ['schedules', i, ...found.path] })),
      )
    if (zendesk.intervals.length === 0) warn('it has no intervals, so it never opens')
    schedules.push(converted.value)
  }
  return success({ schedules, warnings })
}

function refused(problems: readonly Problem[]) {
  const reason = problems.map(({ path, message }) => `${fieldAt(path)}: ${message}`).join('; ')
  return failure(problemAt([], 'not_a_zendesk_response', { reason }))
}

function countOf(response: unknown): number {
  if (typeof response !== 'object' || response === null || !('schedules' in response)) return 0
  return Array.isArray(response.schedules) ? response.schedules.length : 0
}

const minute = z
  .int({ error: 'must be a whole number of minutes since Sunday 00:00' })
  .min(0, 'must not be negative')
  .max(weekMinutes, `must be at most ${weekMinutes}, the end of the week`)

const zendeskInterval = z
  .object({
    start_time: minute.max(
      weekMinutes - 1,
      `must be at most ${weekMinutes - 1}, the last minute of the week`,
    ),
    // The end of Saturday is Sunday's midnight: Zendesk writes 0 or 10080.
    end_time: minute.transform((end) => (end === 0 ? weekMinutes : end)),
  })
  .refine((interval) => interval.end_time > interval.start_time, {
    path: ['end_time'],
    ...zodIssue('not_after', { field: 'start_time' }),
  })

const zendeskSchedule = z.object({
  id: z
    .union([z.int(), z.string().regex(/^\d{1,20}$/)], { error: 'must be a whole number' })
    .transform(String),
  name: z.string(),
  time_zone: z
    .string()
    .transform((name) => railsZones.get(name) ?? name)
    .refine((name) => timeZone.safeParse(name).success, {
      error: 'must be a time zone of Zendesk, such as "Pacific Time (US & Canada)", or of the tz database',
    }),
  intervals: z.array(zendeskInterval).max(intervalsMax),
  // Zendesk's API lists holidays apart. A file that has them in its schedules keeps them.
  holidays: z
    .array(
      z
        .object({
          name: z
            .string()
            .nullish()
            .transform((name) => name ?? undefined),
          start_date: z.iso.date(),
          end_date: z.iso.date(),
        })
        .refine((holiday) => holiday.end_date >= holiday.start_date, {
          path: ['end_date'],
          ...zodIssue('before', { field: 'start_date' }),
        }),
    )
    .max(holidaysMax)
    .nullish(),
})

const zendeskResponse = z.object(
  {
    schedules: z
      .array(zendeskSchedule)
      .refine((schedules) => new Set(schedules.map(({ id }) => id)).size === schedules.length, {
        error: 'must not have one id twice',
      }),
  },
  'must be an object with a list "schedules"',
)

type ZendeskInterval = z.infer<typeof zendeskInterval>

/**
 * Splits an interval at midnights, which changes no minute of it.
 *
 * Zendesk's page says that an interval cannot span days, and gives 1980–3900 as an example: in one edition it "starts
 * Monday at 9 a.m. and ends Tuesday at 5 p.m.", in a later one "Monday at 9:00 a.m. and end at 17:00". It may mean the
 * hours of each day, but that is not what it says, and a guess must not close hours: a warning names the other meaning.
 * https://developer.zendesk.com/api-reference/ticketing/ticket-management/schedules/
 */
function splitByDay(
  { start_time: start, end_time: end }: ZendeskInterval,
  warn: (text: string) => void,
): { start: number; end: number }[] {
  const days: { start: number; end: number }[] = []
  for (let from = start; from < end; from = days.at(-1)?.end ?? end) {
    const midnight = (Math.floor(from / dayMinutes) + 1) * dayMinutes
    days.push({ start: from, end: Math.min(midnight, end) })
  }
  if (days.length > 1) {
    warn(
      `the interval ${start}–${end} (${clock(start)} to ${clock(end)}) spans several days; it was split by day at ` +
        'midnight and is open all through: if hours of each day were meant, correct it',
    )
  }
  return days
}

/** `Monday 09:00` */
function clock(minutes: number): string {
  const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
  const two = (n: number) => String(n).padStart(2, '0')
  const time = minutes % dayMinutes
  return `${days[Math.floor(minutes / dayMinutes) % 7]} ${two(Math.floor(time / 60))}:${two(time % 60)}`
}

/**
 * Ids from names: with the Zendesk id if another schedule has the name, the id alone if the name has no letters. Older
 * schedules (lower ids) choose first, so that neither their order nor a new one changes an id on the next import.
 */
function idsFor(zendesk: readonly { id: string; name: string }[]): string[] {
  const ids: string[] = []
  const taken = new Set<string>()
  const byAge = [...zendesk.entries()].sort(([, a], [, b]) => Number(BigInt(a.id) - BigInt(b.id)))
  for (const [i, { id, name }] of byAge) {
    const slug = slugOf(name)
    let token = slug || id
    for (let suffix = `-${id}`; taken.has(token); suffix = `${suffix}-${id}`)
      token = slug.slice(0, 64 - suffix.length) + suffix
    taken.add(token)
    ids[i] = token
  }
  return ids
}

function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replace(/^-|-$/g, '')
}

/** `schedules[0].intervals[1].end_time` */
function fieldAt(path: Problem['path']): string {
  return (
    path.reduce<string>(
      (field, key) =>
        typeof key === 'number' ? `${field}[${key}]` : `${field}${field && '.'}${String(key)}`,
      '',
    ) || 'response'
  )
}
