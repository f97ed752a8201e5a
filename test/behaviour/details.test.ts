import { describe, expect, it } from 'vitest'
import type { Channel } from '../../schemas/configuration/channel.ts'
import { accepted, filled, given, loggedIn, started, wrote } from './given.ts'

type Asked = NonNullable<NonNullable<Channel['duringHours']>['customerDetails']>

const asking = (...customerDetails: Asked) => given({ channel: { duringHours: { customerDetails } } })
const both = () => asking('name', 'email')
const jose = { name: 'José', email: 'jose@example.com' }
const thanksJose = 'bot: Thanks José, an agent will be with you shortly.'
const thanks = 'bot: Thanks, an agent will be with you shortly.'
const greeting = 'bot: Hi! How can we help?'

describe('the form', () => {
  it('comes when the customer has written what they need', () => {
    const story = both()
      .when(started())
      .thenIt({ says: [greeting], is: 'greeting' })
      .when(wrote('help'))
      .thenIt({ says: ['customer: help', 'form: name, email'], is: 'collectingDetails', tells: [] })
    expect(story.messages.at(-1)).toMatchObject({
      author: { type: 'bot' },
      type: 'form',
      text: 'Please tell us how to reach you:',
      fields: [
        { id: 'name', label: 'Name', type: 'text', required: true },
        { id: 'email', label: 'Email', type: 'email', required: true },
      ],
    })
  })

  it('filled, the follow-up comes and the request is made', () => {
    both()
      .when(started(), wrote('help'), filled(jose))
      .thenIt({
        says: [greeting, 'customer: help', 'form: name, email', thanksJose],
        tells: ['created'],
        is: 'queued',
      })
  })

  it('is not there where nothing is asked', () => {
    asking().when(started(), wrote('help')).thenIt({ is: 'queued' })
  })

  it('a text sent before it is filled is kept, in order, and brings no second form', () => {
    const story = both()
      .when(started(), wrote('help'), wrote('please'), wrote('hello?'), filled(jose))
      .thenIt({
        says: [
          greeting,
          'customer: help',
          'form: name, email',
          'customer: please',
          'customer: hello?',
          thanksJose,
        ],
      })
    expect(story.request?.need).toBe('help')
  })

  it('of the outside hours asks its own details', () => {
    const story = given({
      channel: {
        schedule: 'closed',
        duringHours: { customerDetails: ['name'] },
        outsideHours: { customerDetails: ['email'] },
      },
      schedules: [{ id: 'closed', timeZone: 'UTC', intervals: [] }],
    })
    story.when(started(), wrote('help')).thenIt({ says: [closed, 'customer: help', 'form: email'] })
  })

  it('asks the company’s own fields, in the order of the configuration, with their options', () => {
    const story = asking(
      { id: 'topic', label: 'What about?', type: 'select', options: ['Sales', 'Support'] },
      'email',
      { id: 'order-no', label: 'Order', type: 'text' },
    ).when(started(), wrote('help'))
    expect(story.messages.at(-1)?.fields).toEqual([
      { id: 'topic', label: 'What about?', type: 'select', required: true, options: ['Sales', 'Support'] },
      { id: 'email', label: 'Email', type: 'email', required: true },
      { id: 'order-no', label: 'Order', type: 'text', required: true },
    ])
  })

  it('speaks of a way to reach the customer only where it asks for one', () => {
    const order = { id: 'order', label: 'Order', type: 'text' } as const
    const textOver = (...details: Parameters<typeof asking>) =>
      asking(...details)
        .when(started(), wrote('help'))
        .messages.at(-1)?.text
    expect(textOver(order)).toBe('Please tell us:')
    expect(textOver('name', order)).toBe('Please tell us how to reach you:')
  })

  it.each(['toString', 'constructor', 'hasOwnProperty', 'length', '0'])(
    'asks a field with the id %s too',
    (id) => {
      const story = asking({ id, label: 'Field', type: 'text' })
        .when(started(), wrote('help'))
        .thenIt({ says: [greeting, 'customer: help', `form: ${id}`] })
        .when(filled({ [id]: 'answer' }))
        .thenIt({ is: 'queued' })
      expect(story.request?.details).toEqual({ [id]: 'answer' })
    },
  )

  it('cannot be filled any more once the customer is in the queue', () => {
    both()
      .when(started(), wrote('help'), filled(jose), filled({ name: 'X', email: 'x@example.com' }))
      .thenIt({ refuses: ['not_allowed_now'] })
  })
})

