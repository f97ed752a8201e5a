import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodType } from 'zod'
import type { ZonedHours } from '../../../engine/core/hours/opening-hours.ts'
import { type ResolvedSchedule, withCalendars } from '../../../engine/core/hours/with-calendars.ts'
import { checkDocument, readKind } from '../../../engine/core/read-document.ts'
import { outlineOf } from '../../../engine/machines/bots/outline.ts'
import type { ConfigurationStore } from '../../../engine/nats/views/configuration-store.ts'
import { textsFor } from '../../../engine/texts/languages.ts'
import { staffLanguageOf, staffTexts } from '../../../engine/texts/staff-languages.ts'
import { type Bot, botKindOf, isFlow } from '../../../schemas/configuration/bot.ts'
import type { Channel } from '../../../schemas/configuration/channel.ts'
import { documentBytesMax } from '../../../schemas/configuration/document.ts'
import { calendarsOf } from '../../../schemas/configuration/holiday-entry.ts'
import type { Calendar, Schedule } from '../../../schemas/configuration/schedule.ts'
import { previewEventsMax, textLengthMax } from '../../../schemas/limits.ts'
import { type Invalid, invalidOf, parse } from '../../../schemas/problem.ts'
import {
  type BotDrawingAnswer,
  type BotPreviewAnswer,
  botDrawingQuestion,
  botPreviewQuestion,
  botQuestion,
  botTextBytesMax,
  type CalendarImport,
  type CheckedBot,
  type HoursAnswer,
  hoursQuestion,
  icsQuestion,
  importBytesMax,
  type PreviewAnswer,
  previewQuestion,
} from '../../../schemas/protocol/admin.ts'
import { failure, type Result, success } from '../../../schemas/result.ts'
import { isZoneDataOld, TimeZone, zoneDataVersion } from '../../../schemas/time-zone.ts'
import { Drawings } from '../../diagram/drawings.ts'
import { LayoutFailed } from '../../diagram/run-elk.ts'
import { Unanswered } from '../../diagram/worker-thread.ts'
import { calendarFromIcs } from '../../import/calendar-from-ics.ts'
import { schedulesFromZendesk } from '../../import/zendesk-schedules.ts'
import { invalid, refuse } from '../http/refuse.ts'
import { BotReader } from './bot-reader.ts'
import { preview, zonedHours } from './preview.ts'

/** A document and a question about it. */
const questionBytesMax = documentBytesMax + 1024
/** A bot, its channel, and all texts of a customer: a character takes up to 6 bytes of JSON. */
const previewBytesMax = botTextBytesMax + questionBytesMax + previewEventsMax * textLengthMax * 6

