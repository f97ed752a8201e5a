import { describe, expect, it } from 'vitest'
import type { Channel } from '../../schemas/configuration/channel.ts'
import { tagsMax } from '../../schemas/limits.ts'
import {
  accepted,
  botDid,
  chose,
  filled,
  loggedIn,
  paris,
  passes,
  reconfigured,
  started,
  steppedBack,
  wrote,
} from '../behaviour/given.ts'
import { agentWillCome, givenBot } from './given-bot.ts'

const bot = { id: 'elsewhere', external: { silence: 'PT30S' } }
const begun = (channel: Partial<Channel> = {}) => givenBot(bot, { channel }).when(started())

const says = (text: string) => botDid('bot.message', { text })
const offers = (...options: string[]) => botDid('bot.options', { text: 'Which?', options })
const field = (id: string, more: object = {}) => ({
  id,
  label: id,
  type: 'text' as const,
  required: true as const,
  ...more,
})
const asks = (...ids: string[]) => botDid('bot.form', { fields: ids.map((id) => field(id)) })
const handsOver = (payload: { text?: string; tags?: string[] } = {}) => botDid('bot.handoff', payload)

/** Whether the last record says that it is the bot's turn. */
const tellsBot = (story: ReturnType<typeof begun>) => story.last.bot !== undefined

describe('an e-mail', () => {
  it('is one, as whatever a bot elsewhere asks for it', () => {
    begun()
      .when(asks('email'), filled({ email: 'josé@example.com' }))
      .thenIt({ refuses: [{ code: 'details_invalid', fields: { email: 'email_accented' } }] })
  })
})

describe('a bot elsewhere is told what it has to know', () => {
  it('at the start: which bot, who and where', () => {
    const customer = { externalId: 'u1', name: 'José' }
    const story = givenBot(bot, {
      channel: { schedule: 'paris' },
      schedules: [paris],
      at: '2026-06-06T10:00:00.000Z',
    }).when(started({ customer, locale: 'fr' }))
    expect(story.last.bot).toEqual({
      id: 'elsewhere',
      channel: 'web',
      locale: 'fr',
      hours: 'outside',
      customer: { ...customer, email: null, verified: true },
      details: {},
    })
  })

  it('at each thing that the customer does, with what is known by then', () => {
    const story = begun().when(asks('email', 'order'), filled({ email: 'jose@example.com', order: '4711' }))
    expect(story.last.bot).toMatchObject({
      customer: { email: 'jose@example.com', verified: false },
      details: { order: '4711' },
    })
    expect(tellsBot(story.when(wrote('hi')))).toBe(true)
    expect(tellsBot(story.when(offers('A', 'B'), chose('B')))).toBe(true)
    expect(tellsBot(story.when(loggedIn({ externalId: 'u1' })))).toBe(true)
  })

  it('not at what is refused, at a start that is sent again, or at what it says itself', () => {
    const story = begun()
    for (const happening of [wrote(' '), started(), chose('A'), says('Hi'), offers('A'), asks('order')])
      expect(tellsBot(story.when(happening)), happening.type).toBe(false)
    expect(tellsBot(story.when(filled({ order: ' ' })))).toBe(false)
  })

  it('and no more once it has handed over', () => {
    const story = begun().when(handsOver())
    for (const happening of [wrote('hi'), accepted('ann'), loggedIn({ externalId: 'u1' })])
      expect(tellsBot(story.when(happening)), happening.type).toBe(false)
  })
})

