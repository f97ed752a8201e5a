import type { StatusState } from '../../schemas/conversation/record.ts'

/** A conversation of a fixture: how it came there, and what follows today. */
export interface Situation {
  /** Its id. */
  conversation: string
  /** The file of documents without which it cannot be; absent: every version has it. */
  needs?: string
  /** The events that a former version was sent, in order: type and payload. */
  events: readonly SentEvent[]
  /** The state that the former version left it in. */
  left: StatusState
  /** The events that today's version is sent. */
  next?: readonly SentEvent[]
  /** The state after these, or after its timers. */
  becomes: StatusState
}

export type SentEvent = readonly [type: string, payload: object]

const ann = { id: 'ann', name: 'Ann' }
const started = (channel: string): SentEvent => ['session.started', { channel, locale: 'en' }]
const wrote = (text: string): SentEvent => ['session.message', { text }]
const details: SentEvent = [
  'session.details',
  { name: 'José', email: 'jose@example.com', product: 'Catapult' },
]
const accepted: SentEvent = ['agent.accepted', { agent: ann, request: 1 }]
const answered: SentEvent = ['agent.message', { agent: { id: 'ann' }, text: 'What has happened?' }]

/** The documents that `config apply` is given, in this order; a version that does not know a file's is not given it. */
export const documentFiles = ['first.yaml', '0.1.0.yaml'] as const

/** In this order: the timers of the last ones run while they are written. */
export const situations: readonly Situation[] = [
  {
    conversation: 'greeted',
    events: [started('web')],
    left: 'greeting',
    next: [wrote('My anvil is broken')],
    becomes: 'collectingDetails',
  },
  {
    conversation: 'asked',
    events: [started('web'), wrote('My anvil is broken')],
    left: 'collectingDetails',
    next: [details],
    becomes: 'queued',
  },
  {
    conversation: 'waiting',
    events: [started('web'), wrote('My anvil is broken'), details],
    left: 'queued',
    next: [accepted],
    becomes: 'withAgent',
  },
  {
    conversation: 'answered',
    events: [started('web'), wrote('My anvil is broken'), details, accepted, answered],
    left: 'withAgent',
    next: [wrote('It fell')],
    becomes: 'withAgent',
  },
  {
    conversation: 'released',
    events: [
      started('web'),
      wrote('My anvil is broken'),
      details,
      accepted,
      ['agent.released', { agent: { id: 'ann' }, reason: 'lunch' }],
    ],
    left: 'queued',
    next: [['agent.accepted', { agent: { id: 'bob', name: 'Bob' }, request: 1 }]],
    becomes: 'withAgent',
  },
  {
    conversation: 'over',
    events: [
      started('web'),
      wrote('My anvil is broken'),
      details,
      accepted,
      ['agent.ended', { agent: { id: 'ann' } }],
    ],
    left: 'ended',
    becomes: 'ended',
  },
  {
    conversation: 'by-hours',
    events: [started('office'), wrote('Are you there?')],
    left: 'queued',
    next: [accepted],
    becomes: 'withAgent',
  },
  {
    conversation: 'with-bot',
    events: [started('help')],
    left: 'bot',
    next: [['session.option', { option: 'A person' }]],
    becomes: 'queued',
  },
  {
    conversation: 'with-bot-elsewhere',
    events: [
      started('outside'),
      ['bot.message', { text: 'Hello from elsewhere' }],
      wrote('A person, please'),
    ],
    left: 'bot',
    next: [['bot.handoff', { tags: ['elsewhere'] }]],
    becomes: 'queued',
  },
  {
    conversation: 'to-sales',
    needs: '0.1.0.yaml',
    events: [
      started('shop'),
      wrote('I want an anvil'),
      ['agent.noted', { agent: ann, text: 'a large one' }],
      ['agent.tagged', { agent: { id: 'ann' }, tags: ['anvil'] }],
    ],
    left: 'queued',
    next: [
      accepted,
      ['agent.transferred', { agent: { id: 'ann' }, to: { workspace: 'main' }, note: 'yours' }],
    ],
    becomes: 'queued',
  },
  {
    conversation: 'rated',
    needs: '0.1.0.yaml',
    events: [
      started('shop'),
      wrote('I want an anvil'),
      accepted,
      ['agent.ended', { agent: { id: 'ann' } }],
      ['session.rated', { score: 5 }],
    ],
    left: 'ended',
    becomes: 'ended',
  },
  // The timers of these come due while no version runs, or at least after today's has started.
  {
    conversation: 'to-be-reminded',
    events: [started('reminding'), wrote('Hello?')],
    left: 'queued',
    becomes: 'queued',
  },
  { conversation: 'to-be-abandoned', events: [started('closing')], left: 'greeting', becomes: 'ended' },
  {
    conversation: 'to-be-closed',
    events: [started('closing'), wrote('Hello'), accepted, answered],
    left: 'withAgent',
    becomes: 'ended',
  },
]
