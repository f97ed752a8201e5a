import { describe, expect, it } from 'vitest'
import { linksMax } from '../../engine/machines/bots/problems.ts'
import {
  accepted,
  answered,
  chose,
  failed,
  filled,
  type given,
  loggedIn,
  paris,
  passes,
  reconfigured,
  started,
  until,
  wrote,
} from '../behaviour/given.ts'
import { branch, end, flowOf, goodbye, link, message, options, person } from './flow.ts'
import { agentWillCome, givenBot } from './given-bot.ts'

const saturday = '2026-06-06T10:00:00.000Z'
const mondayOpening = '2026-06-08T07:00:00.000Z'
const office = { channel: { schedule: 'paris' }, schedules: [paris] }

/** The calls of APIs that a story has asked for. */
const callsOf = (story: ReturnType<typeof given>) =>
  story.brought.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.kind === 'call' ? [effect.call] : [])),
  )

describe('message', () => {
  it('is said, several in a row, with the greeting first', () => {
    givenBot(
      flowOf(
        { start: [message('One.'), message('Two.'), ...goodbye] },
        { greeting: 'Hello {{customer.name}}!' },
      ),
    )
      .when(started())
      .thenIt({ says: ['bot: Hello!', 'bot: One.', 'bot: Two.', 'bot: Goodbye!'], is: 'ended' })
  })

  it('has in it what is known', () => {
    const all =
      '{{customer.name}}, {{customer.email}}, {{customer.externalId}}, {{customer.verified}}, {{locale}}, {{channel}}'
    givenBot(flowOf({ start: [message(all), ...goodbye] }))
      .when(
        started({ locale: 'fr-CA', customer: { externalId: 'u1', name: 'José', email: 'jose@example.com' } }),
      )
      .thenIt({ says: ['bot: José, jose@example.com, u1, true, fr-CA, web', 'bot: Goodbye!'] })
  })

  it('of which nothing is left is not said', () => {
    givenBot(flowOf({ start: [message('{{customer.name}}'), ...goodbye] }))
      .when(started())
      .thenIt({ says: ['bot: Goodbye!'] })
  })

  it('says when the channel opens', () => {
    givenBot(flowOf({ start: [message('Until {{nextOpen}}.'), ...goodbye] }), {
      ...office,
      at: saturday,
    })
      .when(started())
      .thenIt({ says: ['bot: Until Monday, June 8 at 9:00 AM (Central European Time).', 'bot: Goodbye!'] })
  })
})

