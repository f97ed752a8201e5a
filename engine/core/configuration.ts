import { type Bot, isExternal, isFlow } from '../../schemas/configuration/bot.ts'
import {
  type Channel,
  channelDefaults,
  durationMs,
  type Response,
} from '../../schemas/configuration/channel.ts'
import { type ChannelText, forChannelTexts } from '../../schemas/configuration/channel-texts.ts'
import {
  type ConversationText,
  conversationTextNames,
} from '../../schemas/configuration/conversation-texts.ts'
import { type ChosenText, chooseText, type Localized, textIn } from '../../schemas/configuration/localized.ts'
import type { VisitedPage } from '../../schemas/conversation/customer.ts'
import type { Payload } from '../../schemas/conversation/event.ts'
import { titleLengthMax, urlLengthMax } from '../../schemas/limits.ts'
import {
  type BotMemory,
  freshMemory,
  type Input,
  type PinnedChannel,
  type Timeouts,
} from '../machines/context.ts'
import type { Definition } from '../machines/definitions.ts'
import { fieldsOf } from '../texts/fields-of.ts'
import { formatInstant, knownZone } from '../texts/format-instant.ts'
import { languageOf, languageTexts } from '../texts/languages.ts'
import { trim } from '../texts/trim.ts'
import { knownAttributes } from './customer/attributes.ts'
import type { ZonedHours } from './hours/opening-hours.ts'

/** A bot with the machine that its conversations run. */
export interface ConfiguredBot {
  document: Bot
  definition: Definition
}

/** The channels, schedules and bots that are in force at this moment. */
export interface Configuration {
  channels: ReadonlyMap<string, Channel>
  schedules: ReadonlyMap<string, ZonedHours>
  bots: ReadonlyMap<string, ConfiguredBot>
  /** Whether only configured channels may be used. */
  strictChannels: boolean
  /** Whether agents' answers also go to customers by e-mail. */
  promisesMail?: boolean
}

/** The schedule of a channel as it is configured; `undefined`: it is always open. */
export function scheduleOf(
  { channels, schedules }: Pick<Configuration, 'channels' | 'schedules'>,
  channel: string,
): ZonedHours | undefined {
  return schedules.get(channels.get(channel)?.schedule || '')
}

/** The input of a new conversation, which keeps it: the verdict on the hours, the response and its time-outs. */
export function inputOf(
  configuration: Configuration,
  started: Payload<'session.started'>,
  instant: number,
): Input {
  const channel: Channel = configuration.channels.get(started.channel) ?? { id: started.channel }
  const schedule = scheduleOf(configuration, channel.id)
  const open = schedule === undefined || schedule.hours.isOpen(instant)
  const opensAt = open ? null : schedule.hours.nextOpen(instant)
  const channelLocale = knownLocale(channel.locale)
  const locale = knownLocale(started.locale) ?? channelLocale ?? 'en'
  const language = [locale, channelLocale ?? 'en'].find(languageOf) ?? 'en'
  const { texts, channelTexts, detailLabels, mailTexts } = languageTexts(language)
  const hours = open ? 'during' : 'outside'
  const response: Response = (open ? channel.duringHours : channel.outsideHours) ?? {}
  // Only those who leave an address get one.
  const isMailed =
    configuration.promisesMail && !open && (response.customerDetails ?? []).some((asked) => asked === 'email')
  const byDefault = (name: ChannelText) =>
    name === 'followUpMessage' && isMailed
      ? `${channelTexts[name][hours]} ${mailTexts.promise}`
      : channelTexts[name][hours]
  const choose = (text: Localized | undefined) => set(text && chooseText(text, locale, channelLocale))
  // A date is in the language of the text around it.
  const first = choose(response.firstMessage)
  const dated = first ? (knownLocale(first.language) ?? channelLocale ?? locale) : language
  const own = ownTexts(channel, (text) => choose(text)?.text)
  const timeZone = schedule && knownZone(started.timeZone)
  const { customer } = started
  const page = knownPage(started.page)
  const { attributes: names = [] } = channel
  const attributes = knownAttributes(names, [], { sent: started.attributes, verified: customer?.attributes })
  const bot = botOf(configuration, started.channel)
  return {
    pinned: {
      at: instant,
      channel: channel.id,
      workspace: channel.workspace ?? channelDefaults.workspace,
      locale,
      language,
      hours,
      opensAt,
      timeouts: knownTimeouts.get(channel) ?? timeoutsOf(channel),
      ...(page && { page }),
      ...(names.length > 0 && { attributes: names }),
      ...(channel.rating === false && { rating: false as const }),
      ...(timeZone && { timeZone }),
      ...(own && { texts: own }),
      // A bot's texts are chosen when they are said.
      ...(bot && channelLocale && channelLocale !== locale && { channelLocale }),
    },
    customer: {
      name: customer?.name || null,
      email: customer?.email || null,
      externalId: customer?.externalId ?? null,
      verified: customer !== undefined,
    },
    ...(attributes.length > 0 && { attributes }),
    response: {
      ...forChannelTexts((name) => choose(response[name])?.text ?? byDefault(name)),
      nextOpen:
        opensAt === null || schedule === undefined
          ? (own?.neverOpens ?? texts.neverOpens)
          : formatInstant(opensAt, schedule.timeZone, timeZone, dated),
      asks: fieldsOf(response.customerDetails ?? [], detailLabels, (text) =>
        textIn(text, locale, channelLocale),
      ),
    },
    ...(bot && { bot: memoryOf(bot.document, configuration, instant) }),
  }
}

