import { assign, initialTransition, setup, transition } from 'xstate'

/** The conversation of all contenders: its events, and the messages that each must yield, in their order. */
export const script = [
  { event: { type: 'begun' }, yields: ['greeting', 'form'] },
  {
    event: { type: 'details', name: 'Ada Lovelace', email: 'ada@example.org' },
    yields: ['followUp', 'created'],
  },
  { event: { type: 'accepted', agent: 'Grace' }, yields: ['joined'] },
  { event: { type: 'ended' }, yields: [] },
] as const

/** Messages for the customer, which must come in this order. */
export const customerMessages: readonly string[] = ['greeting', 'form', 'followUp', 'joined']
/** Notifications of agents that a contender with all duties sends besides `created`; no event waits for them. */
export const laterNotifications: readonly string[] = ['accepted', 'ended']

export type ScriptEvent =
  | { type: 'begun' | 'ended' }
  | { type: 'details'; name: string; email: string }
  | { type: 'accepted'; agent: string }

export interface ScriptMessage {
  name: string
  text?: string
  fields?: string[]
  customer?: object
}

interface Params {
  name: string
  text?: string
  fields?: string[]
}

const machine = setup({
  types: {
    context: {} as { customer: { name: string; email: string } | null; agent: string | null },
    events: {} as ScriptEvent,
  },
  actions: {
    send: (_, __: Params) => {},
    askAgents: () => {},
  },
  guards: {
    isValid: ({ event }) =>
      event.type === 'details' && event.name.length > 0 && /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(event.email),
  },
}).createMachine({
  context: { customer: null, agent: null },
  initial: 'greeting',
  states: {
    greeting: {
      entry: { type: 'send', params: { name: 'greeting', text: 'Hello! How can we help you today?' } },
      always: 'collectingDetails',
    },
    collectingDetails: {
      entry: { type: 'send', params: { name: 'form', fields: ['name', 'email'] } },
      on: {
        details: {
          guard: 'isValid',
          target: 'queued',
          actions: assign({ customer: ({ event }) => ({ name: event.name, email: event.email }) }),
        },
      },
    },
    queued: {
      entry: [
        {
          type: 'send',
          params: ({ context }) => ({
            name: 'followUp',
            text: `Thanks ${context.customer?.name}, an agent will be with you soon.`,
          }),
        },
        'askAgents',
      ],
      on: {
        accepted: { target: 'withAgent', actions: assign({ agent: ({ event }) => event.agent }) },
      },
    },
    withAgent: {
      entry: {
        type: 'send',
        params: ({ context }) => ({ name: 'joined', text: `${context.agent} has joined the conversation.` }),
      },
      on: { ended: 'over' },
    },
    over: { type: 'final' },
  },
})

/** One event of a conversation decided: the next state, as JSON, and the messages. Pure. */
export function decideStep(
  stored: string | undefined,
  event: ScriptEvent,
): { state: string; isOver: boolean; messages: ScriptMessage[] } {
  const [next, actions] =
    stored === undefined
      ? initialTransition(machine, undefined)
      : transition(machine, machine.resolveState(JSON.parse(stored)), event)
  const messages = actions.flatMap(({ type, params }): ScriptMessage[] => {
    if (type === 'send') return [params as unknown as ScriptMessage]
    return type === 'askAgents' ? [{ name: 'created', customer: next.context.customer ?? {} }] : []
  })
  const state = JSON.stringify(machine.getPersistedSnapshot(next))
  return { state, isOver: next.status === 'done', messages }
}
