import { describe, expect, it } from 'vitest'
import { botDefinition } from '../../engine/machines/bots/definition.ts'
import { botFlow } from '../../schemas/configuration/bot-flow.ts'
import type { Channel } from '../../schemas/configuration/channel.ts'
import { branch, end, flowOf, goodbye, link, message, options, person } from '../bots/flow.ts'
import { agentWillCome, givenBot } from '../bots/given-bot.ts'
import {
  accepted,
  answered,
  botDid,
  chose,
  closed,
  erased,
  failed,
  filled,
  given,
  type Happening,
  left,
  loggedIn,
  paris,
  passes,
  reconfigured,
  said,
  started,
  typed,
  withId,
  wrote,
} from './given.ts'

/** What the channel says where it has no bot. */
const response: Partial<Channel> = {
  schedule: 'paris',
  duringHours: { firstMessage: 'Response: hi.', followUpMessage: 'Response: wait.' },
  outsideHours: { firstMessage: 'Response: closed.', followUpMessage: 'Response: later.' },
}

const topics = options('What is it about?', { Orders: 'orders', 'A person': 'person' }, { name: 'topic' })
const helper = flowOf(
  { start: [topics], orders: [message('Orders take a week.'), ...goodbye], person },
  { greeting: 'Hello, I am the helper.' },
)
const asksTopic = 'options: What is it about? [Orders, A person]'
const greets = ['bot: Hello, I am the helper.', asksTopic]

/** Calls an API as soon as an option is chosen. */
const calling = flowOf({
  start: [options('Shall I look?', { Look: 'look' }, { name: 'go' })],
  look: [
    {
      type: 'api',
      url: 'https://api.acme.example/orders',
      timeout: 'PT5S',
      save: { status: 'status' },
      success: 'found',
      failure: 'person',
    },
  ],
  found: [message('It is {{variables.status}}.'), ...goodbye],
  person,
})

const elsewhere = { id: 'elsewhere', external: { silence: 'PT30S' } }
const fromElsewhere: [string, Happening][] = [
  ['a message', botDid('bot.message', { text: 'Still me!' })],
  ['options', botDid('bot.options', { text: 'Which?', options: ['This', 'That'] })],
  ['a form', botDid('bot.form', { fields: [{ id: 'size', label: 'Size', type: 'text', required: true }] })],
  ['a hand-off', botDid('bot.handoff', { text: 'Somebody comes.' })],
  ['an end', botDid('bot.done', { text: 'Bye.' })],
]

describe('a channel with a bot gives the bot’s greeting and none of the response’s texts', () => {
  it('to an agent', () => {
    const story = givenBot(helper, { channel: response, schedules: [paris] })
      .when(started())
      .thenIt({ says: greets, is: 'bot', tells: [] })
      .when(wrote('hello?'), chose('A person'), accepted('ann', 'Ann'), said('ann', 'Hi'), closed('ann'))
      .thenIt({ tells: ['created', 'accepted', 'ended'], is: 'ended' })
    expect(story.transcript.join()).not.toContain('Response')
  })

  it('to an end', () => {
    const story = givenBot(helper, { channel: response, schedules: [paris] })
      .when(started(), chose('Orders'))
      .thenIt({
        says: [...greets, 'customer: Orders', 'bot: Orders take a week.', 'bot: Goodbye!'],
        shows: { state: 'ended', reason: 'bot' },
        tells: [],
      })
    expect(story.transcript.join()).not.toContain('Response')
  })

  it('outside the hours too', () => {
    const story = givenBot(helper, {
      channel: response,
      schedules: [paris],
      at: '2026-06-06T10:00:00.000Z',
    }).when(started(), chose('A person'))
    story.thenIt({ is: 'queued', tells: ['created'] })
    expect(story.transcript.join()).not.toContain('Response')
    expect(story.request?.hours).toBe('outside')
  })

  it('from elsewhere as well', () => {
    const story = givenBot(elsewhere, { channel: response, schedules: [paris] })
      .when(started())
      .thenIt({ says: [], is: 'bot' })
      .when(botDid('bot.message', { text: 'Hello from elsewhere.' }), wrote('A person!'))
      .when(botDid('bot.handoff', {}))
      .thenIt({ says: [agentWillCome], is: 'queued', tells: ['created'] })
    expect(story.transcript.join()).not.toContain('Response')
  })

  it('a greeting that nobody wrote is not said', () => {
    givenBot({ ...helper, greeting: undefined } as never)
      .when(started())
      .thenIt({ says: [asksTopic] })
  })
})

