import { assign } from 'xstate'
import { trim } from '../../texts/trim.ts'
import { beginningOf } from '../context.ts'
import { bot, detailsOf, formText, refusedDetails } from '../says.ts'
import { expectEvent } from '../vocabulary.ts'
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
  type Scope,
  said,
  say,
} from './parts.ts'

const setup = botSetup.extend({
  guards: {
    isOffered: ({ context, event }) => {
      const option = trim(expectEvent(event, 'session.option').option)
      return memory(context).offered?.some((offered) => trim(offered) === option) ?? false
    },
    hasForm: ({ context }) => memory(context).form !== null,
    isFilledIn: ({ context, event }) => memory(context).form !== null && detailsOf(context, event).ok,
    saysMore: ({ event }) => expectEvent(event, 'bot.done').text !== undefined,
  },
  delays: {
    silence: ({ context }) => memory(context).waitMs,
  },
  actions: {
    offer: assign(({ context, event }) => ({
      bot: { ...memory(context), offered: expectEvent(event, 'bot.options').options, form: null },
    })),
    ask: assign(({ context, event }) => ({
      bot: { ...memory(context), offered: null, form: expectEvent(event, 'bot.form').fields },
    })),
    closeOffer: assign(({ context }) => ({ bot: { ...memory(context), offered: null } })),
    keepTagsOf: assign(({ event }) => {
      const { tags = [] } = expectEvent(event, 'bot.handoff')
      return tags.length > 0 ? { tags } : {}
    }),
  },
})

const done = { type: 'end', params: { reason: 'bot' } } as const

/** Transitions for what the bot says. */
const says = {
  text: { actions: say(({ event }) => bot(expectEvent(event, 'bot.message').text)) },
  options: {
    actions: [
      'offer',
      say(({ event }) => {
        const { text, options } = expectEvent(event, 'bot.options')
        return { author: { type: 'bot' }, type: 'options', text, options }
      }),
    ],
  },
  form: {
    actions: [
      'ask',
      say(({ context, event }) => {
        const { text, fields } = expectEvent(event, 'bot.form')
        return { author: { type: 'bot' }, type: 'form', text: text ?? formText(context, fields), fields }
      }),
    ],
  },
} as const

/** Transitions for what the customer does; the bot is told. */
const does = {
  type: { actions: [said, heard, 'tellBot'] },
  choose: {
    guard: 'isOffered',
    actions: [
      answered,
      {
        type: 'hear',
        params: ({ event }: Scope) => ({ option: trim(expectEvent(event, 'session.option').option) }),
      },
      'closeOffer',
      'tellBot',
    ],
  },
  fillIn: { guard: 'isFilledIn', actions: ['keepDetails', 'closeForm', heard, 'tellBot'] },
} as const

/** A bot that is an external program: its answers become messages, and where it is silent the response takes over. */
export const externalBot = setup.createMachine({
  ...root,
  entry: [],
  id: 'externalBot',
  context: beginningOf,
  initial: 'bot',
  states: {
    bot: {
      initial: 'botsTurn',
      entry: 'tellBot',
      // A message in the sender's own turn restarts neither the bot's silence timer nor the customer's.
      on: {
        'bot.message': says.text,
        'bot.options': says.options,
        'bot.form': says.form,
        'bot.handoff': {
          target: 'queued',
          actions: [
            say((scope) => {
              const { text } = expectEvent(scope.event, 'bot.handoff')
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
            actions: [say(({ event }) => bot(expectEvent(event, 'bot.done').text ?? '')), done],
          },
          { target: 'ended', actions: done },
        ],
        'session.message': does.type,
        'session.option': [does.choose, { actions: refuseOption }],
        'session.details': [
          does.fillIn,
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
          on: {
            'bot.message': { ...says.text, target: 'customersTurn' },
            'bot.options': { ...says.options, target: 'customersTurn' },
            'bot.form': { ...says.form, target: 'customersTurn' },
          },
          after: { silence: '#fallBack' },
        },
        customersTurn: {
          on: {
            'session.message': { ...does.type, target: 'botsTurn' },
            'session.option': { ...does.choose, target: 'botsTurn' },
            'session.details': { ...does.fillIn, target: 'botsTurn' },
          },
          after: abandoned,
        },
      },
    },
    fallBack,
    ...responseStates,
    ...agentStates,
  },
})
