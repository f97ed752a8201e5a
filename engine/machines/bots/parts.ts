import { assign } from 'xstate'
import type { BotStep, Condition } from '../../../schemas/configuration/bot-flow.ts'
import type { Localized } from '../../../schemas/configuration/localized.ts'
import { variableLengthMax } from '../../../schemas/conversation/call.ts'
import type { FormField, Rejection } from '../../../schemas/conversation/record.ts'
import { codePoints } from '../../../schemas/token.ts'
import { fieldsOf } from '../../texts/fields-of.ts'
import { fill } from '../../texts/fill.ts'
import { languageTexts } from '../../texts/languages.ts'
import { trim } from '../../texts/trim.ts'
import type { BotMemory, Context } from '../context.ts'
import { bot, customerText, localText, missingFields, textsOf, valuesOf, wordsOf } from '../says.ts'
import { conversationParts } from '../states.ts'
import { expectEvent, type MachineEvent, type Say, timeOf } from '../vocabulary.ts'
import { linksMax } from './problems.ts'

/** The bot falls back at this many texts in a row that are not an option. */
export const missesMax = 3
/** A call that is not answered this long after its own time-out has failed. */
export const callGraceMs = 10_000

type Fields = Extract<BotStep, { type: 'details' }>['fields']

/** The argument of a machine's guards, delays and actions. */
export interface Scope {
  context: Context
  event: MachineEvent
}

const base = conversationParts()

/** The guards, delays and actions of bots, added to those of every conversation. */
export const botSetup = base.setup.extend({
  guards: {
    isOption: ({ context, event }, params: { label: Localized }) =>
      isOption(event, localText(context, params.label)),
    isAnswer: ({ context, event }, params: { answer: 'yes' | 'no' }) =>
      isOption(event, textsOf(context)[params.answer]),
    hasMissed: ({ context }) => memory(context).misses + 1 >= missesMax,
    hasCircled: ({ context }) => memory(context).links > linksMax,
    detailsAreKnown: ({ context }, params: { step: Extract<BotStep, { type: 'details' }> }) =>
      missingFields(context, fieldsOfStep(context, params.step.fields)).length === 0,
    holds: ({ context }, params: { when: Condition[] }) => {
      const values = valuesOf(context)
      const choose = (text: Localized | undefined) => text && localText(context, text)
      return params.when.every((condition) => holds(condition, values, choose))
    },
    isOpen: (scope, params: { schedule: string | null }) =>
      isOpen(scope.context, timeOf(scope), params.schedule),
    fits: ({ context }, params: { value: string }) =>
      codePoints(fill(params.value, valuesOf(context))) <= variableLengthMax,
    hasSucceeded: ({ event }) => expectEvent(event, 'call.answered').ok,
  },
  delays: {
    callTimeout: ({ context }) => memory(context).waitMs + callGraceMs,
  },
  actions: {
    /** Keeps what the customer did. The first text is the customer's need. */
    hear: assign(({ context, event }, params: { option?: Localized; step?: string; variable?: string }) => {
      const bot = memory(context)
      const option = params.option === undefined ? undefined : localText(context, params.option)
      const text = event.type === 'session.message' ? wordsOf(event) : null
      const values = { ...bot.values }
      if (option !== undefined && params.step !== undefined) values[`option.${params.step}`] = option
      // A text that does not fit in a variable is left to the transcript.
      if (params.variable !== undefined && text !== null)
        values[`variables.${params.variable}`] = codePoints(text) <= variableLengthMax ? text : ''
      return {
        need: option === undefined ? (context.need ?? text) : context.need,
        bot: { ...bot, values, chosen: option ?? bot.chosen, hasActed: true, links: 0, misses: 0 },
      }
    }),
    /** Like `hear`, for an answer that says nothing about the customer's need. */
    note: assign(({ context }) => ({
      bot: { ...memory(context), hasActed: true, links: 0, misses: 0 },
    })),
    countMiss: assign(({ context, event }) => {
      const bot = memory(context)
      return {
        need: context.need ?? wordsOf(expectEvent(event, 'session.message')),
        bot: { ...bot, hasActed: true, links: 0, misses: bot.misses + 1 },
      }
    }),
    countLink: assign(({ context }) => {
      const bot = memory(context)
      return { bot: { ...bot, links: bot.links + 1 } }
    }),
    openForm: assign(({ context }, params: { step: Extract<BotStep, { type: 'details' }> }) => ({
      bot: {
        ...memory(context),
        form: missingFields(context, fieldsOfStep(context, params.step.fields)),
      },
    })),
    closeForm: assign(({ context }) => ({ bot: { ...memory(context), form: null } })),
    set: assign(({ context }, params: { variable: string; value: string }) =>
      keep(context, { [params.variable]: fill(params.value, valuesOf(context)) }),
    ),
    awaitCall: assign(({ context }, params: { timeoutMs: number }) => ({
      bot: { ...memory(context), waitMs: params.timeoutMs },
    })),
    /** Clears the variables that this answer lacks, so that no value of an earlier one is left. */
    keepAnswer: assign(({ context, event }, params: { variables: string[] }) => {
      const nothing = Object.fromEntries(params.variables.map((name) => [name, '']))
      return keep(context, { ...nothing, ...expectEvent(event, 'call.answered').values })
    }),
  },
})

