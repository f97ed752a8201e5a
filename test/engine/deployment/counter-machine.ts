import { assign } from 'xstate'
import { beginningOf } from '../../../engine/machines/context.ts'
import { conversationParts } from '../../../engine/machines/states.ts'

export const countedMax = 6

const { setup, root, agentStates } = conversationParts<{ count: number }>()
const counting = setup.extend({
  guards: { isEnough: ({ context }) => (context.own?.count ?? 0) + 1 >= countedMax },
  actions: { count: assign(({ context }) => ({ own: { count: (context.own?.count ?? 0) + 1 } })) },
})

/** Counts what the customer writes, aloud, and calls an agent in the end. */
export function counter(state: string, word: string) {
  const heard = [
    {
      type: 'say',
      params: ({ event }: { event: { text: string } }) => ({
        author: { type: 'customer' },
        type: 'text',
        text: event.text,
      }),
    },
    'keepNeed',
    'count',
    {
      type: 'say',
      params: ({ context }: { context: { own?: { count: number } } }) => ({
        author: { type: 'bot' },
        type: 'text',
        text: `${word} ${context.own?.count}`,
      }),
    },
  ]
  return counting.createMachine({
    ...root,
    entry: [],
    id: 'counter',
    context: (input: Parameters<typeof beginningOf>[0]) => ({ ...beginningOf(input), own: { count: 0 } }),
    initial: state,
    states: {
      [state]: {
        on: {
          'session.message': [
            {
              guard: 'isEnough',
              target: 'queued',
              actions: [...heard, 'makeRequest', { type: 'notify', params: { action: 'created' } }],
            },
            { actions: heard },
          ],
        },
      },
      ...agentStates,
    },
  } as never)
}