/** The bot that talks to a channel's customers; `undefined` where it is switched off or not available. */
export function botOf(configuration: Configuration, channel: string): ConfiguredBot | undefined {
  const id = configuration.channels.get(channel)?.bot
  return id ? configuration.bots.get(id) : undefined
}

/** A bot's memory at the start of a conversation. */
function memoryOf(bot: Bot, { schedules }: Configuration, instant: number): BotMemory {
  const openFrom: BotMemory['openFrom'] = {}
  if (isFlow(bot))
    for (const step of bot.answers.flatMap(({ steps }) => steps)) {
      if (step.type !== 'hours' || step.schedule === undefined) continue
      const hours = schedules.get(step.schedule)?.hours
      openFrom[step.schedule] = !hours || hours.isOpen(instant) ? 0 : hours.nextOpen(instant)
    }
  return freshMemory(bot.id, openFrom, isExternal(bot) ? durationMs(bot.external.silence) : 0)
}

// Durations are dear to read, and a channel's are the same for all of its conversations.
const knownTimeouts = new WeakMap<Channel, Timeouts>()

function timeoutsOf(channel: Channel): Timeouts {
  const { timeouts = {} } = channel
  const { unanswered, escalate, idleCustomer, abandoned, agent } = channelDefaults.timeouts
  const ms = (set: string | null | undefined, otherwise: string) =>
    set === null ? null : durationMs(set ?? otherwise)
  const read = {
    unanswered: ms(timeouts.unanswered, unanswered),
    escalate: ms(timeouts.escalate, escalate),
    idleCustomer: (timeouts.idleCustomer ?? idleCustomer).map(durationMs),
    abandoned: ms(timeouts.abandoned, abandoned),
    agent:
      timeouts.agent === null
        ? { remind: null, release: null }
        : {
            remind: ms(timeouts.agent?.remind, agent.remind),
            release: ms(timeouts.agent?.release, agent.release),
          },
  }
  knownTimeouts.set(channel, read)
  return read
}

/** The visitor's page within the limits of the widget's protocol: each record carries it. */
function knownPage({ url = '', title = '' }: VisitedPage = {}): VisitedPage | undefined {
  const page = {
    ...(url !== '' && url.length <= urlLengthMax && { url }),
    ...(title !== '' && { title: Array.from(title).slice(0, titleLengthMax).join('') }),
  }
  return Object.keys(page).length > 0 ? page : undefined
}

/** A text that is not blank; a blank one counts as unset. */
function set(chosen: ChosenText | '' | undefined): ChosenText | undefined {
  return !chosen || trim(chosen.text) === '' ? undefined : chosen
}

/** The channel's own texts instead of built-in ones; `undefined`: none, as in most channels. */
function ownTexts(
  { texts }: Channel,
  choose: (text: Localized | undefined) => string | undefined,
): PinnedChannel['texts'] {
  if (!texts) return undefined
  const own: Partial<Record<ConversationText, string>> = {}
  for (const name of conversationTextNames) {
    const text = choose(texts[name])
    if (text !== undefined) own[name] = text
  }
  return Object.keys(own).length > 0 ? own : undefined
}

/** RFC 5646 4.4.1: as many characters have room for every tag that is in use. */
const languageTagLengthMax = 35

// Intl takes 4 µs for a tag, and most visitors have one of few.
const knownTags = new Map<string, string | undefined>()
const knownTagsMax = 1_000

/** The tag in its usual form, or nothing where it is no language tag. */
function knownLocale(tag: string | undefined): string | undefined {
  if (!tag || tag.length > languageTagLengthMax) return undefined
  if (!knownTags.has(tag)) {
    if (knownTags.size === knownTagsMax) knownTags.clear()
    knownTags.set(tag, canonical(tag))
  }
  return knownTags.get(tag)
}

function canonical(tag: string): string | undefined {
  try {
    // Phones write `fr_CA`.
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-'))[0]
  } catch {
    return undefined
  }
}