describe('without its bot a channel gives the response again, with its old texts', () => {
  const next = (settings: Parameters<typeof given>[0]) =>
    given({ schedules: [paris], ...settings })
      .when(started(), wrote('help'))
      .thenIt({ says: ['bot: Response: hi.', 'customer: help', 'bot: Response: wait.'], is: 'queued' })

  it.each([null, '', undefined])('switched off with %j', (bot) => {
    next({ channel: { ...response, ...(bot !== undefined && { bot }) }, bots: [helper] })
  })

  it('and where the bot that it names is not there', () => {
    next({ channel: { ...response, bot: 'helper' }, bots: [] })
    next({ channel: { ...response, bot: 'helper' }, bots: [{ id: 'helper', machine: 'nobody-has-it' }] })
  })
})

describe('a running conversation keeps what it began with', () => {
  const running = () =>
    givenBot(helper, { channel: response, schedules: [paris] }).when(started(), wrote('hm'))
  const revisions = { definitions: [botDefinition(botFlow.parse(helper))] }
  const goesOn = ['customer: Orders', 'bot: Orders take a week.', 'bot: Goodbye!']

  it('the bot, where it is switched off', () => {
    running()
      .when(reconfigured({ channel: { ...response, bot: null }, bots: [helper], schedules: [paris] }))
      .when(chose('Orders'))
      .thenIt({ says: goesOn, is: 'ended' })
  })

  it('the bot’s texts, where it is changed', () => {
    const changed = flowOf({ start: [end('Closed down.')] })
    running()
      .when(reconfigured({ channel: { ...response, bot: 'helper' }, bots: [changed], ...revisions }))
      .when(chose('Orders'))
      .thenIt({ says: goesOn, is: 'ended' })
    given({ channel: { bot: 'helper' }, bots: [changed], ...revisions })
      .when(started())
      .thenIt({ says: ['bot: Closed down.'] })
  })

  it('the bot, where it and its channel are deleted', () => {
    running()
      .when(reconfigured({ ...revisions }), chose('Orders'))
      .thenIt({ says: goesOn, is: 'ended' })
  })

  it('the response, where a bot is switched on', () => {
    given({ channel: response, schedules: [paris] })
      .when(started(), reconfigured({ channel: { ...response, bot: 'helper' }, bots: [helper] }))
      .when(wrote('help'))
      .thenIt({ says: ['customer: help', 'bot: Response: wait.'], is: 'queued' })
  })

  it('the response that it falls back to', () => {
    givenBot(helper, { channel: response, schedules: [paris] })
      .when(started(), reconfigured({ channel: { bot: 'helper' }, bots: [helper] }))
      .when(wrote('a'), wrote('b'), wrote('c'))
      .thenIt({
        says: ['customer: a', asksTopic, 'customer: b', asksTopic, 'customer: c', 'bot: Response: wait.'],
      })
  })

  it('the time-outs of its channel', () => {
    givenBot(helper, { channel: { timeouts: { abandoned: 'PT1H' } } })
      .when(started(), reconfigured({ channel: { bot: 'helper' }, bots: [helper] }), passes('PT1H'))
      .thenIt({ shows: { state: 'ended', reason: 'abandoned' } })
  })
})

