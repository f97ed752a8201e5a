import type { Event } from '../../../schemas/conversation/event.ts'
import type { ConversationRecord } from '../../../schemas/conversation/record.ts'

/** What a bot elsewhere may send: `bot.message`, `bot.options`, `bot.form`, `bot.handoff`, `bot.done`. */
export type BotEvent = Extract<Event, { type: `bot.${string}` }>

const offers = { back: 'Send something back', person: 'Talk to a person', done: 'That is all' }

/** What the bot does about a record after which it is its turn; `null`: nothing. All that it has to know is there. */
export function answer({ event, messages = [], bot }: ConversationRecord): BotEvent | null {
  const said = messages.findLast(({ author }) => author.type === 'customer')?.text ?? ''
  switch (event.type) {
    case 'session.started':
      return offer(`Hello ${bot?.customer.name ?? 'there'}! I know all about returns.`)
    case 'session.option':
    case 'session.message':
      if (said === offers.back) return { type: 'bot.form', text: 'Which order is it?', fields: [orderNumber] }
      if (said === offers.person) return { type: 'bot.handoff', tags: ['returns'] }
      if (said === offers.done) return { type: 'bot.done', text: 'Goodbye!' }
      return { type: 'bot.message', text: `I know nothing about “${said}”, only about returns.` }
    case 'session.details':
      return offer(`Send it to Acme, 1 Canyon Road, with number ${bot?.details.order} on the parcel.`)
    default:
      return null
  }
}

const orderNumber = { id: 'order', label: 'Order number', type: 'text', required: true } as const

function offer(text: string): BotEvent {
  return { type: 'bot.options', text, options: Object.values(offers) }
}