describe('a bot elsewhere that is silent is replaced by the response', () => {
  it('after the time that it has, to the millisecond', () => {
    begun()
      .when(passes('PT29.999S'))
      .thenNothing()
      .when(passes('PT0.001S'))
      .thenIt({ says: ['bot: Hi! How can we help?'], is: 'greeting' })
  })

  it('as it is configured, thirty seconds where it is not', () => {
    givenBot({ id: 'b', external: { silence: 'PT5M' } } as { id: string })
      .when(started(), passes('PT4M59S'))
      .thenIt({ is: 'bot' })
    givenBot({ id: 'b', external: {} } as { id: string })
      .when(started(), passes('PT30S'))
      .thenIt({ is: 'greeting' })
  })

  it('as it was configured when the conversation began', () => {
    begun()
      .when(reconfigured({ channel: { bot: bot.id }, bots: [{ ...bot, external: { silence: 'PT1H' } }] }))
      .when(passes('PT30S'))
      .thenIt({ is: 'greeting' })
  })

  it.each([
    ['typing', wrote('hello?')],
    ['choosing', chose('A')],
    ['filling the form', filled({ order: '4711' })],
    ['logging in', loggedIn({ externalId: 'u1' })],
    ['coming back', started()],
    ['sending what is refused', wrote('')],
  ])('which the customer’s %s does not put off', (_, doing) => {
    begun()
      .when(offers('A'), wrote('hi'), passes('PT20S'), doing, passes('PT9.999S'))
      .thenIt({ is: 'bot' })
      .when(passes('PT0.001S'))
      .thenIt({ says: [agentWillCome], is: 'queued', tells: ['created'] })
    begun().when(asks('order'), wrote('hi'), passes('PT20S'), doing, passes('PT10S')).thenIt({ is: 'queued' })
  })

  it('which the clock’s stepping back does not put off either', () => {
    begun()
      .when(steppedBack('PT1H', wrote('hi')), passes('PT30S'))
      .thenIt({ is: 'queued' })
  })

  it('not while it is the customer’s turn', () => {
    begun().when(says('Hello!'), passes('PT23H')).thenIt({ is: 'bot' })
  })

  it('counted anew once it has answered', () => {
    begun()
      .when(passes('PT29S'), says('Hello!'), wrote('hi'), passes('PT29S'), says('And?'))
      .when(passes('PT1H'), wrote('that'), passes('PT29.999S'))
      .thenIt({ is: 'bot' })
      .when(passes('PT0.001S'))
      .thenIt({ is: 'queued' })
  })

  it('with the channel’s own details, whatever form the bot had open', () => {
    begun()
      .when(asks('size'), wrote('what?'), passes('PT30S'))
      .thenIt({
        says: ['form: size', 'customer: what?', agentWillCome],
        is: 'queued',
        tells: ['created'],
      })
    const story = begun({ duringHours: { customerDetails: ['email'] } })
      .when(asks('size'), wrote('what?'), passes('PT30S'))
      .thenIt({ says: ['form: size', 'customer: what?', 'form: email'], is: 'collectingDetails' })
      .when(filled({ email: 'jose@example.com', size: 'L' }))
      .thenIt({ is: 'queued' })
    expect(story.request).toMatchObject({ need: 'what?', customer: { email: 'jose@example.com' } })
  })

  it('nothing of it is left to choose or to fill', () => {
    begun()
      .when(offers('A'), wrote('hi'), passes('PT30S'), chose('A'))
      .thenIt({ refuses: ['not_allowed_now'] })
  })
})

describe('what a bot elsewhere says', () => {
  it('comes in the order of the log, several in a row too', () => {
    begun()
      .when(says('One'), says('Two'), offers('A', 'B'), wrote('hm'), says('Three'))
      .thenIt({
        says: ['bot: One', 'bot: Two', 'options: Which? [A, B]', 'customer: hm', 'bot: Three'],
        is: 'bot',
      })
  })

  it('ends the conversation where it is done, with or without a word', () => {
    begun()
      .when(botDid('bot.done', { text: 'Bye.' }))
      .thenIt({ says: ['bot: Bye.'], shows: { state: 'ended', reason: 'bot' }, tells: [] })
    begun()
      .when(botDid('bot.done', {}))
      .thenIt({ says: [], shows: { state: 'ended', reason: 'bot' } })
  })

  it('hands over in its own words or the usual ones, those of outside the hours outside them', () => {
    begun()
      .when(handsOver({ text: 'Ann comes.', tags: ['bill', 'vip'] }))
      .thenIt({ says: ['bot: Ann comes.'], is: 'queued', tells: ['created'] })
    const closed = { channel: { schedule: 'paris' }, schedules: [paris], at: '2026-06-06T10:00:00.000Z' }
    const story = givenBot(bot, closed)
      .when(started(), handsOver({ tags: ['bill'] }))
      .thenIt({ says: ['bot: Thanks, an agent will get back to you when we’re open.'] })
    expect(story.request).toMatchObject({ tags: ['bill'], hours: 'outside' })
  })

  it('is not known where nothing is tagged', () => {
    expect(begun().when(handsOver()).request).not.toHaveProperty('tags')
  })
})