describe('after a hand-off nothing from the bot appears any more, however late it answers', () => {
  it.each([
    ['an answer', answered(1, { status: 'tardy' })],
    ['a failure', failed(1)],
  ])('%s to a call that was waited for too long', (_, late) => {
    const story = givenBot(calling)
      .when(started(), chose('Look'), passes('PT15S'))
      .thenIt({ says: ['options: Shall I look? [Look]', 'customer: Look', agentWillCome], is: 'queued' })
      .when(late)
      .thenIt({ says: [], tells: [], outcomes: ['ignored'], is: 'queued' })
      .when(accepted('ann'), late)
      .thenIt({ says: ['notice: An agent has joined.'], outcomes: ['applied', 'ignored'] })
      .when(closed('ann'), late)
      .thenIt({ outcomes: ['applied', 'ignored'], is: 'ended' })
    expect(JSON.stringify(story.last.state)).not.toContain('tardy')
  })

  it('an answer after the customer has left', () => {
    givenBot(calling)
      .when(started(), chose('Look'), left(), answered(1, { status: 'tardy' }))
      .thenIt({
        says: ['options: Shall I look? [Look]', 'customer: Look'],
        outcomes: [...Array(3).fill('applied'), 'ignored'],
      })
  })

  describe.each(fromElsewhere)('%s of a bot elsewhere', (_, late) => {
    const handedOver = () =>
      givenBot(elsewhere).when(started(), wrote('help'), botDid('bot.handoff', { text: 'Somebody comes.' }))

    it('in the queue is refused', () => {
      handedOver()
        .when(late)
        .thenIt({ says: [], tells: [], refuses: ['not_allowed_now'], is: 'queued' })
    })

    it('beside an agent is refused', () => {
      handedOver()
        .when(accepted('ann'), said('ann', 'Hi'), wrote('Hello'))
        .when(late)
        .thenIt({ says: [], tells: [], refuses: ['not_allowed_now'], is: 'withAgent' })
    })

    it('after the end is refused', () => {
      handedOver()
        .when(left())
        .when(late)
        .thenIt({ says: [], tells: [], refuses: ['conversation_ended'], is: 'ended' })
    })

    it('after it was silent too long is refused', () => {
      givenBot(elsewhere, { channel: { duringHours: { customerDetails: ['email'] } } })
        .when(started(), wrote('help'), passes('PT30S'))
        .thenIt({ says: ['customer: help', 'form: email'], is: 'collectingDetails' })
        .when(late)
        .thenIt({ says: [], tells: [], refuses: ['not_allowed_now'], is: 'collectingDetails' })
    })

    it('in a conversation that has no bot elsewhere is refused', () => {
      for (const story of [given(), givenBot(helper)])
        story
          .when(started())
          .when(late)
          .thenIt({ says: [], tells: [], refuses: ['not_allowed_now'] })
    })
  })

  it('its options cannot be chosen and its form not filled any more', () => {
    givenBot(helper)
      .when(started(), chose('A person'))
      .when(chose('Orders'), filled({ email: 'jose@example.com' }))
      .thenIt({ refuses: ['not_allowed_now', 'not_allowed_now'], says: [], is: 'queued' })
  })

  it('nothing of what it remembered is in the records any more', () => {
    const story = givenBot(calling).when(started(), chose('Look'), failed(1))
    expect(story.thenIt({ is: 'queued' }).last.state.snapshot?.context).toMatchObject({ bot: null })
  })
})