describe('options', () => {
  const choice = options('Which?', { 'My order': 'order', Café: 'cafe' }, { name: 'topic' })
  const answers = {
    order: [end('Order: {{option.topic}}.')],
    cafe: [end('Café: {{option.topic}}.')],
  }
  const strict = flowOf({ start: [choice], ...answers })
  const open = flowOf({
    start: [{ ...choice, freeText: { goTo: 'asked', variable: 'question' } }],
    asked: [end('You ask: {{variables.question}}')],
    ...answers,
  })
  const asks = 'options: Which? [My order, Café]'

  it('are a message with the labels; the one that is chosen leads on, as the customer’s own words', () => {
    const story = givenBot(strict).when(started())
    expect(story.messages).toEqual([
      {
        id: 'c1.1.0',
        author: { type: 'bot' },
        type: 'options',
        text: 'Which?',
        options: ['My order', 'Café'],
      },
    ])
    story.when(chose('Café')).thenIt({ says: ['customer: Café', 'bot: Café: Café.'], is: 'ended' })
  })

  it.each(['my order', ' MY ORDER\u200B', 'My order'])('%j typed is the option too', (typed) => {
    for (const bot of [strict, open])
      givenBot(bot)
        .when(started(), wrote(typed))
        .thenIt({ says: [asks, `customer: ${typed}`, 'bot: Order: My order.'] })
  })

  it('an accent typed as two characters is the same', () => {
    givenBot(strict).when(started(), wrote('Cafe\u0301')).thenIt({ is: 'ended' })
  })

  it('white space around what a widget sends does not matter, another option is refused', () => {
    givenBot(strict)
      .when(started(), chose('Tea'), chose('my order'), chose(''))
      .thenIt({
        refuses: Array(3).fill({ code: 'details_invalid', fields: { option: 'option_unknown' } }),
        is: 'bot',
        says: [asks],
      })
      .when(chose(' My order '))
      .thenIt({ says: ['customer: My order', 'bot: Order: My order.'] })
  })

  it('without an escape another text is kept and the options are said again', () => {
    givenBot(strict)
      .when(started(), wrote('hello'), wrote('is anybody there'), chose('My order'))
      .thenIt({
        says: [
          ...[asks, 'customer: hello', asks, 'customer: is anybody there', asks],
          ...['customer: My order', 'bot: Order: My order.'],
        ],
      })
  })

  it('three such texts in a row bring an agent, with the first as the need', () => {
    const story = givenBot(strict).when(started(), wrote('one'), wrote('two'), wrote('three'))
    expect(story.thenIt({ is: 'queued', tells: ['created'] }).request?.need).toBe('one')
    expect(story.transcript.slice(-2)).toEqual(['customer: three', agentWillCome])
  })

  it('two, a choice, and two more do not', () => {
    const again = flowOf({ start: [choice], order: [link('start')], cafe: answers.cafe })
    givenBot(again)
      .when(started(), wrote('1'), wrote('2'), chose('My order'), wrote('3'), wrote('4'))
      .thenIt({ is: 'bot' })
      .when(wrote('5'))
      .thenIt({ is: 'queued' })
  })

  it('with an escape another text leads there, in a variable', () => {
    const story = givenBot(open)
      .when(started(), wrote('Where is it?'))
      .thenIt({ says: [asks, 'customer: Where is it?', 'bot: You ask: Where is it?'], is: 'ended' })
    expect(story.transcript).toHaveLength(3)
  })

  it('a text that is too long for a variable goes on without it', () => {
    const typed = 'x'.repeat(281)
    givenBot(open)
      .when(started(), wrote(typed))
      .thenIt({ says: [asks, `customer: ${typed}`, 'bot: You ask:'], is: 'ended' })
    givenBot(open)
      .when(started(), wrote('👍'.repeat(280)))
      .thenIt({ says: [asks, `customer: ${'👍'.repeat(280)}`, `bot: You ask: ${'👍'.repeat(280)}`] })
  })

  it('and leaves nothing of an earlier one in its place', () => {
    const asking = flowOf({
      start: [{ ...choice, freeText: { goTo: 'asked', variable: 'question' } }],
      asked: [message('You ask: {{variables.question}}'), link('start')],
      ...answers,
    })
    const typed = 'x'.repeat(281)
    givenBot(asking)
      .when(started(), wrote('short'))
      .when(wrote(typed))
      .thenIt({ says: [`customer: ${typed}`, 'bot: You ask:', asks] })
  })

  it('an escape without a variable leads on too', () => {
    givenBot(flowOf({ start: [{ ...choice, freeText: { goTo: 'person' } }], ...answers, person }))
      .when(started(), wrote('a human'))
      .thenIt({ is: 'queued' })
  })

  it('of which the text has nothing left are shown all the same', () => {
    givenBot(flowOf({ start: [{ ...choice, text: '{{customer.name}}' }], ...answers }))
      .when(started())
      .thenIt({ says: ['options:  [My order, Café]'] })
  })

  it('coming back does not say them again', () => {
    givenBot(strict)
      .when(started(), started(), loggedIn({ externalId: 'u1' }))
      .thenIt({ says: [asks], is: 'bot' })
  })
})