const closed = 'bot: We’re closed until further notice. Leave us a message and we’ll get back to you.'

describe('no request reaches agents before the details that are asked for', () => {
  it('asking for an agent without them is refused with details_required', () => {
    both()
      .when(started(), wrote('help'), accepted('ann'))
      .thenIt({ refuses: ['details_required'], is: 'collectingDetails', tells: [] })
  })

  it('one of two is not enough', () => {
    both()
      .when(started(), wrote('help'), filled({ name: 'José' }))
      .thenIt({
        refuses: [{ code: 'details_invalid', fields: { email: 'required' } }],
        is: 'collectingDetails',
        tells: [],
      })
  })

  it('a refused form keeps nothing of it', () => {
    both()
      .when(started(), wrote('help'), filled({ name: 'José', email: 'x' }), filled({ email: jose.email }))
      .thenIt({
        refuses: [
          { code: 'details_invalid', fields: { email: 'email_invalid' } },
          { code: 'details_invalid', fields: { name: 'required' } },
        ],
        is: 'collectingDetails',
      })
  })
})

describe('the form filled before the first text', () => {
  it('counts', () => {
    both()
      .when(started(), filled(jose))
      .thenIt({ is: 'greeting', says: [greeting], tells: [] })
      .when(wrote('help'))
      .thenIt({ says: ['customer: help', thanksJose], is: 'queued', tells: ['created'] })
  })

  it('may be corrected', () => {
    const story = both().when(started(), filled({ ...jose, name: 'Jose' }), filled(jose), wrote('help'))
    expect(story.request?.customer.name).toBe('José')
  })

  it('refused, it is asked for after the text', () => {
    both()
      .when(started(), filled({ name: 'José' }), wrote('help'))
      .thenIt({ refuses: ['details_invalid'], says: [greeting, 'customer: help', 'form: name, email'] })
  })

  it('on a channel that asks nothing, a name and an e-mail that are given are taken', () => {
    const story = given()
      .when(started(), filled(jose), wrote('help'))
      .thenIt({
        says: [greeting, 'customer: help', thanksJose],
      })
    expect(story.request?.customer).toMatchObject(jose)
  })
})

describe('identified customers are asked only for what is not known', () => {
  const known = { externalId: 'u1', ...jose }

  it('who is known whole is asked nothing', () => {
    const story = both()
      .when(started({ customer: known }), wrote('help'))
      .thenIt({ says: [greeting, 'customer: help', thanksJose], is: 'queued' })
    expect(story.request?.customer).toEqual({ ...jose, externalId: 'u1', verified: true })
  })

  it('who is known in part is asked for the rest', () => {
    both()
      .when(started({ customer: { externalId: 'u1', name: 'José' } }), wrote('help'))
      .thenIt({ says: [greeting, 'customer: help', 'form: email'] })
      .when(filled({ email: jose.email }))
      .thenIt({ says: [thanksJose], is: 'queued' })
  })

  it.each(['', undefined])('a name of %j is not known', (name) => {
    both()
      .when(
        started({ customer: { externalId: 'u1', ...(name !== undefined && { name }), email: jose.email } }),
      )
      .when(wrote('help'))
      .thenIt({ says: ['customer: help', 'form: name'] })
  })

  it('their own fields are asked whoever they are', () => {
    asking('name', { id: 'order', label: 'Order', type: 'text' })
      .when(started({ customer: known }), wrote('help'))
      .thenIt({ says: [greeting, 'customer: help', 'form: order'] })
  })

  it('who logs in before writing is not asked', () => {
    both()
      .when(started(), loggedIn(known), wrote('help'))
      .thenIt({ says: [greeting, 'customer: help', thanksJose] })
  })

  it('who logs in while the form is open is not asked any more, is not greeted again, and goes on', () => {
    both()
      .when(started(), wrote('help'), loggedIn(known))
      .thenIt({
        says: [greeting, 'customer: help', 'form: name, email', thanksJose],
        is: 'queued',
        tells: ['created'],
      })
  })

  it('who logs in with a part of it is still asked for the rest, without a second form', () => {
    both()
      .when(started(), wrote('help'), loggedIn({ externalId: 'u1', name: 'José' }))
      .thenIt({ says: [greeting, 'customer: help', 'form: name, email'], is: 'collectingDetails' })
      .when(filled({ name: 'Pepe', email: jose.email }))
      .thenIt({ says: [thanksJose], is: 'queued' })
  })

  it('who logs in after the form keeps the place in the queue', () => {
    const story = both().when(started(), wrote('help'), filled(jose), loggedIn({ externalId: 'u1' }))
    story.thenIt({ tells: ['created'], is: 'queued' })
    expect(story.request?.customer).toEqual({ ...jose, externalId: 'u1', verified: true })
  })

  it('what an identity leaves empty does not blank what was typed', () => {
    const story = both().when(
      started(),
      wrote('help'),
      filled(jose),
      loggedIn({ externalId: 'u1', name: '', email: '' }),
    )
    expect(story.request?.customer).toMatchObject(jose)
  })

  it('what the gateway has verified is not changed by what is typed', () => {
    const story = both().when(
      started({ customer: known }),
      filled({ name: 'Boss', email: 'boss@example.com' }),
      wrote('help'),
    )
    expect(story.request?.customer).toEqual({ ...jose, externalId: 'u1', verified: true })
  })

  it('logging in again as the same is fine, as another is refused, in each state', () => {
    for (const story of [
      both().when(started({ customer: { externalId: 'u1' } })),
      both().when(started({ customer: { externalId: 'u1' } }), wrote('help')),
      both().when(started({ customer: { externalId: 'u1' } }), wrote('help'), filled(jose)),
      both().when(started(), wrote('help'), filled(jose), loggedIn({ externalId: 'u1' }), accepted('ann')),
    ]) {
      const before = story.status.state
      story
        .when(loggedIn({ externalId: 'u2', ...jose }), loggedIn({ externalId: 'u1' }))
        .thenIt({ refuses: ['not_allowed_now'], outcomes: ['rejected', 'applied'], is: before })
      expect(JSON.stringify(story.last.state)).not.toContain('u2')
    }
  })

  it('an unverified visitor has no identity', () => {
    const story = given().when(started(), wrote('help'))
    expect(story.request?.customer).toEqual({ name: null, email: null, externalId: null, verified: false })
  })
})