describe('a bot that fails, loops or disappears falls back to the default response', () => {
  const channel = response
  const office = { channel, schedules: [paris] }
  const round = flowOf({
    start: [branch([{ value: 'channel', is: 'web' }], 'round', 'person')],
    round: [link('start')],
    person,
  })

  it('one that only circles, before the customer did anything: the response from its beginning', () => {
    givenBot(round, office)
      .when(started())
      .thenIt({ says: ['bot: Response: hi.'], is: 'greeting' })
      .when(wrote('help'))
      .thenIt({ says: ['customer: help', 'bot: Response: wait.'], is: 'queued', tells: ['created'] })
  })

  it('one that nobody can answer: after three texts that are no option', () => {
    givenBot(helper, office)
      .when(started(), wrote('one'), wrote('two'))
      .thenIt({ is: 'bot' })
      .when(wrote('three'))
      .thenIt({ says: ['customer: three', 'bot: Response: wait.'], is: 'queued', tells: ['created'] })
  })

  it('one that disappears before the customer did anything', () => {
    givenBot(elsewhere, office)
      .when(started(), passes('PT30S'))
      .thenIt({ says: ['bot: Response: hi.'], is: 'greeting', tells: [] })
  })

  it('one that disappears in the middle: with the customer’s first text as the need', () => {
    const story = givenBot(elsewhere, office)
      .when(started(), botDid('bot.message', { text: 'Yes?' }), wrote('my order'), wrote('is broken'))
      .when(passes('PT30S'))
      .thenIt({ says: ['bot: Response: wait.'], is: 'queued', tells: ['created'] })
    expect(story.request?.need).toBe('my order')
  })

  it('and asks for the details that the channel asks for, before agents are told', () => {
    givenBot(helper, { channel: { duringHours: { customerDetails: ['email'] } } })
      .when(started(), wrote('one'), wrote('two'), wrote('three'))
      .thenIt({ is: 'collectingDetails', tells: [] })
      .when(filled({ email: 'jose@example.com' }))
      .thenIt({ is: 'queued', tells: ['created'] })
  })
})

describe('a hand-off with nothing typed still notifies agents', () => {
  it('at the very start, with all that belongs to a request', () => {
    const story = givenBot(flowOf({ start: person }))
      .when(started())
      .thenIt({ says: [agentWillCome], shows: { state: 'queued', request: 1 }, tells: ['created'] })
    expect(story.request).toMatchObject({ need: null, queuedAt: '2026-06-05T14:00:00.000Z', hours: 'during' })
    story.when(passes('PT2M')).thenIt({ tells: ['reminded'] })
    story.when(passes('PT8M')).thenIt({ tells: ['escalated'] })
  })

  it('what was chosen is the need', () => {
    const story = givenBot(helper).when(started(), chose('A person'))
    expect(story.thenIt({ tells: ['created'] }).request?.need).toBe('A person')
  })

  it('from elsewhere too', () => {
    const story = givenBot(elsewhere)
      .when(started(), botDid('bot.options', { text: 'Which?', options: ['A bill', 'A person'] }))
      .when(chose('A person'), botDid('bot.handoff', {}))
      .thenIt({ tells: ['created'], is: 'queued' })
    expect(story.request?.need).toBe('A person')
    const silent = givenBot(elsewhere).when(started(), botDid('bot.handoff', { tags: ['vip'] }))
    expect(silent.thenIt({ tells: ['created'] }).request).toMatchObject({ need: null, tags: ['vip'] })
  })

  it('what the customer typed comes before what they chose', () => {
    const story = givenBot(helper).when(started(), wrote('It is broken'), chose('A person'))
    expect(story.request?.need).toBe('It is broken')
  })
})