/** Questions about documents that need not be stored: checks, previews, drawings, imports. */
export function adminQuestionRoutes(
  fastify: FastifyInstance,
  configuration: Pick<ConfigurationStore, 'get'>,
): void {
  const drawings = new Drawings()
  const bots = new BotReader()

  const resolved = async (schedule: Schedule): Promise<ResolvedSchedule> => {
    const calendars = new Map<string, Calendar>()
    for (const id of calendarsOf(schedule)) {
      const stored = await configuration.get('calendar', id)
      const read = stored && readKind('calendar', stored.document)
      if (read?.ok) calendars.set(id, read.value.document)
    }
    return withCalendars(schedule, calendars)
  }

  /** A channel's schedule, if it has a valid one. */
  const scheduleOf = async ({ schedule: id }: Channel): Promise<ResolvedSchedule | undefined> => {
    const stored = id ? await configuration.get('schedule', id) : undefined
    const checked = stored && readKind('schedule', stored.document)
    return checked?.ok ? resolved(checked.value.document) : undefined
  }

  const question = <Question, Answer>(
    path: string,
    bodyLimit: number,
    schema: ZodType<Question>,
    answer: (
      question: Question,
      request: FastifyRequest,
    ) => Result<Answer, Invalid> | Promise<Result<Answer, Invalid>>,
  ) =>
    fastify.post(path, { bodyLimit }, async (request, reply) => {
      const asked = parse(schema, request.body)
      try {
        const answered = asked.ok ? await answer(asked.value, request) : asked
        return answered.ok ? answered.value : invalid(reply, answered.error.problems)
      } catch (error) {
        return refuseUnanswered(reply, error)
      }
    })

  question(
    '/hours',
    questionBytesMax,
    hoursQuestion,
    async (asked): Promise<Result<HoursAnswer, Invalid>> => {
      const checked = within('schedule', checkDocument('schedule', asked.schedule))
      if (!checked.ok) return checked
      const now = asked.at === undefined ? Date.now() : Date.parse(asked.at)
      return success(hoursAt(zonedHours(await resolved(checked.value.document)), now))
    },
  )

  question(
    '/preview',
    questionBytesMax,
    previewQuestion,
    async (asked): Promise<Result<PreviewAnswer, Invalid>> => {
      const checked = within('channel', checkDocument('channel', asked.channel))
      if (!checked.ok) return checked
      const channel = checked.value.document
      const schedule = await scheduleOf(channel)
      return success(preview(channel, schedule && zonedHours(schedule), Date.now(), asked.locale))
    },
  )

  question(
    '/check-bot',
    botTextBytesMax,
    botQuestion,
    async ({ text, id }): Promise<Result<CheckedBot, Invalid>> => {
      const { read, places } = await bots.readWithPlaces(text, id)
      // Problems are the answer here, not a refusal.
      return success({
        ...(read.ok ? { document: read.value } : { problems: read.error.problems }),
        places,
      })
    },
  )

  question(
    '/preview-bot',
    previewBytesMax,
    botPreviewQuestion,
    async ({ text, channel, locale, ...asked }): Promise<Result<BotPreviewAnswer, Invalid>> => {
      const bot = within('text', await bots.read(text))
      if (!bot.ok) return bot
      const checked = within('channel', checkDocument('channel', channel ?? { id: 'preview' }))
      if (!checked.ok) return checked
      const { document } = checked.value
      const schedule = await scheduleOf(document)
      const rehearsal = { ...asked, channel: document, schedule, at: Date.now(), locale }
      return within('text', await bots.preview(text, rehearsal))
    },
  )

  question(
    '/draw-bot',
    botTextBytesMax,
    botDrawingQuestion,
    async ({ text, locale }, request): Promise<Result<BotDrawingAnswer, Invalid>> => {
      // An editor aborts its question when the text has changed: the drawing is not needed then.
      const gone = new AbortController()
      const leave = () => gone.abort()
      const { socket } = request.raw
      socket.once('close', leave)
      try {
        const bot = within('text', await bots.read(text))
        return bot.ok ? success(await drawBot(bot.value, locale, drawings, gone.signal)) : bot
      } finally {
        socket.off('close', leave)
      }
    },
  )

  question(
    '/import/ics',
    // A line's end and a quotation mark take two bytes of JSON, another control character six.
    2 * importBytesMax,
    icsQuestion,
    ({ ics, name = '' }): Result<CalendarImport, Invalid> =>
      calendarFromIcs(ics, { otherwise: name, year: new Date().getFullYear() }),
  )

  fastify.post('/import/zendesk-schedules', { bodyLimit: importBytesMax }, async (request, reply) => {
    const imported = schedulesFromZendesk(request.body)
    if (!imported.ok) return invalid(reply, [imported.error])
    return imported.value
  })
}

function refuseUnanswered(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof Unanswered && error.reason === 'aborted') return refuse(reply, 'busy')
  if (error instanceof Unanswered && error.reason === 'busy') return refuse(reply, 'busy')
  throw error
}

/** Draws a bot as its author wrote it. Other kinds of bots have their steps elsewhere. */
async function drawBot(
  bot: Bot,
  locale = 'en',
  drawings: Drawings,
  signal: AbortSignal,
): Promise<BotDrawingAnswer> {
  const kind = botKindOf(bot)
  if (!isFlow(bot)) return { kind, drawing: null }
  try {
    const texts = { ...staffTexts(locale), locale, texts: textsFor(staffLanguageOf(locale)) }
    return { kind, drawing: await drawings.ofChart(outlineOf(bot, texts), signal) }
  } catch (error) {
    if (error instanceof LayoutFailed) return { kind, drawing: null }
    throw error
  }
}

/** The result with the paths of its problems as they are in a body that has the document in a field. */
function within<T>(field: string, result: Result<T, Invalid>): Result<T, Invalid> {
  if (result.ok) return result
  return failure(
    invalidOf(result.error.problems.map((found) => ({ ...found, path: [field, ...found.path] }))),
  )
}

function hoursAt({ hours, timeZone }: ZonedHours, now: number): HoursAnswer {
  const zone = TimeZone.named(timeZone)
  const iso = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString())
  const open = hours.isOpen(now)
  const [nextOpen, nextClose] = [hours.nextOpen(now), hours.nextClose(now)]
  const next = open ? nextClose : nextOpen
  return {
    at: new Date(now).toISOString(),
    open,
    nextOpen: iso(nextOpen),
    nextClose: iso(nextClose),
    offsets: { at: zone.offset(now), next: next === null ? null : zone.offset(next) },
    zoneData: { version: zoneDataVersion, isOld: isZoneDataOld(Date.now()) },
  }
}
