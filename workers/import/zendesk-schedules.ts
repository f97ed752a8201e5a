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
import { type Invalid, invalidOf, type Problem, parse, problemAt, zodIssue } from '../../schemas/problem.ts'
import type { ImportAnswer } from '../../schemas/protocol/admin.ts'
import { failure, type Result, success } from '../../schemas/result.ts'
import zones from './rails-zones.json' with { type: 'json' }
import { slugOf } from './slug.ts'

/**
 * Rails' names of time zones, which Zendesk uses, and the IANA zones that they mean: `ActiveSupport::TimeZone::MAPPING`
 * with the corrections of Rails 8 (Astana, rails/rails#51317; Greenland, #55494) and today's names of Kyiv and Yangon.
 */
export const railsZones: ReadonlyMap<string, string> = new Map(Object.entries(zones))

/** The most schedules of one import: each takes up to a millisecond to check. */
export const importedSchedulesMax = 500

/**
 * Converts a Zendesk Schedules API response. A schedule that cannot be imported does not hold up the others. The
 * failure is `too_many` or `not_a_zendesk_response`.
 */
export function schedulesFromZendesk(response: unknown): Result<ImportAnswer, Problem> {
  const listed = z.object({ schedules: z.array(z.unknown()) }).safeParse(response)
  if (!listed.success) return failure(problemAt([], 'not_a_zendesk_response'))
  const found = listed.data.schedules
  // Before each of them is checked.
  if (found.length > importedSchedulesMax)
    return failure(problemAt(['schedules'], 'too_many', { max: importedSchedulesMax }))

  const imported: ImportAnswer = { schedules: [], warnings: [], refused: [] }
  // Refused schedules count, too: once they are mended, the others keep their ids.
  const ids = idsFor(found.map((zendesk) => zendeskName.safeParse(zendesk).data))
  for (const [i, zendesk] of found.entries()) {
    const name = z.object({ name: z.string() }).safeParse(zendesk).data?.name
    const noted = (problems: readonly Problem[]) => ({
      ...(name !== undefined && { name }),
      problems: problems.map((one) => ({ ...one, path: ['schedules', i, ...one.path] })),
    })
    const converted = convert(zendesk, ids[i])
    if (!converted.ok) imported.refused.push(noted(converted.error.problems))
    else {
      imported.schedules.push(converted.value.schedule)
      if (converted.value.warnings.length > 0) imported.warnings.push(noted(converted.value.warnings))
    }
  }
  return success(imported)
}

/** @param id none where another schedule has the same Zendesk id */
function convert(
  response: unknown,
  id: string | undefined,
): Result<{ schedule: Schedule; warnings: Problem[] }, Invalid> {
  const read = parse(zendeskSchedule, response)
  if (!read.ok) return read
  if (id === undefined) return failure(invalidOf([problemAt(['id'], 'duplicate_id')]))
  const { name, time_zone, intervals, holidays } = read.value
  const days = intervals.map(splitByDay)
  const converted = parse(schedule, {
    id,
    name,
    timeZone: time_zone,
    intervals: days.flat(),
    holidays: holidays?.map((holiday) => ({
      name: holiday.name,
      startDate: holiday.start_date,
      endDate: holiday.end_date,
    })),
  })
  if (!converted.ok) return converted
  const warnings = intervals.flatMap(({ start_time, end_time }, i) =>
    days[i]?.length === 1
      ? []
      : [problemAt(['intervals', i], 'spans_days', { from: clock(start_time), to: clock(end_time) })],
  )
  if (intervals.length === 0) warnings.push(problemAt(['intervals'], 'never_opens'))
  return success({ schedule: converted.value, warnings })
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

const zendeskName = z.object({
  id: z
    .union([z.int(), z.string().regex(/^\d{1,20}$/)], zodIssue('wrong_type', { expected: 'integer' }))
    .transform(String),
  name: z.string(),
})

const zendeskSchedule = zendeskName.extend({
  time_zone: z
    .string()
    .transform((name) => railsZones.get(name) ?? name)
    .refine((name) => timeZone.safeParse(name).success, zodIssue('not_a_zendesk_zone')),
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

type ZendeskInterval = z.infer<typeof zendeskInterval>

/**
 * Splits an interval at midnights, which changes no minute of it.
 *
 * Zendesk's page says that an interval cannot span days, and gives 1980–3900 as an example: in one edition it "starts
 * Monday at 9 a.m. and ends Tuesday at 5 p.m.", in a later one "Monday at 9:00 a.m. and end at 17:00". It may mean the
 * hours of each day, but that is not what it says, and a guess must not close hours: a warning names the other meaning.
 * https://developer.zendesk.com/api-reference/ticketing/ticket-management/schedules/
 */
function splitByDay({ start_time: start, end_time: end }: ZendeskInterval): { start: number; end: number }[] {
  const days: { start: number; end: number }[] = []
  for (let from = start; from < end; from = days.at(-1)?.end ?? end) {
    const midnight = (Math.floor(from / dayMinutes) + 1) * dayMinutes
    days.push({ start: from, end: Math.min(midnight, end) })
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
function idsFor(zendesk: readonly ({ id: string; name: string } | undefined)[]): (string | undefined)[] {
  const ids: (string | undefined)[] = []
  const taken = new Set<string>()
  const seen = new Set<string>()
  const byAge = [...zendesk.entries()]
    .flatMap(([i, named]) => (named ? [{ i, ...named }] : []))
    .sort((a, b) => Number(BigInt(a.id) - BigInt(b.id)))
  for (const { i, id, name } of byAge) {
    if (seen.has(id)) continue
    seen.add(id)
    const slug = slugOf(name)
    let token = slug || id
    for (let suffix = `-${id}`; taken.has(token); suffix = `${suffix}-${id}`)
      token = slug.slice(0, 64 - suffix.length) + suffix
    taken.add(token)
    ids[i] = token
  }
  return ids
}