describe('details', () => {
  const fields = [
    'name',
    'email',
    { id: 'work', label: 'Work e-mail', type: 'email' },
    { id: 'size', label: 'Size', type: 'select', options: ['S', 'L'] },
    { id: 'order', label: 'Order', type: 'text' },
  ]
  const asking = (more: object = {}) =>
    flowOf({
      start: [
        { type: 'details', fields, ...more },
        end('{{customer.name}} {{customer.email}} {{details.work}} {{details.size}} {{details.order}}'),
      ],
    })
  const good = { name: 'José', email: 'jose@example.com', work: 'j@acme.example', size: 'L', order: '4711' }
  const wrong = { name: ' ', email: 'josé@example.com', work: 'none', size: 'XL', order: 'x'.repeat(1001) }

  it('are a form of all that is asked, required, in the customer’s language', () => {
    const story = givenBot(asking()).when(started({ locale: 'fr' }))
    expect(story.messages).toEqual([
      {
        id: 'c1.1.0',
        author: { type: 'bot' },
        type: 'form',
        text: 'Dites-nous comment vous joindre\u00a0:',
        fields: [
          { id: 'name', label: 'Nom', type: 'text', required: true },
          { id: 'email', label: 'E-mail', type: 'email', required: true },
          { id: 'work', label: 'Work e-mail', type: 'email', required: true },
          { id: 'size', label: 'Size', type: 'select', required: true, options: ['S', 'L'] },
          { id: 'order', label: 'Order', type: 'text', required: true },
        ],
      },
    ])
  })

  it('have a text of the author’s, with what is known in it', () => {
    const story = givenBot(asking({ text: 'For {{locale}}:' })).when(started())
    expect(story.messages[0]?.text).toBe('For en:')
  })

  it('are shown though nothing is left of their text', () => {
    givenBot(asking({ text: '{{customer.name}}' }))
      .when(started())
      .thenIt({ says: ['form: name, email, work, size, order'] })
  })

  it('lead on once they are filled', () => {
    givenBot(asking())
      .when(started(), filled(good))
      .thenIt({
        says: ['form: name, email, work, size, order', 'bot: José jose@example.com j@acme.example L 4711'],
        is: 'ended',
      })
  })

  it('that are wrong are refused field by field, and the form stays open', () => {
    givenBot(asking())
      .when(started(), filled(wrong))
      .thenIt({
        refuses: [
          {
            code: 'details_invalid',
            fields: {
              name: 'required',
              email: 'email_accented',
              work: 'email_invalid',
              size: 'option_unknown',
              order: 'too_long',
            },
            limit: 1000,
          },
        ],
        is: 'bot',
      })
      .when(filled(good))
      .thenIt({ is: 'ended' })
  })
})

describe('branch', () => {
  const branching = (...when: object[]) =>
    flowOf({
      start: [
        options(
          'Which?',
          { 'My Order': 'ask' },
          { name: 'topic', freeText: { goTo: 'ask', variable: 'text' } },
        ),
      ],
      ask: [
        { type: 'details', fields: [{ id: 'order', label: 'Order', type: 'text' }] },
        branch(when, 'yes', 'no'),
      ],
      yes: [end('Yes.')],
      no: [end('No.')],
    })
  const customer = { externalId: 'u1', name: 'José', email: 'Jose@Example.com' }
  const decided = (when: object[], text = 'My Order', order = ' A-4711 ') => {
    const story = givenBot(branching(...when)).when(
      started({ customer, locale: 'fr-CA' }),
      wrote(text),
      filled({ order }),
    )
    return story.transcript.at(-1) === 'bot: Yes.'
  }

  it.each([
    [{ value: 'details.order', is: 'a-4711' }, true],
    [{ value: 'details.order', is: '4711' }, false],
    [{ value: 'details.order', isNot: '4711' }, true],
    [{ value: 'details.order', isNot: 'A-4711' }, false],
    [{ value: 'details.order', contains: '-47' }, true],
    [{ value: 'details.order', contains: '-48' }, false],
    [{ value: 'details.order', startsWith: 'a-' }, true],
    [{ value: 'details.order', startsWith: '47' }, false],
    [{ value: 'details.order', isKnown: true }, true],
    [{ value: 'details.order', isKnown: false }, false],
    [{ value: 'option.topic', is: 'My Order' }, true],
    [{ value: 'variables.text', isKnown: true }, false],
    [{ value: 'variables.text', isKnown: false }, true],
    [{ value: 'variables.text', is: 'x' }, false],
    [{ value: 'variables.text', isNot: 'x' }, true],
    [{ value: 'variables.text', contains: 'x' }, false],
    [{ value: 'variables.text', startsWith: 'x' }, false],
    [{ value: 'locale', is: 'fr-CA' }, true],
    [{ value: 'locale', startsWith: 'fr' }, true],
    [{ value: 'channel', is: 'web' }, true],
    [{ value: 'channel', is: 'mobile' }, false],
    [{ value: 'customer.verified', is: 'true' }, true],
    [{ value: 'customer.name', is: 'josé' }, true],
    [{ value: 'customer.email', contains: '@example.com' }, true],
    [{ value: 'customer.externalId', startsWith: 'u' }, true],
  ])('%j is %s', (condition, holds) => {
    expect(decided([condition])).toBe(holds)
  })

  it('takes no notice of white space that was typed around a value', () => {
    expect(decided([{ value: 'variables.text', is: 'help' }], ' help \u200B')).toBe(true)
    expect(decided([{ value: 'variables.text', startsWith: 'help' }], '  Help me')).toBe(true)
  })

  it('holds where all conditions of a case do', () => {
    const [yes, no] = [
      { value: 'channel', is: 'web' },
      { value: 'channel', is: 'mobile' },
    ]
    expect(decided([yes, yes])).toBe(true)
    expect(decided([yes, no])).toBe(false)
  })

  it('takes the first case that holds, else the way that is fixed', () => {
    const three = (locale: string) =>
      givenBot(
        flowOf({
          start: [
            {
              type: 'branch',
              cases: [
                { when: [{ value: 'locale', startsWith: 'fr' }], goTo: 'french' },
                { when: [{ value: 'locale', is: 'fr-CA' }], goTo: 'canadian' },
                { when: [{ value: 'locale', isNot: 'en' }], goTo: 'canadian' },
              ],
              otherwise: 'other',
            },
          ],
          french: [end('fr')],
          canadian: [end('ca')],
          other: [end('other')],
        }),
      ).when(started({ locale })).transcript
    expect(three('fr-CA')).toEqual(['bot: fr'])
    expect(three('de')).toEqual(['bot: ca'])
    expect(three('en')).toEqual(['bot: other'])
  })

  it.each(['constructor', 'toString', '__proto__x'])('%s is a name as any other', (name) => {
    const bot = flowOf({
      start: [branch([{ value: `variables.${name}`, isKnown: true }], name, 'set')],
      set: [{ type: 'set', variable: name, value: 'x' }, link('start')],
      [name]: [{ type: 'end', name, text: `{{variables.${name}}}!` }],
    })
    givenBot(bot)
      .when(started())
      .thenIt({ says: ['bot: x!'] })
  })
})

