import ICAL from 'ical.js'
import { calendar, type Holiday, scheduleNameLengthMax } from '../../schemas/configuration/schedule.ts'
import { type Invalid, invalidOf, type Problem, parse, problem, problemAt } from '../../schemas/problem.ts'
import { type CalendarImport, type EventNote, importBytesMax } from '../../schemas/protocol/admin.ts'
import { failure, type Result } from '../../schemas/result.ts'
import { eventsIn, type IcsEvent } from './ics-events.ts'
import { slugOf } from './slug.ts'

/** A rule of dates that differ from year to year becomes the dates of so many years, from the present one on. */
export const expandedYears = 10
/** The most dates of all rules of a file that are looked at; each takes microseconds. */
export const expandedDatesMax = 50_000

interface IcsImportOptions {
  /** The calendar's id and name; absent: from the file's own name for itself, else `otherwise`. */
  id?: string | undefined
  name?: string | undefined
  otherwise: string
  /** The present year. */
  year: number
}

/**
 * Converts an iCalendar file (RFC 5545) to a calendar: each event of whole days is a holiday; a rule `FREQ=YEARLY` that
 * names the same day each year makes it a yearly one, and any other is expanded. An event that cannot be read does not
 * hold up the others. The failure has one problem: `too_large`, `not_ics`, `no_events`, or one of the calendar's.
 */
export function calendarFromIcs(text: string, options: IcsImportOptions): Result<CalendarImport, Invalid> {
  const bytes = Buffer.byteLength(text)
  if (bytes > importBytesMax)
    return failure(invalidOf([problemAt([], 'too_large', { bytes, max: importBytesMax })]))
  const file = eventsIn(text)
  if (!file.ok) return failure(invalidOf([{ path: [], ...file.error }]))
  const { events, calendarName } = file.value
  const notes: EventNote[] = []
  const refused: EventNote[] = []
  const holidays = new Map<string, Holiday>()
  const budget = { dates: expandedDatesMax }
  const replaced = replacedDates(events.flatMap(({ read }) => (read.ok ? [read.value] : [])))
  for (const { line, name, read } of events) {
    const noteOf = (found: Omit<Problem, 'path'>): EventNote => ({
      path: [],
      line,
      ...(name && { name }),
      ...found,
    })
    const converted = read.ok ? convert(read.value, replaced, options.year, budget) : read
    if (!converted.ok) refused.push(noteOf(converted.error))
    else {
      if (converted.value.note) notes.push(noteOf(converted.value.note))
      for (const holiday of converted.value.holidays) {
        const key = JSON.stringify(holiday)
        if (!holidays.has(key)) holidays.set(key, { ...(name && { name }), ...holiday })
      }
    }
  }
  const name = cut(options.name ?? calendarName ?? options.otherwise)
  const made = parse(calendar, {
    id: options.id ?? (slugOf(name) || 'calendar'),
    ...(name && { name }),
    holidays: [...holidays.values()].sort((a, b) => (a.startDate < b.startDate ? -1 : 1)),
  })
  return made.ok ? { ok: true, value: { calendar: made.value, notes, refused } } : made
}

/** The dates of an event's rule that other events of the same UID stand for. */
type Replaced = ReadonlyMap<string, ReadonlySet<number>>

function replacedDates(events: readonly IcsEvent[]): Replaced {
  const dates = new Map<string, Set<number>>()
  for (const { uid, recurrence } of events)
    if (uid && recurrence !== undefined) dates.set(uid, (dates.get(uid) ?? new Set()).add(recurrence))
  return dates
}

interface Converted {
  holidays: Holiday[]
  note?: Omit<Problem, 'path'>
}

