import type { BotKind } from '../../../schemas/configuration/bot.ts'
import type { Channel } from '../../../schemas/configuration/channel.ts'
import type { Schedule } from '../../../schemas/configuration/schedule.ts'
import type { Problem } from '../../../schemas/problem.ts'
import type { StoredDocumentAnswer } from '../../../schemas/protocol/admin.ts'

export interface StoredOne<T> {
  revision: number
  document: T
  /** Why no worker takes it. */
  problems?: readonly Problem[]
}

/** A bot as it is edited: YAML. */
export interface BotText {
  id: string
  text: string
}

export interface StoredBot extends StoredOne<BotText> {
  name: string
  kind: BotKind
}

/** What is configured, as the page knows it; another one with each change. */
export interface Stored {
  channels: ReadonlyMap<string, StoredOne<Channel>>
  schedules: ReadonlyMap<string, StoredOne<Schedule>>
  bots: ReadonlyMap<string, StoredBot>
}

export function storedOf(documents: readonly StoredDocumentAnswer[]): Stored {
  const ofKind = <T>(kind: string, readable: (id: string, document: Fields) => T) =>
    new Map(
      documents
        .filter((one) => one.kind === kind)
        .map(({ id, revision, document, problems }) => [
          id,
          {
            revision,
            document: readable(id, isObject(document) ? document : {}),
            ...(problems && { problems }),
          },
        ]),
    )
  const bots = documents.flatMap(({ kind, id, revision, document, bot, problems }): [string, StoredBot][] => {
    if (kind !== 'bot' || !bot) return []
    const name = isObject(document) && typeof document.name === 'string' ? document.name : ''
    const { text } = bot
    return [[id, { revision, document: { id, text }, name, kind: bot.kind, ...(problems && { problems }) }]]
  })
  return {
    channels: ofKind('channel', readableChannel),
    schedules: ofKind('schedule', readableSchedule),
    bots: new Map(bots),
  }
}

type Fields = Record<string, unknown>

// Somebody may have written to the bucket by hand what no worker takes: it has to be shown to be mended.
function readableChannel(id: string, document: Fields): Channel {
  const { duringHours, outsideHours, timeouts, ...rest } = document
  return {
    ...rest,
    id,
    ...(isObject(duringHours) && { duringHours: readableResponse(duringHours) }),
    ...(isObject(outsideHours) && { outsideHours: readableResponse(outsideHours) }),
    ...(isObject(timeouts) && { timeouts: readableTimeouts(timeouts) }),
  } as Channel
}

function readableResponse({ customerDetails, ...texts }: Fields): Fields {
  if (!Array.isArray(customerDetails)) return texts
  const details = customerDetails.flatMap((detail) => {
    if (detail === 'name' || detail === 'email') return detail
    if (!isObject(detail)) return []
    const { options, ...field } = detail
    return {
      ...field,
      id: String(field.id ?? ''),
      label: String(field.label ?? ''),
      ...(Array.isArray(options) && { options: options.map(String) }),
    }
  })
  return { ...texts, customerDetails: details }
}

function readableTimeouts({ idleCustomer, ...others }: Fields): Fields {
  const known = Object.entries(others).filter(([, value]) => value === null || typeof value === 'string')
  return {
    ...Object.fromEntries(known),
    ...(Array.isArray(idleCustomer) && { idleCustomer: idleCustomer.map(String) }),
  }
}

function readableSchedule(id: string, document: Fields): Schedule {
  const { timeZone, intervals, holidays, ...rest } = document
  return {
    ...rest,
    id,
    timeZone: String(timeZone ?? ''),
    intervals: readableIntervals(intervals),
    ...(Array.isArray(holidays) && { holidays: holidays.filter(isObject).map(readableHoliday) }),
  } as Schedule
}

function readableHoliday({ intervals, ...holiday }: Fields): Fields {
  return {
    ...holiday,
    startDate: String(holiday.startDate ?? ''),
    endDate: String(holiday.endDate ?? ''),
    ...(intervals !== undefined && { intervals: readableIntervals(intervals) }),
  }
}

function readableIntervals(intervals: unknown): unknown[] {
  if (!Array.isArray(intervals)) return []
  return intervals.filter(
    (interval) => isObject(interval) && Number.isInteger(interval.start) && Number.isInteger(interval.end),
  )
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