/** A failed bot continues with the response, from where the customer is. */
export const fallBack = base.setup.createStateConfig({
  id: 'fallBack',
  always: [
    { guard: 'isUntouched', target: 'greeting', actions: ['leaveBot', base.root.entry] },
    { guard: 'detailsAreMissing', target: 'collectingDetails', actions: 'leaveBot' },
    { target: 'followUp', actions: 'leaveBot' },
  ],
})

export const { root, responseStates, agentStates } = base

export const said = say(({ event }) => customerText(event))
export const abandoned = {
  abandoned: { target: '#ended', actions: { type: 'end', params: { reason: 'abandoned' } } },
} as const

/** Announces an agent, in the words of the bot's author or in the default ones. */
export function handOver(
  scope: Scope,
  texts: { duringHours?: Localized | undefined; outsideHours?: Localized | undefined },
): Say {
  const { context } = scope
  const defaults = languageTexts(context.pinned.language).channelTexts.followUpMessage
  const text = isOpen(context, timeOf(scope), null)
    ? (texts.duringHours ?? defaults.during)
    : (texts.outsideHours ?? defaults.outside)
  return bot(filled(context, text))
}

/** Says the chosen option as the customer's own words. */
export const answered = say(({ event }) =>
  event.type === 'session.option'
    ? { author: { type: 'customer' }, type: 'text', text: trim(event.option) }
    : customerText(event),
)

/** Counts as the customer's action, and sets no variable. */
export const heard = { type: 'hear', params: {} } as const

export const refuseOption = {
  type: 'refuse',
  params: {
    code: 'details_invalid',
    message: 'option: is not one of the options',
    fields: { option: 'option_unknown' },
  } satisfies Rejection,
} as const

export function say(params: (scope: Scope) => Say) {
  return { type: 'say', params } as const
}

export function memory({ bot }: Context): BotMemory {
  if (!bot) throw new Error('the bot has handed over')
  return bot
}

function keep(context: Context, variables: Record<string, string>) {
  const bot = memory(context)
  const values = { ...bot.values }
  for (const [name, value] of Object.entries(variables)) values[`variables.${name}`] = value
  return { bot: { ...bot, values } }
}

function fieldsOfStep(context: Context, fields: Fields): FormField[] {
  return fieldsOf(fields, languageTexts(context.pinned.language).detailLabels, (text) =>
    localText(context, text),
  )
}

export function filled(context: Context, given: Localized): string {
  const text = localText(context, given)
  return text.includes('{{') ? fill(text, valuesOf(context)) : text
}

function isOption(event: MachineEvent, label: string): boolean {
  if (event.type === 'session.option') return trim(event.option) === trim(label)
  return event.type === 'session.message' && folded(event.text) === folded(label)
}

/** The form in which people compare texts: trimmed, in lower case. */
function folded(text: string): string {
  return inSmall(trim(text))
}

/** An accent may be typed as a character of its own. */
function inSmall(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

/** True if the schedule was open when the conversation began (that promise holds) or has opened since. */
export function isOpen({ pinned, bot }: Context, instant: number, schedule: string | null): boolean {
  const own = pinned.hours === 'during' ? 0 : pinned.opensAt
  const openFrom = schedule === null ? own : (bot?.openFrom[schedule] ?? null)
  return openFrom !== null && openFrom <= instant
}

function holds(
  { value, isKnown, ...comparison }: Condition,
  values: Record<string, string | null>,
  choose: (text: Localized | undefined) => string | undefined,
): boolean {
  const text = folded((Object.hasOwn(values, value) ? values[value] : null) ?? '')
  const [equal, isNot, contains] = [comparison.is, comparison.isNot, comparison.contains].map(choose)
  const startsWith = choose(comparison.startsWith) ?? ''
  if (isKnown !== undefined) return (text !== '') === isKnown
  if (equal !== undefined) return text === folded(equal)
  if (isNot !== undefined) return text !== folded(isNot)
  if (contains !== undefined) return text.includes(inSmall(contains))
  return text.startsWith(inSmall(startsWith))
}
