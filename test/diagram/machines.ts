import { readFileSync } from 'node:fs'
import { type AnyStateMachine, createMachine } from 'xstate'
import { parse } from 'yaml'
import { compileBot } from '../../engine/machines/bots/compile.ts'
import { externalBot } from '../../engine/machines/bots/external.ts'
import { messagingResponse } from '../../engine/machines/messaging-response.ts'
import { botFlow } from '../../schemas/configuration/bot-flow.ts'
import { flowOf, message, options, person } from '../bots/flow.ts'

/** A bot as its author writes it. */
export function botMachine(written: object): AnyStateMachine {
  return compileBot(botFlow.parse(written))
}

export const acmeBot = botMachine(
  parse(readFileSync(new URL('../examples/acme/assistant.yaml', import.meta.url), 'utf8')) as object,
)

/** All that XState has to be drawn: regions, history, final states, delays, guards, long names. */
export const parallelMachine = createMachine({
  id: 'shipment',
  initial: 'open',
  states: {
    open: {
      initial: 'working',
      on: { 'order.paused': 'paused', 'order.cancelled': { target: 'cancelled', actions: 'refund' } },
      states: {
        working: {
          type: 'parallel',
          onDone: { target: '#shipped', actions: 'thankCustomer' },
          states: {
            payment: {
              initial: 'pending',
              states: {
                pending: {
                  on: { 'payment.received': { guard: 'isWholeAmount', target: 'paid' } },
                  after: { 90000: { target: 'pending', reenter: true, actions: 'remindOfPayment' } },
                },
                paid: { type: 'final' },
              },
            },
            parcel: {
              initial: 'picking',
              states: {
                picking: { entry: 'printPickingList', on: { 'parcel.picked': 'packing' } },
                packing: {
                  on: { 'parcel.damaged': 'picking', 'parcel.packed': 'ready' },
                  exit: ['weigh', 'label'],
                },
                ready: { type: 'final' },
              },
            },
            customs: {
              initial: 'checking',
              states: {
                checking: { always: [{ guard: 'isWithinTheSameCountry', target: 'cleared' }, 'waiting'] },
                waiting: { on: { 'customs.cleared': 'cleared' } },
                cleared: { type: 'final' },
              },
            },
          },
        },
        before: { type: 'history', history: 'deep', target: 'working' },
      },
    },
    paused: {
      on: { 'order.resumed': 'open.before', 'order.asked': { actions: 'sayThatItIsPaused' } },
      after: { 604800000: 'cancelled' },
    },
    shipped: { id: 'shipped', type: 'final' },
    cancelled: { type: 'final' },
  },
}) as unknown as AnyStateMachine

/** Three steps a topic: each offers the next topic, a person, and more by its index. */
export function topicsBot(
  id: string,
  count: number,
  moreOf: (index: number) => Record<string, string>,
): AnyStateMachine {
  const topic = (index: number) => [
    message(`This is topic ${index}.`),
    { type: 'set', variable: 'topic', value: String(index) },
    index === count - 1
      ? { type: 'transfer' }
      : options(
          'How shall we go on?',
          {
            'The next topic please': `topic${index + 1}`,
            'Talk to a person': `topic${count - 1}`,
            ...moreOf(index),
          },
          { name: `choice${index}` },
        ),
  ]
  const answers = Array.from({ length: count }, (_, index) => [`topic${index}`, topic(index)] as const)
  return botMachine(flowOf(Object.fromEntries(answers), { id, greeting: 'Hi!' }))
}

export const longBot = topicsBot('thirty', 10, (index) =>
  index % 3 === 0 ? { 'Skip one': `topic${Math.min(9, index + 2)}` } : {},
)

/** A question with many answers, as shops have it. */
const subjects = Array.from({ length: 9 }, (_, index) => index + 1)
export const wideBot = botMachine(
  flowOf(
    {
      welcome: [
        options(
          'What is it about?',
          Object.fromEntries(subjects.map((n) => [`Subject number ${n}, with a long label`, `subject${n}`])),
        ),
      ],
      ...Object.fromEntries(
        subjects.map((n) => [
          `subject${n}`,
          [
            message('Here is what we know of it.'),
            { type: 'resolved', no: n % 2 === 1 ? 'person' : 'welcome' },
          ],
        ]),
      ),
      person,
    },
    { id: 'wide' },
  ),
)

/** Two states, and all that one can have. */
export const smallMachine = createMachine({
  id: 'small',
  initial: 'off',
  on: { RESET: { target: '.off', actions: 'forget' } },
  states: {
    off: { on: { TOGGLE: { target: 'on', guard: 'isPlugged', actions: ['light', 'count'] } }, entry: 'dim' },
    on: {
      on: { TOGGLE: 'off', PRESS: { target: 'on', reenter: true }, ASK: { actions: 'answer' } },
      after: { 5000: 'off' },
    },
  },
}) as unknown as AnyStateMachine

export const machines: Record<string, AnyStateMachine> = {
  response: messagingResponse as unknown as AnyStateMachine,
  external: externalBot as unknown as AnyStateMachine,
  acmeBot,
  parallel: parallelMachine,
  longBot,
  wideBot,
  small: smallMachine,
}