describe('the details that a bot asks for', () => {
  const order = { id: 'order', label: 'Order', type: 'text' }
  const asking = (...fields: unknown[]) =>
    flowOf({
      start: [{ type: 'details', fields }, message('Thanks {{customer.name}}.'), ...person],
    })
  const jose = { name: 'José', email: 'jose@example.com' }
  const thanks = ['bot: Thanks José.', 'bot: Thanks José, an agent will be with you shortly.']

  it('are asked for once: a text that is typed meanwhile is kept, in order, and brings no second form', () => {
    const story = givenBot(asking('name', 'email'))
      .when(started(), wrote('hello?'), wrote('order 4711'))
      .thenIt({
        says: ['form: name, email', 'customer: hello?', 'customer: order 4711'],
        is: 'bot',
        tells: [],
      })
      .when(filled(jose))
      .thenIt({ says: thanks, is: 'queued', tells: ['created'] })
    expect(story.request).toMatchObject({ need: 'hello?', customer: jose })
  })

  it('are not asked for again further on', () => {
    givenBot(
      flowOf({
        start: [
          { type: 'details', fields: ['email', order] },
          { type: 'details', fields: [order] },
          { type: 'details', fields: ['name', order, 'email'] },
          ...person,
        ],
      }),
    )
      .when(started(), filled({ email: jose.email, order: '4711' }))
      .thenIt({ says: ['form: email, order', 'form: name'] })
  })

  it('are asked of an identified customer only where they are not known', () => {
    givenBot(asking('name', 'email', order))
      .when(started({ customer: { externalId: 'u1', ...jose } }))
      .thenIt({ says: ['form: order'] })
    givenBot(asking('name', 'email'))
      .when(started({ customer: { externalId: 'u1', ...jose } }))
      .thenIt({ says: thanks, is: 'queued' })
  })

  it('who logs in while the form is open is not asked any more, is not greeted again, and goes on', () => {
    givenBot({ ...asking('name', 'email'), greeting: 'Hello.' } as never)
      .when(started())
      .thenIt({ says: ['bot: Hello.', 'form: name, email'] })
      .when(loggedIn({ externalId: 'u1', ...jose }))
      .thenIt({ says: thanks, is: 'queued' })
  })

  it('who logs in with a part of it is asked for the rest, without a second form; another identity is refused', () => {
    givenBot(asking('name', 'email'))
      .when(started(), loggedIn({ externalId: 'u1', name: 'José' }))
      .thenIt({ says: ['form: name, email'], is: 'bot' })
      .when(loggedIn({ externalId: 'u2', ...jose }))
      .thenIt({ refuses: ['not_allowed_now'], is: 'bot' })
      .when(filled({ name: 'Pepe', email: jose.email }))
      .thenIt({ says: thanks, is: 'queued' })
  })

  it('are taken by a form only while it is open', () => {
    givenBot(helper)
      .when(started(), filled(jose))
      .thenIt({ refuses: ['not_allowed_now'], is: 'bot' })
  })

  it('an agent cannot take the conversation before the bot has handed over', () => {
    givenBot(asking('name'))
      .when(started(), accepted('ann'))
      .thenIt({ refuses: ['not_queued'], is: 'bot' })
  })
})

describe('text is text', () => {
  const echoing = flowOf({
    start: [options('What?', { Nothing: 'person' }, { freeText: { goTo: 'ask', variable: 'question' } })],
    ask: [
      { type: 'details', fields: ['name', { id: 'order', label: 'Order', type: 'text' }] },
      { type: 'set', variable: 'copy', value: '{{variables.question}}' },
      message('{{variables.copy}} | {{customer.name}} | {{details.order}}'),
      {
        type: 'api',
        method: 'POST',
        url: 'https://api.acme.example/ask/{{details.order}}?q={{variables.copy}}',
        headers: { authorization: 'Bearer {{secret.acme}}' },
        body: { question: '{{variables.copy}}', of: ['{{customer.name}}'] },
        success: 'person',
        failure: 'person',
      },
    ],
    person,
  })

  it.each(['{{customer.name}}', '{{secret.acme}}', '$' + '{x}', '<script>', '$&', '{{variables.copy}}'])(
    '%s typed by a customer is never evaluated: not in a message, an address, a body or a header',
    (typed) => {
      const story = givenBot(echoing)
        .when(started(), wrote(typed), filled({ name: typed, order: typed }))
        .thenIt({
          says: [
            'options: What? [Nothing]',
            `customer: ${typed}`,
            'form: name, order',
            `bot: ${typed} | ${typed} | ${typed}`,
          ],
        })
      const encoded = encodeURIComponent(typed)
      expect(story.last.state.calls).toEqual([
        expect.objectContaining({
          url: `https://api.acme.example/ask/${encoded}?q=${encoded}`,
          headers: { authorization: 'Bearer {{secret.acme}}' },
          body: { question: typed, of: [typed] },
        }),
      ])
    },
  )

  it.each(['{{secret.acme}}', '{{customer.email}}'])('%s that an API answers is never evaluated', (value) => {
    givenBot(calling)
      .when(started(), chose('Look'), answered(1, { status: value }))
      .thenIt({
        says: ['options: Shall I look? [Look]', 'customer: Look', `bot: It is ${value}.`, 'bot: Goodbye!'],
      })
  })

  it('what a bot elsewhere says is said as it is', () => {
    givenBot(elsewhere)
      .when(started(), botDid('bot.message', { text: 'Hi {{customer.name}}' }))
      .thenIt({ says: ['bot: Hi {{customer.name}}'] })
  })
})

