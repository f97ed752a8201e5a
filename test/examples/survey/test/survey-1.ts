import {
  assign,
  awaitsCall,
  beginningOf,
  bot,
  type CallRequest,
  conversationParts,
  customerText,
  defineConversation,
} from '../../../../engine/machines/define-conversation.ts'

// The survey as it was before: kept for the test of the migration, not for the engine, which passes this folder over.

const { setup, root, agentStates } = conversationParts<{ stars: number | null }>()

const survey = setup.extend({
  guards: {
    isStars: ({ event }) => event.type === 'session.message' && /^[1-5]$/.test(event.text),
  },
  delays: { nudge: 10 * 60_000, sendingTimeout: 30_000 },
  actions: {
    keepStars: assign(({ event }) => ({
      own: { stars: event.type === 'session.message' ? Number(event.text) : null },
    })),
  },
})

export default defineConversation({
  id: 'survey',
  version: 1,
  machine: survey.createMachine({
    ...root,
    entry: [],
    id: 'survey',
    context: ({ input }) => beginningOf({ input }, { stars: null }),
    initial: 'survey',
    states: {
      survey: {
        initial: 'rating',
        states: {
          rating: {
            entry: { type: 'say', params: bot('How many stars, from 1 to 5?') },
            on: {
              'session.message': {
                guard: 'isStars',
                target: 'sending',
                actions: [{ type: 'say', params: ({ event }) => customerText(event) }, 'keepStars'],
              },
            },
            after: {
              nudge: { actions: { type: 'say', params: bot('One number is enough.') } },
              abandoned: { target: '#ended', actions: { type: 'end', params: { reason: 'abandoned' } } },
            },
          },
          sending: {
            tags: awaitsCall,
            entry: { type: 'call', params: ({ context }) => sendStars(context.own.stars) },
            on: { 'call.answered': '#thanks' },
            after: { sendingTimeout: '#thanks' },
          },
        },
      },
      thanks: {
        id: 'thanks',
        entry: { type: 'say', params: bot('Thank you!') },
        always: { target: 'ended', actions: { type: 'end', params: { reason: 'bot' } } },
      },
      ...agentStates,
    },
  }),
})

function sendStars(stars: number | null): CallRequest {
  return {
    bot: 'survey',
    step: 'sending',
    method: 'POST',
    url: 'https://ratings.example.com/v1/stars',
    headers: {},
    body: { stars },
    timeoutMs: 10_000,
    save: {},
  }
}
