import type { Input } from '../../engine/machines/context.ts'
import type { Event } from '../../schemas/conversation/event.ts'

const nobody = { name: null, email: null, externalId: null, verified: false }

const pinned: Input['pinned'] = {
  at: 0,
  channel: 'web',
  workspace: 'main',
  locale: 'en',
  language: 'en',
  hours: 'during',
  opensAt: null,
  timeouts: {
    unanswered: 120_000,
    escalate: 600_000,
    idleCustomer: [300_000, 600_000],
    abandoned: 86_400_000,
  },
}

const response: Input['response'] = {
  firstMessage: 'Hi!',
  followUpMessage: 'Thanks {{customer.name}}',
  nextOpen: 'Monday',
  asks: [],
}

/** Conversations of each kind: nothing asked, an e-mail asked, outside the hours, with no time-outs at all. */
export const inputs: Input[] = [
  { pinned, response, customer: nobody },
  {
    pinned,
    response: { ...response, asks: [{ id: 'email', label: 'Email', type: 'email', required: true }] },
    customer: nobody,
  },
  { pinned: { ...pinned, hours: 'outside', opensAt: 5_000_000 }, response, customer: nobody },
  {
    pinned: {
      ...pinned,
      timeouts: { unanswered: null, escalate: null, idleCustomer: [], abandoned: null },
    },
    response,
    customer: { name: 'José', email: null, externalId: 'u1', verified: true },
  },
]

/** At least one event of each type that a machine may get. */
export const eventsOfAllTypes = [
  { type: 'session.started', channel: 'web' },
  { type: 'session.message', text: 'help' },
  { type: 'session.details', details: { email: 'jose@example.com' } },
  { type: 'session.details', details: { email: 'josé@example.com' } },
  { type: 'session.option', option: 'yes' },
  { type: 'session.identified', customer: { externalId: 'u1' } },
  { type: 'session.identified', customer: { externalId: 'u1', email: 'jose@example.com' } },
  { type: 'session.ended' } as Event,
  { type: 'bot.message', text: 'Hello' },
  { type: 'bot.options', text: 'Which?', options: ['One', 'Two'] },
  { type: 'bot.form', fields: [{ id: 'size', label: 'Size', type: 'text', required: true }] },
  { type: 'bot.handoff' },
  { type: 'bot.done' },
  { type: 'call.answered', call: 1, ok: true },
  { type: 'agent.accepted', agent: { id: 'ann', name: 'Ann' } },
  { type: 'agent.accepted', agent: { id: 'bob' }, request: 1 },
  { type: 'agent.accepted', agent: { id: 'bob' }, request: 9 },
  { type: 'agent.message', agent: { id: 'ann' }, text: 'hi' },
  { type: 'agent.message', agent: { id: 'bob' }, text: 'hi' },
  { type: 'agent.released', agent: { id: 'ann' } },
  { type: 'agent.ended', agent: { id: 'ann' } },
] satisfies Event[]