describe('a visitor of a bot who does nothing', () => {
  it.each([
    ['options', helper],
    ['a form', flowOf({ start: [{ type: 'details', fields: ['email'] }, ...person] })],
    ['the question whether it is resolved', flowOf({ start: [{ type: 'resolved', no: 'person' }], person })],
  ])('expires by abandoned a day after their last sign, at %s', (_, bot) => {
    givenBot(bot)
      .when(started(), passes('PT12H'), wrote('hm'), passes('PT23H59M59.999S'))
      .thenIt({ is: 'bot' })
      .when(passes('PT0.001S'))
      .thenIt({ shows: { state: 'ended', reason: 'abandoned' }, says: [], tells: [] })
  })

  it('expires too where a bot elsewhere has spoken last, whatever that goes on saying', () => {
    givenBot(elsewhere)
      .when(started(), botDid('bot.message', { text: 'Hello?' }), passes('PT23H'))
      .when(botDid('bot.message', { text: 'Are you there?' }), passes('PT59M59.999S'))
      .thenIt({ is: 'bot' })
      .when(passes('PT0.001S'))
      .thenIt({ shows: { state: 'ended', reason: 'abandoned' }, tells: [] })
  })

  it('is not reminded: that is for who talks with an agent', () => {
    givenBot(helper).when(started(), passes('PT23H')).thenIt({ says: greets })
  })

  it('of a channel that never gives up is waited for', () => {
    givenBot(helper, { channel: { timeouts: { abandoned: null } } })
      .when(started(), passes('P366D'))
      .thenIt({ is: 'bot' })
  })

  it('handed over, waits in the queue as everybody: reminded, escalated, never inactive', () => {
    givenBot(helper)
      .when(started(), chose('A person'), passes('PT30M'))
      .thenIt({ tells: ['created', 'reminded', 'escalated', 'escalated.2'], is: 'queued' })
  })

  it('is reminded by time as everybody once an agent has spoken', () => {
    givenBot(helper)
      .when(started(), chose('A person'), accepted('ann'), said('ann', 'Hi'))
      .when(passes('PT11M'))
      .thenIt({
        tells: ['ended'],
        shows: { state: 'ended', request: 1, agent: { id: 'ann' }, reason: 'inactivity' },
      })
  })
})

