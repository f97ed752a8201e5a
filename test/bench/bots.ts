import { compileBot } from '../../engine/machines/bots/compile.ts'
import { type BotFlow, botFlow } from '../../schemas/configuration/bot-flow.ts'

/** A bot of which each event brings several steps: what the workload `bot` runs. */
export const benchBot = botFlow.parse({
  id: 'bench',
  greeting: 'Hi {{customer.name}}! This is the bench.',
  answers: [
    {
      id: 'welcome',
      steps: [
        {
          type: 'options',
          name: 'topic',
          text: 'What is it about?',
          options: [
            { label: 'My order', goTo: 'order' },
            { label: 'Something else', goTo: 'person' },
          ],
        },
      ],
    },
    {
      id: 'order',
      steps: [
        { type: 'message', text: 'Let us see.' },
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
    },
    {
      id: 'known',
      steps: [
        { type: 'message', text: '{{customer.name}}, your {{variables.seen}} is under way.' },
        {
          type: 'options',
          name: 'more',
          text: 'Anything else?',
          options: [{ label: 'No', goTo: 'helped' }],
          freeText: { goTo: 'helped', variable: 'question' },
        },
      ],
    },
    { id: 'helped', steps: [{ type: 'resolved', no: 'person' }] },
    { id: 'person', steps: [{ type: 'transfer', tags: ['bench'] }] },
  ],
}) as BotFlow

/** What the customer of a bot does in one conversation. */
export const botSteps: [type: string, payload: object][] = [
  ['session.started', { channel: 'bench-bot', locale: 'en', page: { url: 'https://example.com/cart' } }],
  ['session.option', { option: 'My order' }],
  ['session.details', { name: 'José Martínez', email: 'jose@example.com', orderNumber: '4711' }],
  ['session.message', { text: 'It arrived broken, can you help me?' }],
  ['session.option', { option: 'No' }],
  ['session.ended', {}],
]

/** Reads, checks and compiles a flow of so many steps, again and again: milliseconds. */
export function measureCompile(steps: number, times: number): { firstMs: number; medianMs: number } {
  const flow = flowOf(steps)
  const took = Array.from({ length: times }, () => {
    const began = performance.now()
    compileBot(botFlow.parse(flow))
    return performance.now() - began
  })
  const [firstMs = Number.NaN] = took
  return { firstMs, medianMs: took.sort((a, b) => a - b)[Math.floor(times / 2)] ?? Number.NaN }
}

/** A flow of answers of ten steps, of several types, each of which leads to others. */
function flowOf(steps: number): BotFlow {
  const answers = Array.from({ length: steps / 10 }, (_, a) => {
    const next = `answer-${(a + 1) % (steps / 10)}`
    return {
      id: `answer-${a}`,
      steps: [
        ...Array.from({ length: 6 }, (_, s) => ({ type: 'message', text: `Text ${s} of {{customer.name}}` })),
        { type: 'set', variable: 'last', value: `answer ${a}` },
        { type: 'details', fields: ['email', { id: 'topic', label: 'Topic', type: 'text' }] },
        { type: 'message', text: 'Thanks, {{details.topic}}, {{variables.last}}' },
        {
          type: 'options',
          text: 'What now?',
          options: Array.from({ length: 10 }, (_, n) => ({
            label: `Option ${n}`,
            goTo: n === 0 ? next : `answer-${(a * 7 + n) % (steps / 10)}`,
          })),
        },
      ],
    }
  })
  return botFlow.parse({ id: 'large', answers })
}
