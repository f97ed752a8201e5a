import type { AnyStateMachine } from 'xstate'
import {
  type ApiStep,
  type BotFlow,
  type BotStep,
  type Condition,
  stepName,
} from '../../../schemas/configuration/bot-flow.ts'
import { durationMs } from '../../../schemas/configuration/channel.ts'
import { textIn } from '../../../schemas/configuration/localized.ts'
import { fillIn } from '../../texts/fill.ts'
import { beginningOf } from '../context.ts'
import { bot as botSays, form, localText, refusedDetails, textsOf, valuesOf } from '../says.ts'
import { awaitsCall, type CallRequest } from '../vocabulary.ts'
import {
  abandoned,
  agentStates,
  answered,
  botSetup,
  fallBack,
  filled,
  handOver,
  heard,
  refuseOption,
  responseStates,
  root,
  type Scope,
  said,
  say,
} from './parts.ts'
import { circlesOf, linksOf } from './problems.ts'

/** Bump when the compiler's output changes, so that running conversations keep their old machine. */
export const botMachineVersion = 1

type Step<T extends BotStep['type']> = Extract<BotStep, { type: T }>

/**
 * The machine of a bot. Its answers are states, and the steps of each are states in it under the author's names. Beside
 * them are the states of every conversation, from the response, which takes over where the bot fails, to the agent.
 * Pure: the same flow gives the same machine.
 *
 * @param bot one without problems, as `schemas/configuration/bot.ts` reads it
 */
export function compileBot(bot: BotFlow): AnyStateMachine {
  const machine = `bot:${bot.id}`
  const circling = circlesOf(bot)
  const answers = bot.answers.map(({ id, steps }): [string, object] => {
    const names = steps.map(stepName)
    const states = steps.map((step, index): [string, object] => {
      const name = names[index] as string
      const place: Place = {
        id: `${idOf(id)}/${name}`,
        machine,
        bot: bot.id,
        step: name,
        next: `#${idOf(id)}/${names[index + 1]}`,
        // Only from where a circle may be gone round.
        cut: linksOf({ id, steps: [step] }).some((target) => circling.has(target))
          ? [{ guard: 'hasCircled', target: '#fallBack' }]
          : [],
      }
      return [name, { id: place.id, ...stateOf(step, place) }]
    })
    const counted = circling.has(id) ? { entry: 'countLink' } : {}
    return [id, { id: idOf(id), initial: names[0], ...counted, states: Object.fromEntries(states) }]
  })
  const { greeting } = bot
  return botSetup.createMachine({
    ...root,
    entry: greeting === undefined ? [] : say(({ context }) => botSays(filled(context, greeting))),
    id: machine,
    context: beginningOf,
    initial: 'bot',
    states: {
      bot: {
        initial: bot.answers[0]?.id,
        on: { 'session.message': { actions: [said, heard] } },
        states: Object.fromEntries(answers),
      },
      fallBack,
      ...responseStates,
      ...agentStates,
    },
  } as never) as unknown as AnyStateMachine
}

function stateIdOf(answer: string): string {
  return `#${idOf(answer)}`
}

/** Apart from the ids of the states that every conversation has. */
function idOf(answer: string): string {
  return `bot/${answer}`
}

/** The position of a step in its answer. */
interface Place {
  id: string
  machine: string
  bot: string
  step: string
  /** The step after it. */
  next: string
  /** Transitions out of a circle of links, where there may be one. */
  cut: object[]
}

function stateOf(step: BotStep, place: Place): object {
  switch (step.type) {
    case 'message':
      return { entry: say(({ context }) => botSays(filled(context, step.text))), always: place.next }
    case 'options':
      return optionsState(step, place)
    case 'details':
      return detailsState(step, place)
    case 'branch':
      return {
        always: [
          ...place.cut,
          ...step.cases.map(({ when, goTo }) => ({
            guard: { type: 'holds', params: { when } },
            target: stateIdOf(goTo),
            description: when.map(inWords).join(' and '),
          })),
          { target: stateIdOf(step.otherwise), description: 'otherwise' },
        ],
      }
    case 'hours':
      return {
        always: [
          ...place.cut,
          {
            guard: { type: 'isOpen', params: { schedule: step.schedule ?? null } },
            target: stateIdOf(step.open),
          },
          { target: stateIdOf(step.closed), description: 'closed' },
        ],
      }
    case 'set':
      return {
        always: [
          {
            guard: { type: 'fits', params: { value: step.value } },
            target: place.next,
            actions: { type: 'set', params: { variable: step.variable, value: step.value } },
          },
          { target: '#fallBack', description: 'too long' },
        ],
      }
    case 'api':
      return apiState(step, place)
    case 'resolved':
      return resolvedState(step, place)
    case 'link':
      return { always: [...place.cut, { target: stateIdOf(step.goTo) }] }
    case 'transfer':
      return {
        entry: say((scope) => handOver(scope, step)),
        always: {
          target: `#${place.machine}.queued`,
          actions: [
            { type: 'keepTags', params: { tags: step.tags ?? [] } },
            'leaveBot',
            'makeRequest',
            { type: 'notify', params: { action: 'created' } },
          ],
        },
      }
    case 'end': {
      const { text } = step
      return {
        ...(text !== undefined && { entry: say(({ context }) => botSays(filled(context, text))) }),
        always: { target: '#ended', actions: { type: 'end', params: { reason: 'bot' } } },
      }
    }
  }
}

