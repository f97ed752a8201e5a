import { compileBot } from '../../engine/machines/bots/compile.ts'
import { type BotFlow, botFlow } from '../../schemas/configuration/bot-flow.ts'
import { flowOf, message, options } from '../bots/flow.ts'
import type { Step } from './conversations.ts'

/** A bot of which each event brings several steps: what the workload `bot` runs. */
export const benchBot = botFlow.parse(
  flowOf(
    {
      welcome: [
        options('What is it about?', { 'My order': 'order', 'Something else': 'person' }, { name: 'topic' }),
      ],
      order: [
        message('Let us see.'),
        {
          type: 'details',
          fields: ['name', 'email', { id: 'orderNumber', label: 'Order number', type: 'text' }],
        },
        { type: 'set', variable: 'seen', value: 'order {{details.orderNumber}}' },
        {
          type: 'branch',
          cases: [
            { when: [{ value: 'customer.verified', is: 'true' }], goTo: 'person' },
            { when: [{ value: 'details.orderNumber', startsWith: '47' }], goTo: 'known' },
          ],
          otherwise: 'person',
        },
      ],
      known: [
        message('{{customer.name}}, your {{variables.seen}} is under way.'),
        options(
          'Anything else?',
          { No: 'helped' },
          { name: 'more', freeText: { goTo: 'helped', variable: 'question' } },
        ),
      ],
      helped: [{ type: 'resolved', no: 'person' }],
      person: [{ type: 'transfer', tags: ['bench'] }],
    },
    { id: 'bench', greeting: 'Hi {{customer.name}}! This is the bench.' },
  ),
) as BotFlow

/** What the customer of a bot does in one conversation. */
export const botSteps: Step[] = [
  ['session.started', { channel: 'bench-bot', locale: 'en', page: { url: 'https://example.com/cart' } }],
  ['session.option', { option: 'My order' }],
  ['session.details', { name: 'José Martínez', email: 'jose@example.com', orderNumber: '4711' }],
  ['session.message', { text: 'It arrived broken, can you help me?' }],
  ['session.option', { option: 'No' }],
  ['session.ended', {}],
]
/** Notifications of agents in that conversation. */
export const botNotifications = 2

/** Reads, checks and compiles a flow of so many steps, again and again: milliseconds. */
export function measureCompile(steps: number, times: number): { firstMs: number; medianMs: number } {
  const flow = largeFlow(steps)
  const took = Array.from({ length: times }, () => {
    const began = performance.now()
    compileBot(botFlow.parse(flow))
    return performance.now() - began
  })
  const [firstMs = Number.NaN] = took
  return { firstMs, medianMs: took.sort((a, b) => a - b)[Math.floor(times / 2)] ?? Number.NaN }
}

/** A flow of answers of ten steps, of several types, each of which leads to others. */
function largeFlow(steps: number): BotFlow {
  const count = steps / 10
  const choices = (a: number) =>
    Array.from({ length: 10 }, (_, n) => [
      `Option ${n}`,
      `answer-${n === 0 ? (a + 1) % count : (a * 7 + n) % count}`,
    ])
  const answers = Array.from({ length: count }, (_, a) => [
    `answer-${a}`,
    [
      ...Array.from({ length: 6 }, (_, s) => message(`Text ${s} of {{customer.name}}`)),
      { type: 'set', variable: 'last', value: `answer ${a}` },
      { type: 'details', fields: ['email', { id: 'topic', label: 'Topic', type: 'text' }] },
      message('Thanks, {{details.topic}}, {{variables.last}}'),
      options('What now?', Object.fromEntries(choices(a))),
    ],
  ])
  return botFlow.parse(flowOf(Object.fromEntries(answers), { id: 'large' }))
}
