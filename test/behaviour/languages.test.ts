import { describe, expect, it } from 'vitest'
import { checkDocument } from '../../engine/core/read-document.ts'
import type { Channel } from '../../schemas/configuration/channel.ts'
import { chooseText, textIn } from '../../schemas/configuration/localized.ts'
import { accepted, chose, filled, given, paris, passes, released, started, wrote } from './given.ts'

describe('of a text in several languages the customer gets', () => {
  const text = { en: 'Hello', fr: 'Bonjour', 'pt-BR': 'Olá', de: '  ' }

  it.each([
    [['fr'], 'Bonjour', 'their own'],
    [['fr-CA'], 'Bonjour', 'their language without its country'],
    [['FR_ca'], 'Bonjour', 'however the tag is written'],
    [['pt-BR'], 'Olá', 'the one of their country'],
    [['pt-PT'], 'Olá', 'the one of another country'],
    [['pt'], 'Olá', 'the one of some country'],
    [['ja', 'fr-CH'], 'Bonjour', 'else the channel’s'],
    [['ja', 'zh'], 'Hello', 'else the first'],
    [['de', 'fr'], 'Bonjour', 'never a blank one'],
    [[undefined, ''], 'Hello', 'the first where no language is known'],
  ])('%j: %s, %s', (locales, chosen) => {
    expect(textIn(text, ...(locales as string[]))).toBe(chosen)
  })

  it('longer tags are shortened from their end', () => {
    const chinese = { 'zh-Hans': '你好', 'zh-Hant': '您好' }
    expect(textIn(chinese, 'zh-Hant-TW')).toBe('您好')
    expect(textIn(chinese, 'zh-Hans-CN-x-home')).toBe('你好')
  })

  it('nothing, where all are blank', () => {
    expect(chooseText({ en: '', fr: ' ' }, 'fr')).toEqual({ text: '' })
  })
})

const acme: Partial<Channel> = {
  locale: 'de',
  duringHours: {
    firstMessage: { fr: 'Bonjour, ici Acme.', de: 'Hier ist Acme.' },
    customerDetails: [
      {
        id: 'topic',
        label: { fr: 'Sujet', de: 'Thema' },
        type: 'select',
        options: [{ fr: 'Vente', de: 'Verkauf' }, 'Service'],
      },
    ],
    followUpMessage: { fr: 'Merci pour « {{details.topic}} ».', de: '' },
  },
}

describe('a channel’s texts by language', () => {
  it('are chosen when the conversation begins, form and follow-up included', () => {
    given({ channel: acme })
      .when(started({ locale: 'fr-CA' }), wrote('aide'), filled({ topic: 'Vente' }))
      .thenIt({
        says: ['bot: Bonjour, ici Acme.', 'customer: aide', 'form: topic', 'bot: Merci pour « Vente ».'],
      })
  })

  it('fall back to the channel’s language, and to the built-in text where that is blank', () => {
    const story = given({ channel: acme }).when(
      started({ locale: 'ja' }),
      wrote('助けて'),
      filled({ topic: 'Verkauf' }),
    )
    expect(story.messages.map(({ text }) => text)).toEqual([
      'Hier ist Acme.',
      '助けて',
      '次の項目をご入力ください。',
      // The only text that is not blank.
      'Merci pour « Verkauf ».',
    ])
    expect(story.messages[2]?.fields).toEqual([
      { id: 'topic', label: 'Thema', type: 'select', required: true, options: ['Verkauf', 'Service'] },
    ])
  })

  it('are stored as the one text that was chosen, in the shape of a channel with one language', () => {
    const single: Partial<Channel> = {
      duringHours: { firstMessage: 'Bonjour, ici Acme.', followUpMessage: 'Merci.' },
    }
    const begin = (channel: Partial<Channel>) =>
      given({ channel }).when(started({ locale: 'fr' })).last.state.snapshot
    const several = begin({
      duringHours: { firstMessage: { de: 'Hallo.', fr: 'Bonjour, ici Acme.' }, followUpMessage: 'Merci.' },
    })
    expect(several).toEqual(begin(single))
  })

  it('a date is in the language of the text around it', () => {
    const closed = {
      schedule: 'paris',
      locale: 'en',
      outsideHours: { firstMessage: { de: 'Wieder ab {{nextOpen}}.', fr: 'Jusqu’à {{nextOpen}}.' } },
    }
    const says = (locale: string) =>
      given({ channel: closed, schedules: [paris], at: '2026-06-05T16:00:00Z' }).when(started({ locale }))
        .transcript[0]
    expect(says('fr')).toMatch(/^bot: Jusqu’à lundi 8 juin/)
    expect(says('it')).toMatch(/^bot: Wieder ab Montag, 8\. Juni/)
  })
})

