import { and, assign } from 'xstate'
import { trim } from '../core/trim.ts'
import {
  abandoned,
  agentStates,
  answered,
  botSetup,
  fallBack,
  handOver,
  heard,
  memory,
  refuseOption,
  responseStates,
  root,
  said,
  say,
} from './bot-parts.ts'
import { beginningOf, bot, of, refusedDetails, textsOf } from './conversation-parts.ts'

const setup = botSetup.extend({
  guards: {
    isOffered: ({ context, event }) => {
      const option = trim(of(event, 'session.option').option)
      return memory(context).offered?.some((offered) => trim(offered) === option) ?? false
    },
    hasForm: ({ context }) => memory(context).form !== null,
    saysMore: ({ event }) => of(event, 'bot.done').text !== undefined,
  },
  delays: {
    silence: ({ context }) => memory(context).waitMs,
  },
  actions: {
    offer: assign(({ context, event }) => ({
      bot: { ...memory(context), offered: of(event, 'bot.options').options, form: null },
    })),
    ask: assign(({ context, event }) => ({
      bot: { ...memory(context), offered: null, form: of(event, 'bot.form').fields },
    })),
    keepTagsOf: assign(({ event }) => {
      const { tags = [] } = of(event, 'bot.handoff')
      return tags.length > 0 ? { tags } : {}
    }),
  },
})

const done = { type: 'end', params: { reason: 'bot' } } as const

/** A bot that is a program elsewhere: what it sends is said, and where it is silent the response takes over. */
export const externalBot = setup.createMachine({
  ...root,
  entry: [],
  id: 'externalBot',
  context: beginningOf,
  initial: 'bot',
  states: {
    bot: {
      initial: 'botsTurn',
      on: {
        'bot.message': {
          target: '.customersTurn',
          actions: say(({ event }) => bot(of(event, 'bot.message').text)),
        },
        'bot.options': {
          target: '.customersTurn',
          actions: [
            'offer',
            say(({ event }) => {
              const { text, options } = of(event, 'bot.options')
              return { author: { type: 'bot' }, type: 'options', text, options }
            }),
          ],
        },
        'bot.form': {
          target: '.customersTurn',
          actions: [
            'ask',
            say(({ context, event }) => {
              const { text, fields } = of(event, 'bot.form')
              return { author: { type: 'bot' }, type: 'form', text: text ?? textsOf(context).form, fields }
            }),
          ],
        },
        'bot.handoff': {
          target: 'queued',
          actions: [
            say((scope) => {
              const { text } = of(scope.event, 'bot.handoff')
              return text === undefined ? handOver(scope, {}) : bot(text)
            }),
            'keepTagsOf',
            'leaveBot',
            'makeRequest',
            { type: 'notify', params: { action: 'created' } },
          ],
        },
        'bot.done': [
          {
            guard: 'saysMore',
            target: 'ended',
            actions: [say(({ event }) => bot(of(event, 'bot.done').text ?? '')), done],
          },
          { target: 'ended', actions: done },
        ],
        'session.message': { target: '.botsTurn', actions: [said, heard] },
        'session.option': [
          { guard: 'isOffered', target: '.botsTurn', actions: [answered, heard] },
          { actions: refuseOption },
        ],
        'session.details': [
          {
            guard: and(['hasForm', 'detailsAreValid']),
            target: '.botsTurn',
            actions: ['keepDetails', 'closeForm', heard],
          },
          {
            guard: 'hasForm',
            actions: { type: 'refuse', params: ({ context, event }) => refusedDetails(context, event) },
          },
        ],
        'session.identified': [
          { guard: 'isSameCustomer', actions: ['keepIdentity', 'tellBot'] },
          { actions: { type: 'refuse', params: { code: 'not_allowed_now' } } },
        ],
      },
      states: {
        botsTurn: {
          entry: 'tellBot',
          // Its time is not put off by what the customer adds.
          on: { 'session.message': { actions: [said, heard, 'tellBot'] } },
          after: { silence: '#fallBack' },
        },
        customersTurn: { after: abandoned },
      },
    },
    fallBack,
    ...responseStates,
    ...agentStates,
  },
})
