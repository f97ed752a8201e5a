import ICAL from 'ical.js'
import { scheduleNameLengthMax } from '../../schemas/configuration/schedule.ts'
import { type Problem, problem } from '../../schemas/problem.ts'
import { failure, type Result, success } from '../../schemas/result.ts'

/** An event of a calendar file. Days are counted from 1970-01-01. */
export interface IcsEvent {
  uid: string | undefined
  isCancelled: boolean
  first: number
  days: number
  /** The times of an event that is not whole days. */
  parts?: { from: string; to: string }
  rule: ICAL.Recur | undefined
  /** The days that are left out of the rule, and those that are added. */
  left: readonly number[]
  added: readonly number[]
  /** The day of the rule that this event stands for. */
  recurrence: number | undefined
}

type EventProblem = Omit<Problem, 'path'>

interface ReadEvent {
  /** The line at which the event begins, from 1. */
  line: number
  name: string
  read: Result<IcsEvent, EventProblem>
}

/** The most events of a file. */
export const eventsMax = 5_000

/** Reads the events of an iCalendar file, each by itself, so that one that is wrong has a line. */
export function eventsIn(
  text: string,
): Result<{ events: ReadEvent[]; calendarName: string | undefined }, EventProblem> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  if (!lines.some((line) => /^BEGIN:VCALENDAR\s*$/i.test(line))) return failure(problem('not_ics'))
  const events: ReadEvent[] = []
  let begun: number | undefined
  for (const [index, line] of lines.entries()) {
    if (/^BEGIN:VEVENT\s*$/i.test(line)) {
      if (begun !== undefined) events.push(unclosed(begun))
      begun = index
    } else if (begun !== undefined && /^END:VEVENT\s*$/i.test(line)) {
      events.push(readOne(lines.slice(begun, index + 1), begun + 1))
      begun = undefined
    }
    if (events.length > eventsMax) return failure(problem('too_many', { max: eventsMax }))
  }
  if (begun !== undefined) events.push(unclosed(begun))
  if (events.length === 0) return failure(problem('no_events'))
  const named = lines.find((line) => /^(X-WR-CALNAME|NAME)[:;]/i.test(line))
  return success({ events, calendarName: named?.slice(named.indexOf(':') + 1).replace(/\\([,;\\])/g, '$1') })
}

function unclosed(begun: number): ReadEvent {
  return {
    line: begun + 1,
    name: '',
    read: failure(problem('not_an_event', { reason: 'it has no line END:VEVENT' })),
  }
}

function readOne(lines: readonly string[], line: number): ReadEvent {
  let name = ''
  try {
    const event = new ICAL.Component(ICAL.parse(lines.filter((each) => each !== '').join('\r\n')))
    name = Array.from(
      String(event.getFirstPropertyValue('summary') ?? '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
      .slice(0, scheduleNameLengthMax)
      .join('')
    return { line, name, read: readEvent(event) }
  } catch (error) {
    return { line, name, read: failure(problem('not_an_event', { reason: (error as Error).message })) }
  }
}

/** @throws Error with the reason why it is not valid */
function readEvent(event: ICAL.Component): Result<IcsEvent, EventProblem> {
  const start = momentOf(event.getFirstProperty('dtstart'))
  if (!start) throw new Error('it has no DTSTART')
  const end = endOf(event, start)
  const rules = event.getAllProperties('rrule')
  if (rules.length > 1 || event.getFirstProperty('exrule')) throw new Error('it has more than one rule')
  const recurrence = event.getFirstProperty('recurrence-id')
  if (recurrence?.getParameter('range')) throw new Error('RECURRENCE-ID with RANGE is not supported')
  const length = (end.at - start.at) / dayMs
  if (length < 0) return failure(problem('before', { field: 'DTSTART' }))
  const isWhole = isMidnight(start) && isMidnight(end) && start.zone === end.zone
  // Many a program ends a day on itself.
  const isDay = start.isDate && end.isDate && length === 0
  return success({
    uid: event.getFirstPropertyValue('uid') as string | undefined,
    isCancelled: String(event.getFirstPropertyValue('status')).toUpperCase() === 'CANCELLED',
    first: Math.floor(start.at / dayMs),
    days: isDay ? 1 : Math.ceil(length),
    ...(!(isDay || (isWhole && length > 0)) && { parts: { from: start.text, to: end.text } }),
    rule: rules[0]?.getFirstValue() as ICAL.Recur | undefined,
    left: daysOf(event, 'exdate'),
    added: daysOf(event, 'rdate'),
    recurrence: recurrence ? dayOf(momentOf(recurrence)) : undefined,
  })
}

/** A date, or a time on a wall. */
interface Moment {
  /** As if the wall were in UTC, in epoch milliseconds. */
  at: number
  isDate: boolean
  /** `UTC`, the TZID, or empty. */
  zone: string
  /** As a person writes it. */
  text: string
}

const dayMs = 86_400_000

/** A midnight of UTC is none in most places. */
function isMidnight({ at, isDate, zone }: Moment): boolean {
  return isDate || (at % dayMs === 0 && zone !== 'UTC')
}

function dayOf(moment: Moment | undefined): number | undefined {
  return moment && Math.floor(moment.at / dayMs)
}

function endOf(event: ICAL.Component, start: Moment): Moment {
  const end = momentOf(event.getFirstProperty('dtend'))
  if (end) return end
  const duration = event.getFirstPropertyValue('duration') as ICAL.Duration | null
  const ms = duration ? duration.toSeconds() * 1000 : start.isDate ? dayMs : 0
  return moment(start.at + ms, { ...start, isDate: start.isDate && ms % dayMs === 0 })
}

function daysOf(event: ICAL.Component, name: 'exdate' | 'rdate'): number[] {
  return event
    .getAllProperties(name)
    .flatMap((property) => momentsOf(property))
    .map(({ at }) => Math.floor(at / dayMs))
}

function momentOf(property: ICAL.Property | null): Moment | undefined {
  return property ? momentsOf(property)[0] : undefined
}

/** The library takes 31 February for 3 March: its dates are compared with what stands in the file. */
function momentsOf(property: ICAL.Property): Moment[] {
  const zone = property.getParameter('tzid')
  const [, , , ...texts] = property.toJSON() as unknown[]
  return texts.map((text) => {
    const [, date, time, utc] = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(Z?))?$/.exec(String(text)) ?? []
    const at = Date.parse(`${date}T${time ?? '00:00:00'}Z`)
    if (date === undefined || Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== date)
      throw new Error(`${property.name.toUpperCase()} is not a date that exists: ${text}`)
    return moment(at, {
      isDate: time === undefined,
      zone: utc ? 'UTC' : typeof zone === 'string' ? zone : '',
    })
  })
}

function moment(at: number, { isDate, zone }: Pick<Moment, 'isDate' | 'zone'>): Moment {
  const text = new Date(at).toISOString()
  const time = isDate ? '' : ` ${text.slice(11, 16)}${zone ? ` ${zone}` : ''}`
  return { at, isDate, zone, text: text.slice(0, 10) + time }
}