describe('options of a bot elsewhere', () => {
  it('can be chosen, trimmed; others are refused', () => {
    begun()
      .when(offers('A', 'B'), chose('C'))
      .thenIt({ refuses: [{ code: 'details_invalid', fields: { option: 'option_unknown' } }], is: 'bot' })
      .when(chose(' B '))
      .thenIt({ says: ['customer: B'] })
  })

  it('can be chosen once', () => {
    begun()
      .when(offers('A', 'B'), chose('A'), chose('B'))
      .thenIt({ refuses: ['details_invalid'], says: ['options: Which? [A, B]', 'customer: A'] })
  })

  it('still can after a text of either, until others or a form take their place', () => {
    begun().when(offers('A'), wrote('hm'), says('Choose, please.'), chose('A')).thenIt({ refuses: [] })
    begun()
      .when(offers('A'), offers('B'), chose('A'))
      .thenIt({ refuses: ['details_invalid'] })
    begun()
      .when(offers('A'), asks('order'), chose('A'))
      .thenIt({ refuses: ['details_invalid'] })
  })

  it('cannot be chosen before there are any', () => {
    begun()
      .when(chose('A'))
      .thenIt({ refuses: ['details_invalid'] })
  })
})

describe('a form of a bot elsewhere', () => {
  it('is asked with its own text or the usual one', () => {
    const story = begun().when(
      asks('order'),
      botDid('bot.form', {
        text: 'Which one?',
        fields: [field('size', { type: 'select', options: ['S', 'L'] })],
      }),
    )
    expect(story.messages.map(({ text }) => text)).toEqual(['Please tell us:', 'Which one?'])
    expect(story.messages[1]?.fields).toEqual([
      { id: 'size', label: 'size', type: 'select', required: true, options: ['S', 'L'] },
    ])
  })

  it('that is wrong is refused, field by field, and stays open', () => {
    begun()
      .when(
        botDid('bot.form', {
          fields: [field('email', { type: 'email' }), field('size', { type: 'select', options: ['S', 'L'] })],
        }),
      )
      .when(filled({ email: 'josé@example.com', size: 'XL' }))
      .thenIt({
        refuses: [{ code: 'details_invalid', fields: { email: 'email_accented', size: 'option_unknown' } }],
        is: 'bot',
      })
      .when(filled({ email: 'jose@example.com', size: 'L' }))
      .thenIt({ refuses: [] })
  })

  it('can be filled once, and not before it is asked', () => {
    begun()
      .when(filled({ order: '1' }), asks('order'), filled({ order: '1' }), filled({ order: '2' }))
      .thenIt({ refuses: ['not_allowed_now', 'not_allowed_now'] })
  })

  it('that asks again for what is known takes the new answer', () => {
    const story = begun().when(asks('order'), filled({ order: '1' }), asks('order'), filled({ order: '2' }))
    expect(story.last.bot?.details).toEqual({ order: '2' })
    story
      .when(asks('order'), filled({ order: 'x'.repeat(1001) }))
      .thenIt({ refuses: [{ code: 'details_invalid', fields: { order: 'too_long' } }] })
  })

  it('what the gateway has verified is not changed by it', () => {
    const story = givenBot(bot)
      .when(started({ customer: { externalId: 'u1', email: 'jose@example.com' } }))
      .when(
        botDid('bot.form', { fields: [field('email', { type: 'email' })] }),
        filled({ email: 'eve@example.com' }),
      )
    expect(story.last.bot?.customer).toMatchObject({ email: 'jose@example.com', verified: true })
  })

  it('is not open any more after options', () => {
    begun()
      .when(asks('order'), offers('A'), filled({ order: '1' }))
      .thenIt({ refuses: ['not_allowed_now'] })
  })
})

