import {
  and,
  assign,
  awaitsCall,
  beginningOf,
  bot,
  type CallRequest,
  type Context,
  conversationParts,
  customerText,
  defineConversation,
  type MachineEvent,
  type Stored,
} from '../../../engine/machines/define-conversation.ts'

export const ratings = ['Great', 'So-so', 'Bad'] as const

/** What the survey remembers, in `context.own`. */
interface Survey {
  rating: string | null
  comment: string | null
}

const { setup, root, responseStates, agentStates } = conversationParts<Survey>()

const survey = setup.extend({
  guards: {
    isRating: ({ event }) => ratingOf(event) !== undefined,
    isBad: ({ context }) => context.own.rating === 'Bad',
  },
  delays: {
    nudge: 10 * 60_000,
    commentTimeout: 30 * 60_000,
    // Longer than the call's own, should nobody be there to make it.
    storingTimeout: 30_000,
  },
  actions: {
    keepRating: assign(({ context, event }) => ({
      own: { ...context.own, rating: ratingOf(event) ?? null },
    })),
    keepComment: assign(({ context, event }) => ({
      own: { ...context.own, comment: event.type === 'session.message' ? event.text : null },
    })),
  },
})

/** Asks how it was and why, tells the company’s API, and calls an agent where it was bad. */
const machine = survey.createMachine({
  ...root,
  // Not the response's first message.
  entry: [],
  id: 'survey',
  context: ({ input }) => beginningOf({ input }, { rating: null, comment: null }),
  initial: 'survey',
  states: {
    survey: {
      initial: 'rating',
      states: {
        rating: {
          entry: {
            type: 'say',
            params: { author: { type: 'bot' }, type: 'options', text: 'How was it?', options: [...ratings] },
          },
          on: {
            'session.option': [
              { guard: 'isRating', target: 'comment', actions: [answered(), 'keepRating'] },
              { actions: { type: 'refuse', params: { code: 'details_invalid' } } },
            ],
            // Any other text is answered by the root: it is said, and nothing follows.
            'session.message': { guard: 'isRating', target: 'comment', actions: [answered(), 'keepRating'] },
          },
          after: {
            nudge: { actions: { type: 'say', params: bot('One tap is enough.') } },
            abandoned: { target: '#ended', actions: { type: 'end', params: { reason: 'abandoned' } } },
          },
        },
        comment: {
          entry: {
            type: 'say',
            params: ({ context }) =>
              bot(context.own.rating === 'Great' ? 'What did you like?' : 'What went wrong?'),
          },
          on: {
            'session.message': { target: 'storing', actions: [answered(), 'keepComment', 'keepNeed'] },
          },
          after: { commentTimeout: 'storing' },
        },
        storing: {
          tags: awaitsCall,
          entry: { type: 'call', params: ({ context }) => storeRating(context) },
          // Whether it is stored is not the customer's business.
          on: { 'call.answered': 'stored' },
          after: { storingTimeout: 'stored' },
        },
        stored: {
          always: [
            {
              guard: and(['isBad', 'detailsAreMissing']),
              target: '#survey.collectingDetails',
              actions: 'leaveBot',
            },
            { guard: 'isBad', target: '#survey.followUp', actions: 'leaveBot' },
            {
              target: '#ended',
              actions: [
                { type: 'say', params: bot('Thank you!') },
                { type: 'end', params: { reason: 'bot' } },
              ],
            },
          ],
        },
      },
    },
    ...responseStates,
    ...agentStates,
  },
})

export default defineConversation({
  id: 'survey',
  version: 2,
  machine,
  migrations: { 1: fromVersion1 },
})

/** Version 1 counted stars and asked for no comment; its state `sending` is now called `storing`. */
function fromVersion1({ value, context }: Stored<{ stars: number | null }>) {
  const { stars } = context.own
  const rating = stars === null ? null : stars > 3 ? 'Great' : stars > 1 ? 'So-so' : 'Bad'
  const own: Survey = { rating, comment: null }
  const isSending = typeof value === 'object' && value.survey === 'sending'
  return { value: isSending ? { survey: 'storing' } : value, context: { ...context, own } }
}

function ratingOf(event: MachineEvent): string | undefined {
  const said =
    event.type === 'session.option' ? event.option : event.type === 'session.message' ? event.text : ''
  return ratings.find((rating) => rating.toLowerCase() === said.trim().toLowerCase())
}

/** What the customer chose or wrote, as their own words. */
function answered() {
  return {
    type: 'say',
    params: ({ event }: { event: MachineEvent }) =>
      event.type === 'session.option'
        ? ({ author: { type: 'customer' }, type: 'text', text: event.option } as const)
        : customerText(event),
  } as const
}

function storeRating({ own, pinned }: Context<Survey>): CallRequest {
  return {
    bot: 'survey',
    step: 'storing',
    method: 'POST',
    url: 'https://ratings.example.com/v1/ratings',
    headers: { authorization: 'Bearer {{secret.ratings}}' },
    body: { channel: pinned.channel, rating: own.rating, comment: own.comment },
    timeoutMs: 10_000,
    save: {},
  }
}
