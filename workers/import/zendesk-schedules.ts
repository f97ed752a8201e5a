import { z } from 'zod'
import {
  DAY_MINUTES,
  HOLIDAYS_MAX,
  INTERVALS_MAX,
  type Schedule,
  schedule,
  timeZone,
  WEEK_MINUTES,
} from '../../schemas/configuration/schedule.ts'
import { RAILS_ZONES } from './rails-zones.ts'

/**
 * The schedules of a Zendesk Schedules API response, and warnings to show where they may not be what was meant. Throws
 * an Error that names each field it cannot use.
 */
export function schedulesFromZendesk(response: unknown): { schedules: Schedule[]; warnings: string[] } {
  const parsed = zendeskResponse.safeParse(response)
  if (!parsed.success) throw new Error(`not a Zendesk Schedules API response: ${problems(parsed.error)}`)

  const warnings: string[] = []
  const ids = idsFor(parsed.data.schedules)
  const schedules = parsed.data.schedules.map((zendesk, i): Schedule => {
    const warn = (text: string) => warnings.push(`schedule "${zendesk.name}" (schedules[${i}]): ${text}`)
    const converted = schedule.safeParse({
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
    if (!converted.success) throw new Error(`schedules[${i}] "${zendesk.name}": ${problems(converted.error)}`)
    if (zendesk.intervals.length === 0) warn('it has no intervals, so it never opens')
    return converted.data
  })
  return { schedules, warnings }
}

const minute = z
  .int({ error: 'must be a whole number of minutes since Sunday 00:00' })
  .min(0, 'must not be negative')
  .max(WEEK_MINUTES, `must be at most ${WEEK_MINUTES}, the end of the week`)

const zendeskInterval = z
  .object({
    start_time: minute.max(
      WEEK_MINUTES - 1,
      `must be at most ${WEEK_MINUTES - 1}, the last minute of the week`,
    ),
    // The end of Saturday is Sunday's midnight, which Zendesk writes either way.
    end_time: minute.transform((end) => (end === 0 ? WEEK_MINUTES : end)),
  })
  .refine((interval) => interval.end_time > interval.start_time, {
    path: ['end_time'],
    error: 'must be after start_time',
  })

const zendeskSchedule = z.object({
  id: z
    .union([z.int(), z.string().regex(/^\d{1,20}$/)], { error: 'must be a whole number' })
    .transform(String),
  name: z.string('must be a text'),
  time_zone: z
    .string('must be a text')
    .transform((name) => RAILS_ZONES.get(name) ?? name)
    .refine((name) => timeZone.safeParse(name).success, {
      error: 'must be a time zone of Zendesk, such as "Pacific Time (US & Canada)", or of the tz database',
    }),
  intervals: z
    .array(zendeskInterval, 'must be a list')
    .max(INTERVALS_MAX, `must have at most ${INTERVALS_MAX} entries`),
  // Zendesk lists holidays apart from schedules; they are taken from a schedule that they were put into.
  holidays: z
    .array(
      z
        .object({
          name: z
            .string('must be a text')
            .nullish()
            .transform((name) => name ?? undefined),
          start_date: z.iso.date('must be a date that exists, written YYYY-MM-DD'),
          end_date: z.iso.date('must be a date that exists, written YYYY-MM-DD'),
        })
        .refine((holiday) => holiday.end_date >= holiday.start_date, {
          path: ['end_date'],
          error: 'must not be before start_date',
        }),
      'must be a list',
    )
    .max(HOLIDAYS_MAX, `must have at most ${HOLIDAYS_MAX} entries`)
    .nullish(),
})

const zendeskResponse = z.object(
  {
    schedules: z
      .array(zendeskSchedule, 'must be a list')
      .refine((schedules) => new Set(schedules.map(({ id }) => id)).size === schedules.length, {
        error: 'must not have one id twice',
      }),
  },
  'must be an object with a list "schedules"',
)

type ZendeskInterval = z.infer<typeof zendeskInterval>

/**
 * Zendesk's page says that an interval cannot span days and gives 1980–3900 as an example, of which one edition says
 * "starts Monday at 9 a.m. and ends Tuesday at 5 p.m.", a later one "Monday at 9:00 a.m. and end at 17:00". It may
 * stand for the hours of each day, but that is not what it says, and hours are not closed on a guess: it is cut at
 * midnights, which leaves every minute as it was, and the warning tells what else may have been meant.
 * https://developer.zendesk.com/api-reference/ticketing/ticket-management/schedules/
 */
function splitByDay(
  { start_time: start, end_time: end }: ZendeskInterval,
  warn: (text: string) => void,
): { start: number; end: number }[] {
  const days: { start: number; end: number }[] = []
  for (let from = start; from < end; from = days.at(-1)?.end ?? end) {
    const midnight = (Math.floor(from / DAY_MINUTES) + 1) * DAY_MINUTES
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
  const time = minutes % DAY_MINUTES
  return `${days[Math.floor(minutes / DAY_MINUTES) % 7]} ${two(Math.floor(time / 60))}:${two(time % 60)}`
}

/**
 * A name as a token, with the Zendesk id where that is taken, the id alone where nothing of the name is left. Older
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

function problems(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${fieldAt(path)}: ${message}`).join('; ')
}

/** `schedules[0].intervals[1].end_time` */
function fieldAt(path: readonly PropertyKey[]): string {
  return (
    path.reduce<string>(
      (field, key) =>
        typeof key === 'number' ? `${field}[${key}]` : `${field}${field && '.'}${String(key)}`,
      '',
    ) || 'response'
  )
}