describe('limits of what a bot elsewhere says: refused, said nothing, and it is still its turn', () => {
  const many = <T>(count: number, one: (n: number) => T) => Array.from({ length: count }, (_, n) => one(n))

  it.each([
    ['an empty text', says(' \u200B'), { code: 'text_invalid' }],
    ['a text of 4097 characters', says('x'.repeat(4097)), { code: 'too_long', limit: 4096 }],
    ['no options', offers(), { code: 'text_invalid', message: 'options: is empty' }],
    ['11 options', offers(...many(11, String)), { code: 'too_long', limit: 10 }],
    ['an empty option', offers('A', ' '), { code: 'text_invalid', message: 'options.1: is empty' }],
    ['an option of 256 characters', offers('x'.repeat(256)), { code: 'too_long', limit: 255 }],
    [
      'options with an empty text',
      botDid('bot.options', { text: '', options: ['A'] }),
      { code: 'text_invalid' },
    ],
    ['no fields', asks(), { code: 'text_invalid', message: 'fields: is empty' }],
    ['9 fields', asks(...many(9, (n) => `f${n}`)), { code: 'too_long', limit: 8 }],
    ['a field id that is no token', asks('a b'), { code: 'text_invalid' }],
    ['__proto__ as a field', asks('__proto__'), { code: 'text_invalid' }],
    [
      'the same field twice',
      asks('a', 'b', 'a'),
      { code: 'text_invalid', message: 'fields.2.id: is asked twice' },
    ],
    [
      'a label of 256 characters',
      botDid('bot.form', { fields: [field('a', { label: 'x'.repeat(256) })] }),
      { code: 'too_long', limit: 255 },
    ],
    [
      'a select without options',
      botDid('bot.form', { fields: [field('a', { type: 'select' })] }),
      { code: 'text_invalid', message: 'fields.0.options: is empty' },
    ],
    [
      'a select of 101 options',
      botDid('bot.form', { fields: [field('a', { type: 'select', options: many(101, String) })] }),
      { code: 'too_long', limit: 100 },
    ],
    [
      'a form with an empty text',
      botDid('bot.form', { text: ' ', fields: [field('a')] }),
      { code: 'text_invalid' },
    ],
    ['a hand-off with an empty text', handsOver({ text: '' }), { code: 'text_invalid' }],
    [
      `${tagsMax + 1} tags`,
      handsOver({ tags: many(tagsMax + 1, String) }),
      { code: 'too_long', limit: tagsMax },
    ],
    ['a tag of 65 characters', handsOver({ tags: ['x'.repeat(65)] }), { code: 'too_long', limit: 64 }],
    [
      'an end with a text of 4097 characters',
      botDid('bot.done', { text: 'x'.repeat(4097) }),
      { code: 'too_long' },
    ],
  ] as const)('%s', (_, happening, refusal) => {
    begun()
      .when(happening)
      .thenIt({ refuses: [refusal], says: [], tells: [], is: 'bot' })
      .when(passes('PT30S'))
      .thenIt({ is: 'greeting' })
  })

  it('as much as is allowed is said', () => {
    begun()
      .when(
        says('👍'.repeat(4096)),
        offers(...many(10, (n) => `${n}${'x'.repeat(254)}`)),
        asks(...many(8, (n) => `f${n}`)),
        handsOver({ tags: many(tagsMax, (n) => `${n}`.padEnd(64, 'x')) }),
      )
      .thenIt({ refuses: [], is: 'queued' })
  })

  it.each([
    ['a message without a text', 'bot.message', {}],
    ['options that are no texts', 'bot.options', { text: 'x', options: [1] }],
    ['a field of a type that there is not', 'bot.form', { fields: [field('a', { type: 'date' })] }],
    ['a field that is not required', 'bot.form', { fields: [field('a', { required: false })] }],
  ] as const)('%s cannot be understood at all', (_, type, payload) => {
    const story = begun().when(botDid(type, payload as never))
    expect(story.thenNothing().buried).toEqual(['invalid'])
  })
})