describe('hours', () => {
  const asking = (schedule?: string) =>
    flowOf({
      start: [options('Ready?', { Go: 'check' })],
      check: [{ type: 'hours', ...(schedule && { schedule }), open: 'open', closed: 'closed' }],
      open: [end('Open.')],
      closed: [end('Closed.')],
    })
  const atOnce = (schedule?: string) => {
    const { answers, ...bot } = asking(schedule)
    return { ...bot, answers: answers.slice(1) }
  }
  const saying = (story: ReturnType<typeof given>) => story.transcript.at(-1)

  it.each([undefined, 'paris'])('at the very start, of the schedule %s', (schedule) => {
    expect(saying(givenBot(atOnce(schedule), office).when(started()))).toBe('bot: Open.')
    expect(saying(givenBot(atOnce(schedule), { ...office, at: saturday }).when(started()))).toBe(
      'bot: Closed.',
    )
  })

  it('of another schedule than the channel’s', () => {
    const never = { id: 'never', timeZone: 'UTC', intervals: [] }
    const always = { id: 'always', timeZone: 'UTC', intervals: [{ start: 0, end: 10080 }] }
    const schedules = [paris, never, always]
    expect(saying(givenBot(atOnce('never'), { ...office, schedules }).when(started()))).toBe('bot: Closed.')
    expect(saying(givenBot(atOnce('always'), { ...office, schedules, at: saturday }).when(started()))).toBe(
      'bot: Open.',
    )
  })

  it.each([undefined, 'paris'])('open meanwhile is open, to the millisecond (%s)', (schedule) => {
    const begun = () =>
      givenBot(asking(schedule), { ...office, at: '2026-06-08T06:59:00.000Z' }).when(started())
    expect(saying(begun().when(until('2026-06-08T06:59:59.999Z'), chose('Go')))).toBe('bot: Closed.')
    expect(saying(begun().when(until(mondayOpening), chose('Go')))).toBe('bot: Open.')
  })

  it('open when the conversation began stays open for it', () => {
    const story = givenBot(asking(), { ...office, at: '2026-06-05T14:59:30.000Z' })
    expect(saying(story.when(started(), passes('PT1M'), chose('Go')))).toBe('bot: Open.')
  })

  it('without a schedule, or with one that there is not, it is open', () => {
    expect(saying(givenBot(atOnce(), { at: saturday }).when(started()))).toBe('bot: Open.')
    expect(saying(givenBot(atOnce('nowhere'), { at: saturday }).when(started()))).toBe('bot: Open.')
  })

  it('a schedule that is changed meanwhile changes nothing for a running conversation', () => {
    const story = givenBot(asking('paris'), { ...office, at: saturday }).when(started())
    story.when(
      reconfigured({ channel: { bot: 'helper' }, bots: [asking('paris')], schedules: [] }),
      chose('Go'),
    )
    expect(saying(story)).toBe('bot: Closed.')
  })
})

