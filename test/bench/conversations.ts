import type { Channel } from '../../schemas/configuration/channel.ts'
import { benchBot } from './bots.ts'

/** An event of a conversation: its type and its payload. */
export type Step = [type: string, payload: object]

const page = { url: 'https://example.com/cart' }
const agent = { id: 'ann', name: 'Ann' }
const question = 'My order 4711 arrived broken, can you help me?'

/** From the greeting to an agent's answer and the end; with it three notifications of agents. */
export const handoffSteps: Step[] = [
  ['session.started', { channel: 'bench', locale: 'en', page }],
  ['session.message', { text: question }],
  ['session.details', { name: 'José Martínez', email: 'jose@example.com' }],
  ['agent.accepted', { agent, request: 1 }],
  ['agent.message', { agent, text: 'Sorry to hear that! I will send you a new one today.' }],
  ['session.ended', {}],
]
export const handoffNotifications = 3

/** A conversation in which both sides write so many messages. */
export function chatSteps(each: number): Step[] {
  const talk = Array.from({ length: each }, (_, n): Step[] => [
    ['session.message', { text: `And what about part ${n}? It came with the same parcel.` }],
    ['agent.message', { agent, text: `Part ${n} is in stock; I will add it to the new parcel.` }],
  ])
  return [...handoffSteps.slice(0, 4), ...talk.flat(), ['session.ended', {}]]
}

/** A conversation that waits for an agent. */
export function waitingSteps(channel: string): Step[] {
  return [
    ['session.started', { channel, locale: 'en', page }],
    ['session.message', { text: question }],
  ]
}

/** A channel without a form, whose requests are reminded of after a time and then left alone. */
export function waitingChannel(id: string, remindedAfter: string): Channel {
  const timeouts = { unanswered: remindedAfter, escalate: null, idleCustomer: [], abandoned: null }
  return { id, duringHours: { customerDetails: [] }, timeouts }
}

/** The configuration of the workloads. */
export const documents = {
  'channel.bench': { id: 'bench', duringHours: { customerDetails: ['name', 'email'] } },
  'channel.waiting': waitingChannel('waiting', 'P1D'),
  [`bot.${benchBot.id}`]: benchBot,
  'channel.bench-bot': { id: 'bench-bot', bot: benchBot.id },
}