describe('nothing is silently truncated or blanked', () => {
  it('all that is wrong is said at once, field by field', () => {
    asking('name', 'email', { id: 'topic', label: 'Topic', type: 'select', options: ['A', 'B'] })
      .when(started(), wrote('help'), filled({ name: '\u200B', email: 'josé@x.fr', topic: 'C' }))
      .thenIt({
        refuses: [
          {
            code: 'details_invalid',
            fields: { name: 'required', email: 'email_accented', topic: 'option_unknown' },
          },
        ],
        is: 'collectingDetails',
        tells: [],
      })
  })

  it.each(['José', 'Jose\u0301', '李小龍', 'محمد', 'O’Brien-Smith', 'X Æ A-12', '👩‍👩‍👧', '0'])(
    '%s is a perfectly good name',
    (name) => {
      const story = both().when(started(), wrote('help'), filled({ ...jose, name }))
      expect(story.thenIt({ is: 'queued' }).request?.customer.name).toBe(name)
    },
  )
})

describe('text is text', () => {
  const typed = [
    '{{customer.name}}',
    '$' + '{x}',
    '<script>alert(1)</script>',
    '{{nextOpen}}',
    '$&',
    '$1',
    '%s',
    '\\u0041',
  ]

  it.each(typed)('%s in a message is said as it was typed', (text) => {
    const story = given().when(started(), wrote(text), wrote(text))
    expect(story.messages.filter(({ author }) => author.type === 'customer').map(({ text }) => text)).toEqual(
      [text, text],
    )
    expect(story.request?.need).toBe(text)
  })

  it.each(typed)('%s as an agent’s name is never evaluated', (name) => {
    given()
      .when(started(), wrote('help'))
      .when(accepted('ann', name))
      .thenIt({ says: [`notice: ${name} has joined.`] })
  })

  it('an answer can be used in the follow-up, and is not evaluated either', () => {
    given({
      channel: {
        duringHours: {
          customerDetails: [{ id: 'order-no', label: 'Order', type: 'text' }],
          followUpMessage: 'About {{details.order-no}}: soon.',
        },
      },
    })
      .when(started(), wrote('help'), filled({ 'order-no': '{{customer.email}}' }))
      .thenIt({
        says: [greeting, 'customer: help', 'form: order-no', 'bot: About {{customer.email}}: soon.'],
      })
  })

  it('a name that is not known leaves no gap', () => {
    given()
      .when(started(), wrote('help'))
      .thenIt({ says: [greeting, 'customer: help', thanks] })
  })
})