describe('set', () => {
  const setting = (value: string, more: object = {}) =>
    flowOf({
      start: [
        options('Which?', { Orders: 'set' }, { name: 'topic', freeText: { goTo: 'set', variable: 'typed' } }),
      ],
      set: [{ type: 'set', variable: 'via', value, ...more }, end('Via {{variables.via}}.')],
    })

  it('keeps a text for later, with what is known in it', () => {
    givenBot(setting('{{option.topic}} on {{channel}}'))
      .when(started(), chose('Orders'))
      .thenIt({ says: ['options: Which? [Orders]', 'customer: Orders', 'bot: Via Orders on web.'] })
  })

  it('an empty one makes it unknown', () => {
    givenBot(setting(''))
      .when(started(), chose('Orders'))
      .thenIt({ says: ['options: Which? [Orders]', 'customer: Orders', 'bot: Via.'] })
  })

  it('a value that is too long is not cut: the response takes over', () => {
    const typed = 'x'.repeat(280)
    givenBot(setting('{{variables.typed}}')).when(started(), wrote(typed)).thenIt({ is: 'ended' })
    const story = givenBot(setting('!{{variables.typed}}'))
      .when(started(), wrote(typed))
      .thenIt({ says: ['options: Which? [Orders]', `customer: ${typed}`, agentWillCome], is: 'queued' })
    expect(story.request?.need).toBe(typed)
  })

  it('before the customer did anything: the response from its beginning', () => {
    const { answers } = setting('{{customer.name}}{{customer.name}}')
    givenBot({ id: 'helper', answers: answers.slice(1) } as { id: string })
      .when(started({ customer: { externalId: 'u1', name: 'n'.repeat(141) } }))
      .thenIt({ says: ['bot: Hi! How can we help?'], is: 'greeting' })
      .when(wrote('help'))
      .thenIt({ is: 'queued' })
  })

  it('after the customer did, where the channel asks for details: the form', () => {
    givenBot(setting('!{{variables.typed}}'), { channel: { duringHours: { customerDetails: ['email'] } } })
      .when(started(), wrote('x'.repeat(280)))
      .thenIt({ is: 'collectingDetails', tells: [] })
      .when(filled({ email: 'jose@example.com' }))
      .thenIt({ is: 'queued', tells: ['created'] })
  })
})

