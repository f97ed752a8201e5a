import { readFileSync } from 'node:fs'
import { type AnyStateMachine, createMachine } from 'xstate'
import { parse } from 'yaml'
import { compileBot } from '../../engine/machines/bots/compile.ts'
import { externalBot } from '../../engine/machines/bots/external.ts'
import { messagingResponse } from '../../engine/machines/messaging-response.ts'
import { botFlow } from '../../schemas/configuration/bot-flow.ts'

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

/** Thirty steps in ten answers, which lead here and there. */
export const longBot = botMachine({
  id: 'thirty',
  greeting: 'Hi!',
  answers: Array.from({ length: 10 }, (_, index) => ({
    id: `topic${index}`,
    steps: [
      { type: 'message', text: `This is topic ${index}.` },
      { type: 'set', variable: 'topic', value: String(index) },
      index === 9
        ? { type: 'transfer' }
        : {
            type: 'options',
            name: `choice${index}`,
            text: 'How shall we go on?',
            options: [
              { label: 'The next topic please', goTo: `topic${index + 1}` },
              { label: 'Talk to a person', goTo: 'topic9' },
              ...(index % 3 === 0 ? [{ label: 'Skip one', goTo: `topic${Math.min(9, index + 2)}` }] : []),
            ],
          },
    ],
  })),
})

/** A question with many answers, as shops have it. */
export const wideBot = botMachine({
  id: 'wide',
  answers: [
    {
      id: 'welcome',
      steps: [
        {
          type: 'options',
          text: 'What is it about?',
          options: Array.from({ length: 9 }, (_, index) => ({
            label: `Subject number ${index + 1}, with a long label`,
            goTo: `subject${index + 1}`,
          })),
        },
      ],
    },
    ...Array.from({ length: 9 }, (_, index) => ({
      id: `subject${index + 1}`,
      steps: [
        { type: 'message', text: 'Here is what we know of it.' },
        { type: 'resolved', no: index % 2 === 0 ? 'person' : 'welcome' },
      ],
    })),
    { id: 'person', steps: [{ type: 'transfer' }] },
  ],
})

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