function convert(
  event: IcsEvent,
  replaced: Replaced,
  year: number,
  budget: { dates: number },
): Result<Converted, Omit<Problem, 'path'>> {
  const { first, days, rule, added } = event
  if (event.isCancelled) return { ok: true, value: { holidays: [], note: problem('event_cancelled') } }
  if (event.parts) return { ok: true, value: { holidays: [], note: problem('not_whole_days', event.parts) } }
  const left = new Set([
    ...event.left,
    ...((event.recurrence === undefined && event.uid && replaced.get(event.uid)) || []),
  ])
  const holidayOn = (day: number): Holiday => ({ startDate: dateOf(day), endDate: dateOf(day + days - 1) })
  const onDays = (found: readonly number[]) => found.filter((day) => !left.has(day)).map(holidayOn)
  if (!rule) return { ok: true, value: { holidays: onDays([first, ...added]) } }
  const isPlain = left.size === 0 && added.length === 0 && days < 365
  if (isPlain && isSameDayEachYear(rule, dateOf(first)))
    return { ok: true, value: { holidays: [{ ...holidayOn(first), yearly: true }] } }
  if (!isSupported(rule)) return failure(problem('rule_not_supported', { rule: rule.toString() }))
  const to = year + expandedYears - 1
  const found = datesOf(rule, first, { from: year, to }, budget)
  if (!found) return failure(problem('rule_too_long', { max: expandedDatesMax }))
  const holidays = onDays([...found, ...added])
  return {
    ok: true,
    value: { holidays, note: problem('rule_expanded', { from: year, to, count: holidays.length }) },
  }
}

/** Whether a rule says no more than the day of its first date, each year for ever. */
function isSameDayEachYear({ freq, interval, count, until, parts }: ICAL.Recur, date: string): boolean {
  if (freq !== 'YEARLY' || interval !== 1 || count || until) return false
  const [, month, day] = date.split('-').map(Number)
  const { BYMONTH, BYMONTHDAY, ...others } = parts as Record<string, unknown[]>
  const isOnly = (list: unknown[] | undefined, value: number | undefined) =>
    list === undefined || (list.length === 1 && Number(list[0]) === value)
  // A day of the month alone is one of each month.
  const isYearly = BYMONTHDAY === undefined || BYMONTH !== undefined
  return isYearly && isOnly(BYMONTH, month) && isOnly(BYMONTHDAY, day) && Object.keys(others).length === 0
}

/** The parts that a rule may have. With others the library may look for a date for ever: DAILY;BYMONTH=2;BYMONTHDAY=30. */
const supportedParts: Record<string, readonly string[]> = {
  YEARLY: ['BYMONTH', 'BYMONTHDAY', 'BYDAY', 'BYYEARDAY', 'BYWEEKNO', 'BYSETPOS'],
  MONTHLY: ['BYMONTHDAY', 'BYDAY', 'BYSETPOS'],
  WEEKLY: ['BYDAY'],
  DAILY: [],
}

function isSupported({ freq, interval, parts }: ICAL.Recur): boolean {
  const supported = supportedParts[freq]
  return (
    supported !== undefined &&
    interval >= 1 &&
    interval <= 1_000 &&
    Object.keys(parts).every((part) => supported.includes(part))
  )
}

/** The days of a rule in these years; `undefined` where the budget is spent. */
function datesOf(
  rule: ICAL.Recur,
  first: number,
  years: { from: number; to: number },
  budget: { dates: number },
): number[] | undefined {
  const end = ICAL.Time.fromDateString(`${years.to}-12-31`)
  const bounded = rule.clone()
  if (!rule.until || rule.until.compare(end) > 0) bounded.until = end
  const from = Date.UTC(years.from, 0, 1) / dayMs
  const days: number[] = []
  try {
    const iterator = bounded.iterator(ICAL.Time.fromDateString(dateOf(first)))
    for (let next = iterator.next(); next; next = iterator.next()) {
      if (budget.dates-- <= 0) return undefined
      const day = Date.UTC(next.year, next.month - 1, next.day) / dayMs
      if (day >= from && isNamed(rule, next)) days.push(day)
    }
  } catch {
    // The library throws where a rule has no date at all.
  }
  return days
}

/** The library takes 30 February for 2 March. */
function isNamed({ parts }: ICAL.Recur, { month, day }: ICAL.Time): boolean {
  const { BYMONTH, BYMONTHDAY } = parts as Record<string, (number | string)[] | undefined>
  const numbers = BYMONTHDAY?.map(Number)
  const isMonth = BYMONTH === undefined || BYMONTH.map(Number).includes(month)
  return isMonth && (numbers === undefined || numbers.some((one) => one < 0 || one === day))
}

const dayMs = 86_400_000

function dateOf(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10)
}

/** A name within the limit. */
function cut(name: string): string {
  return Array.from(name.replace(/\s+/g, ' ').trim()).slice(0, scheduleNameLengthMax).join('')
}
