import { type Channel, channelDefaults, durationMs, type Response } from '../../schemas/channel.ts'
import type { Payload } from '../../schemas/event.ts'
import type { FormField } from '../../schemas/record.ts'
import type { Input, Timeouts } from '../machines/messaging-response.ts'
import { formatInstant } from './format-instant.ts'
import type { OpeningHours } from './opening-hours.ts'
import { textsFor } from './texts.ts'

/** A schedule with its hours worked out. */
export interface ScheduleHours {
  timeZone: string
  hours: OpeningHours
}

/** What is configured at this moment. */
export interface Configuration {
  channels: ReadonlyMap<string, Channel>
  schedules: ReadonlyMap<string, ScheduleHours>
  /** Whether only configured channels may be used. */
  strictChannels: boolean
}

/** What a conversation starts with and keeps: the verdict on the hours, the response and its times. */
export function inputOf(
  configuration: Configuration,
  started: Payload<'session.started'>,
  at: number,
): Input {
  const channel: Channel = configuration.channels.get(started.channel) ?? { id: started.channel }
  const schedule = configuration.schedules.get(channel.schedule || '')
  const open = schedule === undefined || schedule.hours.isOpen(at)
  const opensAt = open ? null : schedule.hours.nextOpen(at)
  const locale = knownLocale(started.locale) ?? knownLocale(channel.locale) ?? 'en'
  const language = started.locale || channel.locale || 'en'
  const texts = textsFor(started.locale, channel.locale)
  const response: Response = (open ? channel.duringHours : channel.outsideHours) ?? {}
  const { customer } = started
  return {
    at,
    channel: channel.id,
    workspace: channel.workspace ?? channelDefaults.workspace,
    locale,
    language,
    hours: open ? 'during' : 'outside',
    opensAt,
    nextOpen:
      opensAt === null || schedule === undefined
        ? texts.neverOpens
        : formatInstant(opensAt, schedule.timeZone, locale),
    customer: {
      name: customer?.name || null,
      email: customer?.email || null,
      externalId: customer?.externalId ?? null,
      verified: customer !== undefined,
    },
    firstMessage: response.firstMessage || (open ? texts.firstMessageDuring : texts.firstMessageOutside),
    followUpMessage: response.followUpMessage || (open ? texts.followUpDuring : texts.followUpOutside),
    asks: (response.customerDetails ?? []).map((detail): FormField => {
      if (detail === 'name') return { id: 'name', label: texts.name, type: 'text', required: true }
      if (detail === 'email') return { id: 'email', label: texts.email, type: 'email', required: true }
      const { id, label, type, options } = detail
      return { id, label, type, required: true, ...(type === 'select' && options && { options }) }
    }),
    timeouts: timeoutsOf(channel),
  }
}

function timeoutsOf({ timeouts = {} }: Channel): Timeouts {
  const { unanswered, escalate, idleCustomer, abandoned } = channelDefaults.timeouts
  const ms = (set: string | null | undefined, otherwise: string) =>
    set === null ? null : durationMs(set ?? otherwise)
  return {
    unanswered: ms(timeouts.unanswered, unanswered),
    escalate: ms(timeouts.escalate, escalate),
    idleCustomer: (timeouts.idleCustomer ?? idleCustomer).map(durationMs),
    abandoned: ms(timeouts.abandoned, abandoned),
  }
}

/** The tag in its usual form, or nothing where it is no language tag. */
function knownLocale(tag: string | undefined): string | undefined {
  try {
    return tag ? Intl.getCanonicalLocales(tag)[0] : undefined
  } catch {
    return undefined
  }
}