describe('a bot’s texts by language', () => {
  const bot = {
    id: 'guide',
    greeting: { en: 'Hi!', fr: 'Salut !' },
    answers: [
      {
        id: 'welcome',
        steps: [
          {
            type: 'options',
            name: 'topic',
            text: { en: 'What about?', fr: 'À quel sujet ?' },
            options: [
              { label: { en: 'Orders', fr: 'Commandes' }, goTo: 'orders' },
              { label: { en: 'A person', fr: 'Une personne' }, goTo: 'person' },
            ],
          },
        ],
      },
      {
        id: 'orders',
        steps: [
          {
            type: 'branch',
            cases: [
              {
                when: [{ value: 'option.topic', is: { en: 'orders', fr: 'commandes' } }],
                goTo: 'number',
              },
            ],
            otherwise: 'person',
          },
        ],
      },
      {
        id: 'number',
        steps: [
          {
            type: 'details',
            fields: [{ id: 'order', label: { en: 'Order', fr: 'Commande' }, type: 'text' }],
          },
          { type: 'end', text: { en: '{{option.topic}}: bye.', fr: '{{option.topic}} : au revoir.' } },
        ],
      },
      {
        id: 'person',
        steps: [{ type: 'transfer', duringHours: { en: 'A moment.', fr: 'Un instant.' } }],
      },
    ],
  }
  const setting = (channel: Partial<Channel> = {}) => ({ channel: { bot: 'guide', ...channel }, bots: [bot] })

  it('are said in the customer’s, options and conditions included', () => {
    const story = given(setting()).when(started({ locale: 'fr-BE' }), chose('Commandes'))
    expect(story.messages.map(({ text }) => text)).toEqual([
      'Salut !',
      'À quel sujet ?',
      'Commandes',
      'Merci de nous indiquer\u00a0:',
    ])
    expect(story.messages[1]?.options).toEqual(['Commandes', 'Une personne'])
    expect(story.messages[3]?.fields?.[0]?.label).toBe('Commande')
    story.when(filled({ order: '4711' })).thenIt({ says: ['bot: Commandes : au revoir.'], is: 'ended' })
  })

  it('a typed option counts in the customer’s language only', () => {
    given(setting())
      .when(started({ locale: 'en' }), wrote('une personne'), wrote('a PERSON'))
      .thenIt({
        says: [
          'bot: Hi!',
          'options: What about? [Orders, A person]',
          'customer: une personne',
          'options: What about? [Orders, A person]',
          'customer: a PERSON',
          'bot: A moment.',
        ],
        is: 'queued',
      })
  })

  it('fall back to the channel’s language, which the conversation keeps', () => {
    const story = given(setting({ locale: 'fr' })).when(started({ locale: 'de' }))
    expect(story.transcript[0]).toBe('bot: Salut !')
    expect(given(setting()).when(started({ locale: 'de' })).transcript[0]).toBe('bot: Hi!')
  })

  it('are checked one by one', () => {
    const problems = (change: object) => {
      const read = checkDocument('bot', { ...bot, ...change })
      if (read.ok) return []
      return read.error.problems.map(({ path, code }) => `${path.join('.')}: ${code}`)
    }
    expect(problems({})).toEqual([])
    expect(problems({ greeting: { en: 'Hi {{variables.who}}', fr: 'Salut' } })).toEqual([
      'greeting.en: unknown_variable',
    ])
    expect(problems({ greeting: { en: '', fr: 'Salut' } })).toEqual(['greeting.en: empty'])
    expect(problems({ greeting: { 'no language': 'x' } })).toEqual(['greeting.no language: not_a_language'])
    expect(problems({ greeting: {} })).toEqual(['greeting: empty'])
    expect(problems({ greeting: 'x'.repeat(5_000) })).toEqual(['greeting: too_long'])
    expect(problems({ greeting: 1 })).toEqual(['greeting: no_variant'])
  })

  it('two options must differ in each language', () => {
    const twice = [
      { label: { en: 'Yes', fr: 'Oui' }, goTo: 'bye' },
      { label: { en: 'No', fr: 'oui' }, goTo: 'bye' },
    ]
    const read = checkDocument('bot', {
      id: 'b',
      answers: [
        { id: 'a', steps: [{ type: 'options', text: 'x', options: twice }] },
        { id: 'bye', steps: [{ type: 'end' }] },
      ],
    })
    expect(read.ok || read.error.problems.map(({ code }) => code)).toEqual(['duplicate_label'])
  })
})