describe('ended is ended', () => {
  const ends: [string, () => ReturnType<typeof given>][] = [
    ['the bot', () => givenBot(helper).when(started(), chose('Orders'))],
    ['the customer', () => givenBot(helper).when(started(), left())],
    ['a bot elsewhere', () => givenBot(elsewhere).when(started(), botDid('bot.done', {}))],
    ['nobody’s coming back', () => givenBot(helper).when(started(), passes('P1D'))],
  ]

  it.each(ends)('by %s: later events are refused, and nothing comes of time', (_, ended) => {
    ended()
      .thenIt({ is: 'ended' })
      .when(wrote('hello?'), chose('Orders'), filled({ name: 'José' }), started())
      .when(botDid('bot.message', { text: 'Hello?' }), accepted('ann'))
      .thenIt({ refuses: ['conversation_ended', 'conversation_ended'], says: [] })
      .when(left(), answered(1))
      .thenIt({ outcomes: ['ignored', 'ignored'] })
      .when(passes('P300D'))
      .thenNothing()
  })

  it('while a bot talks the agents are told nothing', () => {
    givenBot(helper)
      .when(started(), left())
      .thenIt({ tells: [], shows: { state: 'ended', reason: 'customer' } })
  })

  it('erased while a call is under way: nothing is left, its answer is refused', () => {
    const story = givenBot(calling).when(started(), chose('Look'), erased(), answered(1, { status: 'tardy' }))
    story.thenIt({ refuses: ['unknown_conversation'], tells: [] })
    expect(Object.keys(story.last.state)).toEqual(['erased'])
  })
})

describe('a customer who types', () => {
  it('moves no bot that waits for an answer', () => {
    for (const bot of [helper, calling, elsewhere]) givenBot(bot).when(started()).when(typed()).thenNothing()
    givenBot(calling).when(started(), chose('Look')).when(typed()).thenNothing()
    givenBot(flowOf({ start: [{ type: 'details', fields: ['email'] }, ...person] }))
      .when(started())
      .when(typed())
      .thenNothing()
  })

  it('is not reminded by an agent to whom the bot has handed over', () => {
    const talk = [started(), chose('A person'), accepted('ann'), said('ann', 'Hi'), passes('PT4M')]
    givenBot(helper)
      .when(...talk, typed(), passes('PT5M'))
      .thenIt({ says: expect.not.arrayContaining(['bot: Are you still there?']), is: 'withAgent' })
      .when(passes('PT1M'))
      .thenIt({ says: ['bot: Are you still there?'] })
  })
})

describe('duplicates and order', () => {
  it('the same event twice changes nothing: a choice, a form, an answer, a bot’s message', () => {
    const twice = (happening: Happening): Happening[] => [
      withId('again', happening as { type: 'session.ended'; payload: object }),
      withId('again', happening as { type: 'session.ended'; payload: object }),
    ]
    givenBot(helper)
      .when(started(), ...twice(chose('Orders')))
      .thenIt({ outcomes: ['applied', 'applied'], is: 'ended' })
    givenBot(flowOf({ start: [{ type: 'details', fields: ['email'] }, ...person] }))
      .when(started(), ...twice(filled({ email: 'jose@example.com' })))
      .thenIt({ outcomes: ['applied', 'applied'], tells: ['created'] })
    givenBot(calling)
      .when(started(), chose('Look'), ...twice(answered(1, { status: 'sent' })))
      .thenIt({ outcomes: ['applied', 'applied', 'applied'] })
    givenBot(elsewhere)
      .when(started(), ...twice(botDid('bot.message', { text: 'Hi' })))
      .thenIt({ says: ['bot: Hi'] })
  })

  it('one call is asked for once, and answered once: a second answer is ignored', () => {
    const story = givenBot(calling).when(started(), chose('Look'), wrote('hello?'), started())
    expect(
      story.brought.flatMap(({ effects }) => effects.filter(({ kind }) => kind === 'call')),
    ).toHaveLength(1)
    story
      .when(answered(2, { status: 'none' }), answered(1, { status: 'sent' }))
      .thenIt({ outcomes: ['ignored', 'applied'], says: ['bot: It is sent.', 'bot: Goodbye!'] })
  })

  it('a second click on what was chosen is refused, and nothing is lost of what came of the first', () => {
    givenBot(calling)
      .when(started(), chose('Look'), chose('Look'))
      .thenIt({ outcomes: ['applied', 'applied', 'rejected'], is: 'bot' })
      .when(answered(1, { status: 'sent' }))
      .thenIt({ is: 'ended' })
  })
})