function optionsState(step: Step<'options'>, { id }: Place): object {
  const { freeText } = step
  const chosen = step.options.map(({ label, goTo }) => ({
    guard: { type: 'isOption', params: { label } },
    target: stateIdOf(goTo),
    actions: [answered, { type: 'hear', params: { option: label, ...(step.name && { step: step.name }) } }],
    description: textIn(label),
  }))
  return {
    entry: say(({ context }) => ({
      author: { type: 'bot' },
      type: 'options',
      text: filled(context, step.text),
      options: step.options.map(({ label }) => localText(context, label)),
    })),
    on: {
      'session.option': [...chosen, { actions: refuseOption }],
      'session.message': [
        ...chosen,
        ...(freeText
          ? [
              {
                target: stateIdOf(freeText.goTo),
                actions: [
                  said,
                  { type: 'hear', params: freeText.variable ? { variable: freeText.variable } : {} },
                ],
                description: 'free text',
              },
            ]
          : missed(id)),
      ],
    },
    after: abandoned,
  }
}

/** Handles a text that is not an option: repeats the options, and in the end lets the response take over. */
function missed(id: string): object[] {
  return [
    { guard: 'hasMissed', target: '#fallBack', actions: [said, heard] },
    { target: `#${id}`, reenter: true, actions: [said, 'countMiss'] },
  ]
}

function detailsState(step: Step<'details'>, { id, next }: Place): object {
  const areKnown = { type: 'detailsAreKnown', params: { step } }
  return {
    initial: 'asking',
    states: {
      asking: {
        always: [
          { guard: areKnown, target: next },
          {
            target: 'waiting',
            actions: [
              { type: 'openForm', params: { step } },
              say(({ context }) => {
                const open = form(context)
                return step.text === undefined ? open : { ...open, text: filled(context, step.text) }
              }),
            ],
          },
        ],
      },
      waiting: {
        id: `${id}/waiting`,
        on: {
          'session.details': [
            {
              guard: 'detailsAreValid',
              target: next,
              actions: ['keepDetails', 'closeForm', heard],
            },
            {
              actions: {
                type: 'refuse',
                params: ({ context, event }: Scope) => refusedDetails(context, event),
              },
            },
          ],
          'session.message': {
            target: 'waiting',
            reenter: true,
            actions: [said, heard],
          },
          'session.identified': [
            { guard: 'isSameCustomer', target: 'identified', actions: 'keepIdentity' },
            { actions: { type: 'refuse', params: { code: 'not_allowed_now' } } },
          ],
        },
        after: abandoned,
      },
      identified: {
        always: [{ guard: areKnown, target: next, actions: 'closeForm' }, { target: 'waiting' }],
      },
    },
  }
}

function apiState(step: ApiStep, { bot, step: name, cut }: Place): object {
  const timeoutMs = durationMs(step.timeout)
  return {
    tags: awaitsCall,
    entry: [
      { type: 'awaitCall', params: { timeoutMs } },
      {
        type: 'call',
        params: ({ context }: Scope): CallRequest => {
          const values = valuesOf(context)
          return {
            bot,
            step: name,
            method: step.method,
            url: fillIn(step.url, encoded(values)),
            headers: step.headers ?? {},
            ...(step.body !== undefined && { body: filledJson(step.body, values) }),
            timeoutMs,
            save: step.save ?? {},
          }
        },
      },
    ],
    on: {
      'call.answered': [
        ...cut,
        {
          guard: 'hasSucceeded',
          target: stateIdOf(step.success),
          actions: { type: 'keepAnswer', params: { variables: Object.keys(step.save ?? {}) } },
        },
        { target: stateIdOf(step.failure) },
      ],
    },
    after: { callTimeout: [...cut, { target: stateIdOf(step.failure) }] },
  }
}

/** Yes and no as options, in the customer's language. */
function resolvedState(step: Step<'resolved'>, { id }: Place): object {
  const chosen = (answer: 'yes' | 'no', way: object) => ({
    guard: { type: 'isAnswer', params: { answer } },
    description: answer,
    ...way,
  })
  const did = [answered, 'note']
  const yes =
    step.yes === undefined
      ? { target: '#ended', actions: [...did, { type: 'end', params: { reason: 'bot' } }] }
      : { target: stateIdOf(step.yes), actions: did }
  const ways = [chosen('yes', yes), chosen('no', { target: stateIdOf(step.no), actions: did })]
  return {
    entry: say(({ context }) => {
      const texts = textsOf(context)
      const text = step.text === undefined ? texts.resolved : filled(context, step.text)
      return { author: { type: 'bot' }, type: 'options', text, options: [texts.yes, texts.no] }
    }),
    on: {
      'session.option': [...ways, { actions: refuseOption }],
      'session.message': [...ways, ...missed(id)],
    },
    after: abandoned,
  }
}

/** A JSON value with the texts in it filled in. */
function filledJson(value: unknown, values: Record<string, string | null>): unknown {
  if (typeof value === 'string') return fillIn(value, values)
  if (Array.isArray(value)) return value.map((item) => filledJson(item, values))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filledJson(item, values)]))
}

/** Values are encoded, so that each stays one part of the address. */
function encoded(values: Record<string, string | null>): Record<string, string | null> {
  return Object.fromEntries(Object.entries(values).map(([path, value]) => [path, asPart(value ?? '')]))
}

function asPart(value: string): string {
  // A path goes up at these, also where they are encoded.
  if (value === '.' || value === '..') return ''
  // Half a character has no encoding.
  return encodeURIComponent(value.replace(/\p{Surrogate}/gu, '\uFFFD'))
}

/** `details.topic is orders` */
export function inWords({ value, isKnown, ...comparisons }: Condition): string {
  if (isKnown !== undefined) return `${value} is ${isKnown ? '' : 'not '}known`
  const [comparison = '', operand = ''] =
    Object.entries(comparisons).find(([, operand]) => operand !== undefined) ?? []
  return `${value} ${comparison.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`)} “${textIn(operand)}”`
}