describe('api', () => {
  const call = (more: object = {}) => ({
    type: 'api',
    name: 'find',
    url: 'https://api.acme.example/orders/{{details.order}}?of={{customer.email}}',
    save: { status: 'order.status', day: 'order.days.0' },
    success: 'found',
    failure: 'person',
    ...more,
  })
  const calling = (more: object = {}) =>
    flowOf({
      start: [
        { type: 'details', fields: ['email', { id: 'order', label: 'Order', type: 'text' }] },
        call(more),
      ],
      found: [end('{{variables.status}}, {{variables.day}}.')],
      person,
    })
  const asked = (more: object = {}, order = '4711') =>
    givenBot(calling(more)).when(started(), filled({ email: 'jose+x@example.com', order }))

  it('asks for one call, with all that belongs to it and no secret', () => {
    const story = asked({
      method: 'POST',
      headers: { authorization: 'Bearer {{secret.acme}}', 'x-from': 'frontdesk' },
      body: { order: '{{details.order}}', list: [1, true, null, { of: '{{customer.email}}' }] },
      timeout: 'PT2.5S',
    })
    expect(callsOf(story)).toEqual([
      {
        conversation: 'c1',
        call: 1,
        bot: 'helper',
        step: 'find',
        method: 'POST',
        url: 'https://api.acme.example/orders/4711?of=jose%2Bx%40example.com',
        headers: { authorization: 'Bearer {{secret.acme}}', 'x-from': 'frontdesk' },
        body: { order: '4711', list: [1, true, null, { of: 'jose+x@example.com' }] },
        timeoutMs: 2500,
        save: { status: 'order.status', day: 'order.days.0' },
      },
    ])
    story.thenIt({ is: 'bot', says: ['form: email, order'] })
  })

  it('is a GET within ten seconds, without headers and body, where nothing else is said', () => {
    expect(callsOf(asked())[0]).toMatchObject({ method: 'GET', headers: {}, timeoutMs: 10_000 })
    expect(callsOf(asked())[0]).not.toHaveProperty('body')
  })

  it('success leads on with the values that came back', () => {
    asked()
      .when(answered(1, { status: 'sent', day: 'Monday' }))
      .thenIt({ says: ['bot: sent, Monday.'], is: 'ended' })
  })

  it('failure leads elsewhere', () => {
    for (const failure of ['unreachable', 'refused', 'host_not_allowed', 'value_unusable'] as const)
      asked()
        .when(failed(1, failure))
        .thenIt({ says: [agentWillCome], is: 'queued', tells: ['created'] })
  })

  it('nobody’s answer is a failure, ten seconds after the time that the call has', () => {
    asked({ timeout: 'PT5S' })
      .when(passes('PT14.999S'))
      .thenNothing()
      .when(passes('PT0.001S'))
      .thenIt({ is: 'queued' })
      .when(answered(1, { status: 'sent' }))
      .thenIt({ outcomes: ['ignored'], says: [] })
  })

  it('what the customer writes meanwhile is kept and changes nothing', () => {
    const story = asked()
      .when(wrote('hello?'), passes('PT19S'), wrote('?'))
      .thenIt({ says: ['customer: hello?', 'customer: ?'], is: 'bot' })
      .when(passes('PT1S'))
      .thenIt({ is: 'queued' })
    expect(callsOf(story)).toHaveLength(1)
    expect(story.request?.need).toBe('hello?')
  })

  it('a value that an answer does not have is unknown, also where an earlier one had it', () => {
    const again = flowOf({
      start: [options('Look?', { 'Yes, look': 'look' })],
      look: [call({ url: 'https://api.acme.example/', failure: 'start' })],
      found: [message('It is {{variables.status}}, {{variables.day}}.'), link('start')],
    })
    givenBot(again)
      .when(started(), chose('Yes, look'), answered(1, { status: 'sent', day: 'Monday' }))
      .when(chose('Yes, look'), answered(2, { status: 'lost' }))
      .thenIt({
        says: ['customer: Yes, look', 'bot: It is lost.', 'options: Look? [Yes, look]'],
      })
  })

  it.each([
    ['a/b?c#d', 'a%2Fb%3Fc%23d'],
    ['{{secret.acme}}', '%7B%7Bsecret.acme%7D%7D'],
    ['a b\n', 'a%20b'],
    ['\uD800x', '%EF%BF%BDx'],
    ['.', ''],
    ['..', ''],
    ['..%2f', '..%252f'],
    ['...', '...'],
  ])('%j in an address is a part of it and leads nowhere else', (order, placed) => {
    const { url } = callsOf(asked({}, order))[0] as { url: string }
    expect(url).toBe(`https://api.acme.example/orders/${placed}?of=jose%2Bx%40example.com`)
    expect(new URL(url).pathname).toMatch(/^\/orders\//)
  })

  it('what is not known is left out of an address and a body', () => {
    const bot = flowOf({
      start: [
        {
          type: 'api',
          method: 'POST',
          url: 'https://api.acme.example/{{customer.name}}?q={{customer.email}}&z=1',
          body: 'Hi {{customer.name}}, bye',
          success: 'end',
          failure: 'end',
        },
      ],
      end: goodbye,
    })
    expect(callsOf(givenBot(bot).when(started()))[0]).toMatchObject({
      url: 'https://api.acme.example/?q=&z=1',
      body: 'Hi , bye',
    })
  })

  it('several calls in a row each have a number of their own', () => {
    const two = flowOf({
      start: [call({ url: 'https://api.acme.example/a', success: 'second' })],
      second: [call({ url: 'https://api.acme.example/b', success: 'found' })],
      found: [end('{{variables.status}}')],
      person,
    })
    const story = givenBot(two)
      .when(started(), answered(1, { status: 'one' }), answered(1, { status: 'again' }))
      .thenIt({ outcomes: ['applied', 'applied', 'ignored'], is: 'bot' })
      .when(answered(2, { status: 'two' }))
      .thenIt({ says: ['bot: two'] })
    expect(callsOf(story).map(({ call }) => call)).toEqual([1, 2])
  })

  it('a call that is tried again and again is given up after so many', () => {
    const again = flowOf({
      start: [call({ url: 'https://api.acme.example/', failure: 'start' })],
      found: goodbye,
    })
    const story = givenBot(again).when(started())
    let calls = 0
    while (story.status.state === 'bot') story.when(failed(++calls))
    expect(calls).toBe(linksMax + 1)
    story.thenIt({ is: 'greeting', says: ['bot: Hi! How can we help?'] })
  })
})

describe('resolved', () => {
  const asking = (more: object = {}) =>
    flowOf({
      start: [{ type: 'resolved', no: 'person', ...more }],
      person,
      ...('yes' in more && { thanks: [end('Thanks!')] }),
    })

  it('asks whether it is; a yes ends, a no leads on', () => {
    const asks = 'options: Did this answer your question? [Yes, No]'
    givenBot(asking())
      .when(started(), chose('Yes'))
      .thenIt({ says: [asks, 'customer: Yes'], shows: { state: 'ended', reason: 'bot' } })
    const story = givenBot(asking())
      .when(started(), chose('No'))
      .thenIt({ says: [asks, 'customer: No', agentWillCome], is: 'queued' })
    expect(story.request?.need).toBeNull()
  })

  it('in French', () => {
    const asks = 'options: Avez-vous trouvé la réponse à votre question\u00a0? [Oui, Non]'
    givenBot(asking())
      .when(started({ locale: 'fr' }), chose('Yes'), wrote('oui'))
      .thenIt({ says: [asks, 'customer: oui'], refuses: ['details_invalid'], is: 'ended' })
    givenBot(asking())
      .when(started({ locale: 'fr' }), wrote('Non'))
      .thenIt({ is: 'queued' })
  })

  it('with a text and a way for yes of the author’s', () => {
    givenBot(asking({ text: 'All well, {{customer.name}}?', yes: 'thanks' }))
      .when(started(), wrote('yes'))
      .thenIt({ says: ['options: All well? [Yes, No]', 'customer: yes', 'bot: Thanks!'], is: 'ended' })
  })

  it('another text has it asked again, three bring an agent', () => {
    const asks = 'options: Did this answer your question? [Yes, No]'
    const story = givenBot(asking())
      .when(started(), wrote('maybe'), wrote('not quite'))
      .thenIt({ says: [asks, 'customer: maybe', asks, 'customer: not quite', asks] })
      .when(wrote('hm'))
      .thenIt({ says: ['customer: hm', agentWillCome], is: 'queued' })
    expect(story.request?.need).toBe('maybe')
  })

  it('another option is refused', () => {
    givenBot(asking())
      .when(started(), chose('Maybe'))
      .thenIt({ refuses: [{ code: 'details_invalid', fields: { option: 'option_unknown' } }], is: 'bot' })
  })
})

describe('link', () => {
  it('leads to another answer, further and further', () => {
    givenBot(
      flowOf({
        start: [message('One.'), link('two')],
        two: [message('Two.'), link('three')],
        three: goodbye,
      }),
    )
      .when(started())
      .thenIt({ says: ['bot: One.', 'bot: Two.', 'bot: Goodbye!'] })
  })

  const around = flowOf({
    start: [options('Which?', { Go: 'a' }, { name: 'topic' })],
    a: [message('A'), link('b')],
    b: [branch([{ value: 'locale', is: 'en' }], 'a', 'start')],
  })

  it(`that goes round in a circle is cut after ${linksMax} answers, and the response takes over`, () => {
    const story = givenBot(around).when(started(), chose('Go'))
    expect(story.transcript.filter((line) => line === 'bot: A')).toHaveLength(linksMax / 2 + 1)
    expect(story.thenIt({ is: 'queued', tells: ['created'] }).transcript.at(-1)).toBe(agentWillCome)
  })

  it('back to a question is no circle, however often', () => {
    const story = givenBot(around).when(started({ locale: 'fr' }))
    for (let n = 0; n < 3 * linksMax; n++) story.when(chose('Go')).thenIt({ is: 'bot' })
  })

  it('back to itself is a circle too', () => {
    const self = flowOf({
      start: [branch([{ value: 'locale', is: 'en' }], 'start', 'end')],
      end: goodbye,
    })
    givenBot(self).when(started()).thenIt({ is: 'greeting' })
    givenBot(self)
      .when(started({ locale: 'fr' }))
      .thenIt({ is: 'ended' })
  })

  it('a long way that is no circle is gone to its end', () => {
    const links = Array.from({ length: 3 * linksMax }, (_, n) => [`a${n}`, [link(`a${n + 1}`)]])
    givenBot(flowOf({ ...Object.fromEntries(links), [`a${links.length}`]: goodbye }))
      .when(started())
      .thenIt({ says: ['bot: Goodbye!'] })
  })
})

describe('transfer', () => {
  const during = { duringHours: 'Ann comes, {{customer.name}}.', outsideHours: 'Back {{nextOpen}}.' }
  const transfer = (more: object = {}) => flowOf({ start: [{ type: 'transfer', ...more }] })

  it('queues the conversation, with the author’s word for within the hours', () => {
    givenBot(transfer(during), office)
      .when(started({ customer: { externalId: 'u1', name: 'José' } }))
      .thenIt({ says: ['bot: Ann comes, José.'], shows: { state: 'queued', request: 1 }, tells: ['created'] })
      .when(accepted('ann'))
      .thenIt({ is: 'withAgent' })
  })

  it('and the one for outside them, where reminders count from the opening', () => {
    givenBot(transfer(during), { ...office, at: saturday })
      .when(started())
      .thenIt({
        says: ['bot: Back Monday, June 8 at 9:00 AM (Central European Time).'],
        is: 'queued',
        tells: ['created'],
      })
      .when(until(mondayOpening), passes('PT1M59.999S'))
      .thenIt({ tells: [] })
      .when(passes('PT0.001S'))
      .thenIt({ tells: ['reminded'] })
  })

  it('in the usual words where the author has none, never those of the channel', () => {
    const channel = { schedule: 'paris', duringHours: { followUpMessage: 'Own.' } }
    givenBot(transfer(), { ...office, channel })
      .when(started())
      .thenIt({ says: [agentWillCome] })
    givenBot(transfer(), { ...office, channel, at: saturday })
      .when(started({ locale: 'fr' }))
      .thenIt({ says: ['bot: Merci, un agent vous répondra dès notre réouverture.'] })
  })

  it('with the need, the details and the tags for the agents', () => {
    const story = givenBot(
      flowOf({
        start: [
          { type: 'details', fields: ['email', { id: 'order', label: 'Order', type: 'text' }] },
          { type: 'transfer', tags: ['order', 'vip'] },
        ],
      }),
    ).when(started(), wrote('It broke'), filled({ email: 'jose@example.com', order: '4711' }))
    expect(story.request).toMatchObject({
      state: 'waiting',
      need: 'It broke',
      details: { order: '4711' },
      tags: ['order', 'vip'],
      customer: { email: 'jose@example.com', verified: false },
      queuedAt: '2026-06-05T14:00:00.000Z',
    })
    expect(givenBot(transfer()).when(started()).request).not.toHaveProperty('tags')
  })

  it('the tags stay while agents come and go', () => {
    const story = givenBot(transfer({ tags: ['vip'] })).when(started(), accepted('ann'))
    expect(story.request).toMatchObject({ state: 'accepted', tags: ['vip'] })
  })

  it('does not ask for the details that the channel asks for: that is the bot’s to do', () => {
    givenBot(transfer(), { channel: { duringHours: { customerDetails: ['email'] } } })
      .when(started())
      .thenIt({ is: 'queued', tells: ['created'] })
  })
})

describe('end', () => {
  it('ends the conversation, with or without a word', () => {
    givenBot(flowOf({ start: [end('Bye {{customer.name}}')] }))
      .when(started())
      .thenIt({ says: ['bot: Bye'], shows: { state: 'ended', reason: 'bot' }, tells: [] })
    givenBot(flowOf({ start: [{ type: 'end' }] }))
      .when(started(), passes('P30D'))
      .thenIt({ says: [], shows: { state: 'ended', reason: 'bot' } })
  })
})