describe('channel.texts', () => {
  const channel: Partial<Channel> = {
    texts: {
      joined: { en: '{{agent.name}} from Acme is here, {{customer.name}}.', fr: '{{agent.name}} est là.' },
      anAgent: 'Somebody',
      released: { fr: 'Patience.' },
      stillThere: '',
    },
  }

  it('replace the built-in texts one by one, in the customer’s language', () => {
    given({ channel: { ...channel, duringHours: { customerDetails: ['name'] } } })
      .when(started(), wrote('help'), filled({ name: '{{agent.name}}' }), accepted('ann'), released('ann'))
      .thenIt({
        says: [
          'bot: Hi! How can we help?',
          'customer: help',
          'form: name',
          'bot: Thanks {{agent.name}}, an agent will be with you shortly.',
          'notice: Somebody from Acme is here, {{agent.name}}.',
          'notice: Patience.',
        ],
      })
    given({ channel })
      .when(started({ locale: 'fr' }), wrote('aide'), accepted('ann', 'Ann'))
      .thenIt({
        says: [
          'bot: Bonjour\u00a0! Comment pouvons-nous vous aider\u00a0?',
          'customer: aide',
          'bot: Merci, un agent va vous répondre dans un instant.',
          'notice: Ann est là.',
        ],
      })
  })

  it('cost a conversation of another channel nothing', () => {
    const { context } = given().when(started()).last.state.snapshot as unknown as {
      context: { pinned: object }
    }
    expect(Object.keys(context.pinned).sort()).toEqual([
      'at',
      'channel',
      'hours',
      'language',
      'locale',
      'opensAt',
      'timeouts',
      'workspace',
    ])
  })

  it('a name that does not exist is an error, which lists those that do', () => {
    const read = checkDocument('channel', { id: 'web', texts: { welcome: 'Hi', joined: 'x'.repeat(501) } })
    expect(read.ok || read.error.message).toBe('texts.joined: must have at most 500 characters')
    const unknown = checkDocument('channel', { id: 'web', texts: { welcome: 'Hi' } })
    expect(unknown.ok || unknown.error.message).toMatch(
      /^texts\.welcome: there is no text "welcome"; there are contactForm, form, resolved, .*neverOpens$/,
    )
  })
})

describe('the time of the next opening', () => {
  const says = (timeZone: string | undefined, schedule = paris) =>
    given({
      channel: { schedule: 'paris', outsideHours: { firstMessage: '{{nextOpen}}' } },
      schedules: [schedule],
      at: '2026-06-05T16:00:00Z',
    }).when(started(timeZone === undefined ? {} : { timeZone })).transcript[0]

  it.each([
    ['America/New_York', 'bot: Monday, June 8 at 3:00 AM (Eastern Time)'],
    ['Asia/Tokyo', 'bot: Monday, June 8 at 4:00 PM (Japan Standard Time)'],
    ['europe/paris', 'bot: Monday, June 8 at 9:00 AM'],
    ['Europe/Madrid', 'bot: Monday, June 8 at 9:00 AM'],
    [undefined, 'bot: Monday, June 8 at 9:00 AM (Central European Time)'],
    ['Mars/Olympus', 'bot: Monday, June 8 at 9:00 AM (Central European Time)'],
    ['x'.repeat(5_000), 'bot: Monday, June 8 at 9:00 AM (Central European Time)'],
  ])('is told in the customer’s zone, %s: %s', (timeZone, text) => {
    expect(says(timeZone)).toBe(text)
  })

  it('also where the channel closes before the customer has written', () => {
    given({
      channel: {
        schedule: 'paris',
        outsideHours: { firstMessage: '{{nextOpen}}', followUpMessage: 'Later.' },
      },
      schedules: [paris],
      at: '2026-06-05T14:59:30.000Z',
    })
      .when(started({ timeZone: 'America/New_York' }), passes('PT40S'), wrote('help'))
      .thenIt({
        says: [
          'bot: Hi! How can we help?',
          'customer: help',
          'bot: Monday, June 8 at 3:00 AM (Eastern Time)',
          'bot: Later.',
        ],
      })
  })
})
