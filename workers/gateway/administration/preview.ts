import { type Configuration, inputOf } from '../../../engine/core/configuration.ts'
import { type StoredRecord, unknownConversation } from '../../../engine/core/conversation.ts'
import { decide } from '../../../engine/core/decide.ts'
import { type OpeningHours, openingHours, type ZonedHours } from '../../../engine/core/hours/opening-hours.ts'
import type { ResolvedSchedule } from '../../../engine/core/hours/with-calendars.ts'
import { detailsIn } from '../../../engine/core/record.ts'
import type { World } from '../../../engine/core/running.ts'
import { builtIn } from '../../../engine/machines/bots/built-in.ts'
import { definitionsOf } from '../../../engine/machines/definitions.ts'
import { languageTexts, textsFor } from '../../../engine/texts/languages.ts'
import { type Channel, channelDefaults } from '../../../schemas/configuration/channel.ts'
import { forChannelTexts } from '../../../schemas/configuration/channel-texts.ts'
import type { Details, Event } from '../../../schemas/conversation/event.ts'
import type { FormField } from '../../../schemas/conversation/record.ts'
import { exampleAnswers } from '../../../schemas/field-types.ts'
import type { PreviewAnswer, PreviewedResponse } from '../../../schemas/protocol/admin.ts'
import type { RecordFrame } from '../../../schemas/protocol/widget.ts'
import { frameOf } from '../sockets/record-frame.ts'

/**
 * Previews a channel as its customers would see it, by the engine's own decision: each of the two responses as a
 * conversation with an example customer.
 *
 * @param schedule the channel's, if it has one
 * @param locale the customer's language
 */
export function preview(
  channel: Channel,
  schedule: ZonedHours | undefined,
  now: number,
  locale: string | undefined,
): PreviewAnswer {
  const closesAt = schedule ? (schedule.hours.nextClose(now) ?? now) : now
  const opensAt = schedule?.hours.nextOpen(closesAt) ?? null
  const during = hoursOf(schedule, true, null)
  const outside = hoursOf(schedule, false, opensAt)
  const started = { type: 'session.started', channel: channel.id, ...(locale && { locale }) } as const
  // Only what determines the language is set.
  const unset: Channel = { id: channel.id, ...(channel.locale && { locale: channel.locale }) }
  const defaultsOf = (hours: ZonedHours) => {
    const { response } = inputOf(configured(unset, hours), started, now)
    return forChannelTexts((name) => response[name])
  }
  return {
    during: previewOf(channel, during, now, started),
    outside: previewOf(channel, outside, closesAt, started),
    defaults: {
      during: defaultsOf(during),
      outside: defaultsOf(outside),
      texts: textsFor(inputOf(configured(unset, during), started, now).pinned.language),
      workspace: channelDefaults.workspace,
      timeouts: channelDefaults.timeouts,
    },
  }
}

type Started = Extract<Event, { type: 'session.started' }>

function previewOf(channel: Channel, hours: ZonedHours, now: number, started: Started): PreviewedResponse {
  const configuration = configured(channel, hours)
  const { asks } = inputOf(configuration, started, now).response
  const records = converse(configuration, now, [
    started,
    { type: 'session.message', text: languageTexts(started.locale ?? channel.locale ?? 'en').exampleMessage },
    ...(asks.length > 0 ? [{ type: 'session.details', details: answersTo(asks) } as const] : []),
  ])
  const said = records
    .flatMap(({ messages = [] }) => messages)
    .filter(({ author, type }) => author.type === 'bot' && type === 'text')
  return {
    firstMessage: said[0]?.text ?? '',
    asks,
    followUpMessage: said.at(-1)?.text ?? '',
    records,
  }
}

/** The records of a conversation with these events, as its customer sees them. */
function converse(configuration: Configuration, now: number, events: Event[]): RecordFrame[] {
  const apply = conversationOf({ configuration, definitions: definitionsOf(...builtIn) }, now)
  return events.map((event) => previewFrame(apply(event)))
}

/** A record of a preview, with its sequence in the conversation. */
export interface Previewed {
  sequence: number
  record: StoredRecord
}

/** A conversation that is not stored: each event is decided after the ones before. */
export function conversationOf(world: World, now: number): (event: Event) => Previewed {
  let known = unknownConversation
  return (event) => {
    const seq = known.last + 1
    const incoming = {
      conversation: 'preview',
      seq,
      id: `preview-${seq}`,
      at: now + seq - 1,
      event,
      digest: '',
    }
    const decision = decideOrFailBot(world, known, incoming)
    if (decision.kind !== 'record') throw new Error(`the preview's ${event.type} made no record`)
    const { record } = decision
    known = { last: seq, sequence: seq, record }
    return { sequence: seq, record }
  }
}

/** Decides an event; a bot whose machine throws has failed, as in the engine. */
function decideOrFailBot(...[world, known, incoming]: Parameters<typeof decide>): ReturnType<typeof decide> {
  try {
    return decide(world, known, incoming)
  } catch {
    return decide({ ...world, botHasFailed: true }, known, incoming)
  }
}

export function previewFrame({ sequence, record }: Previewed, clientId?: string): RecordFrame {
  const details = detailsIn(record)
  return frameOf({ ...record, ...(details && { details }) }, sequence, clientId)
}

const scheduleId = 'preview'

/** A configuration of one channel, with these hours. */
function configured(channel: Channel, hours: ZonedHours): Configuration {
  return {
    channels: new Map([[channel.id, { ...channel, schedule: scheduleId }]]),
    schedules: new Map([[scheduleId, hours]]),
    bots: new Map(),
    strictChannels: false,
  }
}

/** Hours with a fixed verdict. */
export function hoursOf(
  schedule: ZonedHours | undefined,
  isOpen: boolean,
  opensAt: number | null,
): ZonedHours {
  const hours: OpeningHours = { isOpen: () => isOpen, nextOpen: () => opensAt, nextClose: () => null }
  return { timeZone: schedule?.timeZone ?? 'UTC', hours }
}

function answersTo(asks: readonly FormField[]): Details {
  return Object.fromEntries(asks.map((field) => [field.id, exampleOf(field)]))
}

function exampleOf({ id, type, options }: FormField): string {
  return id === 'name' ? 'Camille' : (options?.[0] ?? exampleAnswers[type])
}

/** The opening hours of a schedule. */
export function zonedHours(schedule: ResolvedSchedule): ZonedHours {
  return { timeZone: schedule.timeZone, hours: openingHours(schedule) }
}
