import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Input } from '../../engine/machines/context.ts'
import { botFlow } from '../../schemas/configuration/bot-flow.ts'
import type { Event } from '../../schemas/conversation/event.ts'
import { inputs } from './messaging-response.ts'

const file = new URL('../examples/acme/assistant.yaml', import.meta.url)

/** The bot of the example company. */
export const assistant = botFlow.parse(parse(readFileSync(file, 'utf8')))

/** Conversations of each kind, begun by a bot. */
export const botInputs: Input[] = inputs.map((input, n) => ({
  ...input,
  bot: {
    id: 'assistant',
    values: {},
    openFrom: { paris: n === 0 ? null : n * 2_000_000 },
    form: null,
    offered: null,
    chosen: null,
    hasActed: false,
    links: 0,
    misses: 0,
    waitMs: 30_000,
  },
}))

/** What leads from each of the assistant's questions to the next. */
export const assistantEvents = [
  { type: 'session.option', option: 'Where is my order?' },
  { type: 'session.option', option: 'Opening hours' },
  { type: 'session.message', text: 'talk to a person' },
  { type: 'session.option', option: 'Yes' },
  { type: 'session.option', option: 'No' },
  { type: 'session.details', details: { email: 'jose@example.com', orderNumber: '4711' } },
  { type: 'call.answered', call: 1, ok: true, values: { status: 'delivered', day: 'Monday' } },
  { type: 'call.answered', call: 1, ok: true, values: { status: 'sent' } },
  { type: 'call.answered', call: 1, ok: false, failure: 'refused' },
] satisfies Event[]
