import type { ResolvedSchedule } from '../../../engine/core/hours/with-calendars.ts'
import { builtIn } from '../../../engine/machines/bots/built-in.ts'
import { botDefinition } from '../../../engine/machines/bots/definition.ts'
import { definitionsOf } from '../../../engine/machines/definitions.ts'
import { type Bot, botKindOf, isFlow } from '../../../schemas/configuration/bot.ts'
import type { BotFlow } from '../../../schemas/configuration/bot-flow.ts'
import type { Channel } from '../../../schemas/configuration/channel.ts'
import { type Event, eventOf } from '../../../schemas/conversation/event.ts'
import type { BotPreviewAnswer, PreviewedCall } from '../../../schemas/protocol/admin.ts'
import {
  type CustomerEvent,
  publishedEvent,
  type RecordFrame,
  type RejectedFrame,
} from '../../../schemas/protocol/widget.ts'
import { conversationOf, hoursOf, type Previewed, previewFrame, zonedHours } from './preview.ts'

/** A preview of a bot, as it is passed to another thread. */
export interface Rehearsal {
  channel: Channel
  /** The channel's, if it has one. */
  schedule: ResolvedSchedule | undefined
  at: number
  locale: string | undefined
  hours: 'during' | 'outside'
  events: readonly CustomerEvent[]
  /** The numbers of the calls that fail. */
  failing: readonly number[]
}

/** Previews a conversation with a bot, by the engine's own decision; no API is called. */
export function previewBot(bot: Bot, rehearsal: Rehearsal): BotPreviewAnswer {
  const kind = botKindOf(bot)
  const frames: BotPreviewAnswer['frames'] = []
  const calls: PreviewedCall[] = []
  if (!isFlow(bot)) return { kind, frames, calls }

  const apply = conversationOf(worldOf(bot, rehearsal), rehearsal.at)
  const show = (event: Event, clientId?: string) => {
    const previewed = apply(event)
    frames.push(frameOf(previewed, clientId))
    // A record has at most one call, whose answer the conversation waits for.
    for (const { call, step, method, url, save } of previewed.record.state.calls ?? []) {
      const ok = !rehearsal.failing.includes(call)
      calls.push({ call, step, method, url, ok, after })
      show({ type: 'call.answered', call, ok, ...(ok && { values: exampleValues(save) }) })
    }
  }
  let after = 0
  const { channel, locale, events } = rehearsal
  show({ type: 'session.started', channel: channel.id, ...(locale && { locale }) })
  for (const event of events) {
    after++
    const { type, payload } = publishedEvent(event)
    show(eventOf(type, payload), event.clientId)
  }
  return { kind, frames, calls }
}

/** A world with the bot and its channel. All schedules have the same verdict, including those of the bot's steps. */
function worldOf(bot: BotFlow, { channel, schedule: document, at, hours }: Rehearsal) {
  const schedule = document && zonedHours(document)
  const opensAt = schedule?.hours.nextOpen(schedule.hours.nextClose(at) ?? at) ?? null
  const verdict = hoursOf(schedule, hours === 'during', hours === 'during' ? null : opensAt)
  const steps = bot.answers.flatMap((answer) => answer.steps)
  const asked = steps.flatMap((step) => (step.type === 'hours' && step.schedule ? [step.schedule] : []))
  const definition = botDefinition(bot)
  return {
    configuration: {
      channels: new Map([[channel.id, { ...channel, schedule: ownSchedule, bot: bot.id }]]),
      schedules: new Map([ownSchedule, ...asked].map((id) => [id, verdict])),
      bots: new Map([[bot.id, { document: bot, definition }]]),
      strictChannels: false,
    },
    definitions: definitionsOf(...builtIn, definition),
  }
}

/** Not a token, so that no schedule of a bot's step has this id. */
const ownSchedule = 'the channel’s own'

function frameOf(previewed: Previewed, clientId: string | undefined): RecordFrame | RejectedFrame {
  const { sequence, record } = previewed
  if (!record.rejected || clientId === undefined) return previewFrame(previewed, clientId)
  return { type: 'rejected', sequence, at: record.at, clientId, ...record.rejected }
}

/** Values that name their variables, since the real ones are unknown. */
function exampleValues(save: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.keys(save).map((name) => [name, `‹${name}›`]))
}
