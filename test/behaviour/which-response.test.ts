import { describe, expect, it } from 'vitest'
import type { Channel } from '../../schemas/configuration/channel.ts'
import {
  accepted,
  filled,
  given,
  loggedIn,
  paris,
  passes,
  reconfigured,
  started,
  steppedBack,
  until,
  withId,
  wrote,
} from './given.ts'

const channel: Partial<Channel> = {
  schedule: 'paris',
  duringHours: { firstMessage: 'We are open.', followUpMessage: 'Someone is coming.' },
  outsideHours: { firstMessage: 'Closed until {{nextOpen}}.', followUpMessage: 'Later.' },
}
const office = { channel, schedules: [paris] }
const lastOpen = '2026-06-05T14:59:59.999Z'
const closing = '2026-06-05T15:00:00.000Z'

describe('the response is decided once, when the conversation starts, from the time of the log', () => {
  it('who starts before closing time and writes after it gets the response for outside the hours', () => {
    const story = given({ ...office, at: '2026-06-05T14:59:30.000Z' })
      .when(started(), passes('PT40S'), wrote('help'))
      .thenIt({
        says: [
          'bot: We are open.',
          'customer: help',
          'bot: Closed until Monday, June 8 at 9:00 AM (Central European Time).',
          'bot: Later.',
        ],
      })
    expect(story.request?.hours).toBe('outside')
    const reminders = story.last.state.timers?.map(({ due }) => new Date(due).toISOString())
    expect(reminders, 'counted from the opening').toContain('2026-06-08T07:02:00.000Z')
  })

  it('who has written within the hours keeps their response, however long the form takes', () => {
    const asks: Partial<Channel> = {
      ...channel,
      duringHours: { ...channel.duringHours, customerDetails: ['email'] },
    }
    given({ ...office, channel: asks, at: '2026-06-05T14:59:30.000Z' })
      .when(started(), wrote('help'), passes('PT40S'), wrote('anybody?'), filled({ email: 'a@example.com' }))
      .thenIt({
        says: [
          'bot: We are open.',
          'customer: help',
          'form: email',
          'customer: anybody?',
          'bot: Someone is coming.',
        ],
      })
  })

  it('who starts outside the hours keeps that response when the channel opens', () => {
    given({ ...office, at: '2026-06-08T06:59:30.000Z' })
      .when(started(), passes('PT1M'), wrote('help'))
      .thenIt({
        says: [
          'bot: Closed until Monday, June 8 at 9:00 AM (Central European Time).',
          'customer: help',
          'bot: Later.',
        ],
      })
  })

  it('the last open millisecond is open, the closing time is closed', () => {
    given({ ...office, at: lastOpen })
      .when(started())
      .thenIt({ says: ['bot: We are open.'] })
    given({ ...office, at: closing })
      .when(started())
      .thenIt({ says: ['bot: Closed until Monday, June 8 at 9:00 AM (Central European Time).'] })
  })

  it('a closing message never comes into the middle of a conversation', () => {
    const story = given({ ...office, at: lastOpen }).when(started(), wrote('help'), accepted('ann'))
    story
      .when(passes('P2D'), wrote('still here'), started(), loggedIn({ externalId: 'u1' }))
      .thenIt({ says: ['customer: still here'] })
  })

  it('neither does the clock stepping back open it again', () => {
    given({ ...office, at: closing })
      .when(started(), steppedBack('PT0.001S', wrote('help')))
      .thenIt({
        says: [
          'bot: Closed until Monday, June 8 at 9:00 AM (Central European Time).',
          'customer: help',
          'bot: Later.',
        ],
      })
  })
})

describe('the first message is sent once per conversation', () => {
  const greeting = 'bot: Hi! How can we help?'

  it('a start that is redelivered says nothing', () => {
    given()
      .when(withId('s1', started()), withId('s1', started()), passes('P1D'))
      .thenIt({ says: [greeting] })
  })

  it('a start that is sent again, as by a reconnect, is ignored', () => {
    given()
      .when(started(), started(), wrote('help'), started())
      .thenIt({
        says: [greeting, 'customer: help', 'bot: Thanks, an agent will be with you shortly.'],
        outcomes: ['applied', 'ignored', 'applied', 'ignored'],
      })
  })

  it('two starts at once make one conversation, on the channel of the first', () => {
    const story = given().when(started({ channel: 'web' }), started({ channel: 'other' }), wrote('help'))
    expect(story.request?.channel).toBe('web')
  })

  it('the configuration changing in between says nothing new', () => {
    given(office)
      .when(started(), reconfigured({ channel: { duringHours: { firstMessage: 'New!' } } }), started())
      .thenIt({ says: ['bot: We are open.'] })
  })
})

describe('a schedule that is gone', () => {
  it('removed: the in-hours response for the next conversation, the running one keeps what it had', () => {
    const gone = { channel, schedules: [] }
    given({ ...office, at: closing })
      .when(started(), reconfigured(gone), wrote('help'))
      .thenIt({
        says: [
          'bot: Closed until Monday, June 8 at 9:00 AM (Central European Time).',
          'customer: help',
          'bot: Later.',
        ],
      })
    given({ ...gone, at: closing })
      .when(started())
      .thenIt({ says: ['bot: We are open.'] })
  })

  it.each([
    ['dangling', { ...channel, schedule: 'nowhere' }],
    ['null', { ...channel, schedule: null }],
    ['an empty string', { ...channel, schedule: '' }],
  ])('%s: the in-hours response', (_, channel) => {
    given({ channel, schedules: [paris], at: closing })
      .when(started())
      .thenIt({ says: ['bot: We are open.'] })
  })
})

describe('a running conversation keeps what it began with', () => {
  const later: Partial<Channel> = {
    workspace: 'other',
    duringHours: { followUpMessage: 'New.', customerDetails: ['name', 'email'] },
    timeouts: { unanswered: 'PT1S', abandoned: 'PT1S' },
  }

  it('its texts, its form, its workspace and its time-outs', () => {
    const story = given({ channel: { duringHours: { followUpMessage: 'Old.' } } })
      .when(started(), reconfigured({ channel: later }), passes('PT1H'), wrote('help'))
      .thenIt({ says: ['bot: Hi! How can we help?', 'customer: help', 'bot: Old.'] })
      .when(passes('PT1M59.999S'))
      .thenNothing()
    expect(story.request?.workspace).toBe('main')
  })

  it('a channel that is deleted meanwhile goes on', () => {
    given({ channel: { duringHours: { followUpMessage: 'Old.' } }, strictChannels: true })
      .when(started(), reconfigured({ strictChannels: true }), wrote('help'))
      .thenIt({ says: ['bot: Hi! How can we help?', 'customer: help', 'bot: Old.'] })
  })
})

describe('what nobody configured', () => {
  it('a channel works: it greets, asks, says that an agent will come, and queues', () => {
    const story = given()
      .when(started({ channel: 'unheard-of' }), wrote('help'))
      .thenIt({
        says: [
          'bot: Hi! How can we help?',
          'customer: help',
          'bot: Thanks, an agent will be with you shortly.',
        ],
        is: 'queued',
        tells: ['created'],
      })
    expect(story.request).toMatchObject({
      workspace: 'main',
      channel: 'unheard-of',
      locale: 'en',
      hours: 'during',
    })
  })

  it.each(['', ' ', '\u200B\n'])('a text of %j is unset', (text) => {
    given({ channel: { duringHours: { firstMessage: text, followUpMessage: text } } })
      .when(started(), wrote('help'))
      .thenIt({
        says: [
          'bot: Hi! How can we help?',
          'customer: help',
          'bot: Thanks, an agent will be with you shortly.',
        ],
      })
  })

  it('the other response’s texts are not taken in its place', () => {
    given({
      channel: { schedule: 'paris', duringHours: { firstMessage: 'Open!' } },
      schedules: [paris],
      at: closing,
    })
      .when(started())
      .thenIt({
        says: [
          'bot: We’re closed until Monday, June 8 at 9:00 AM (Central European Time). Leave us a message and we’ll get back to you.',
        ],
      })
  })
})

describe('the language of the texts that nobody set', () => {
  const greets = (locale: string | undefined, channelLocale?: string) =>
    given(channelLocale === undefined ? {} : { channel: { locale: channelLocale } }).when(
      started(locale === undefined ? {} : { locale }),
    ).transcript
  const french = ['bot: Bonjour\u00a0! Comment pouvons-nous vous aider\u00a0?']
  const english = ['bot: Hi! How can we help?']

  it.each(['fr', 'fr-CA', 'FR', 'fr_CA', 'fr-Latn-CH'])('%s is French', (locale) => {
    expect(greets(locale)).toEqual(french)
  })

  it.each(['en', 'en-GB', 'sv', 'frr', '', 'x', 'not a locale', 'f'.repeat(300)])(
    '%j is English',
    (locale) => {
      expect(greets(locale)).toEqual(english)
    },
  )

  it('the customer’s before the channel’s, the channel’s where the customer’s is not known', () => {
    expect(greets('en', 'fr')).toEqual(english)
    expect(greets('fr', 'en')).toEqual(french)
    expect(greets('sv', 'fr')).toEqual(french)
    expect(greets(undefined, 'fr')).toEqual(french)
    expect(greets('', 'fr-BE')).toEqual(french)
  })

  it('is one language for the whole conversation, whatever the customer’s locale is', () => {
    given({ channel: { locale: 'fr', duringHours: { customerDetails: ['name'] } } })
      .when(started({ locale: 'sv' }), wrote('Hjälp'), filled({ name: 'Jörg' }), accepted('ann'))
      .thenIt({
        says: [
          ...french,
          'customer: Hjälp',
          'form: name',
          'bot: Merci Jörg, un agent va vous répondre dans un instant.',
          'notice: Un agent a rejoint la conversation.',
        ],
      })
  })

  it.each([
    ['de-AT', 'Guten Tag! Wie können wir Ihnen helfen?'],
    ['es-MX', '¡Hola! ¿En qué podemos ayudarle?'],
    ['it', 'Buongiorno! Come possiamo aiutarLa?'],
    ['pt_BR', 'Olá! Como podemos ajudar?'],
    ['nl', 'Goedendag! Waarmee kunnen we u helpen?'],
    ['pl', 'Dzień dobry! W czym możemy pomóc?'],
    ['ja-JP', 'こんにちは。ご用件をお聞かせください。'],
    ['ar-EG', 'مرحبًا! كيف يمكننا مساعدتكم؟'],
  ])('%s: %s', (locale, text) => {
    expect(greets(locale)).toEqual([`bot: ${text}`])
  })

  it('the form is in it too', () => {
    const story = given({ channel: { duringHours: { customerDetails: ['name', 'email'] } } }).when(
      started({ locale: 'fr-CA' }),
      wrote('aide'),
    )
    expect(story.messages.at(-1)).toMatchObject({
      text: 'Dites-nous comment vous joindre\u00a0:',
      fields: [
        { id: 'name', label: 'Nom', type: 'text', required: true },
        { id: 'email', label: 'E-mail', type: 'email', required: true },
      ],
    })
  })

  it('the agents see the customer’s own locale in its usual form', () => {
    expect(given().when(started({ locale: 'pt_br' }), wrote('x')).request?.locale).toBe('pt-BR')
  })
})

describe('{{nextOpen}}', () => {
  const outside = (locale: string | undefined, channel: Partial<Channel> = {}) =>
    given({ channel: { schedule: 'paris', ...channel }, schedules: [paris], at: closing }).when(
      started(locale === undefined ? {} : { locale }),
    ).transcript

  it('names UTC so, which has no other name in any language', () => {
    const utc = { ...paris, id: 'utc', timeZone: 'UTC' }
    for (const locale of ['en', 'fr', 'de']) {
      const world = given({
        channel: { schedule: 'utc', outsideHours: { firstMessage: '{{nextOpen}}' }, locale },
        schedules: [utc],
        at: '2026-06-06T12:00:00Z',
      })
      expect(world.when(started({ locale })).transcript[0]).toMatch(/ \(UTC\)$/)
    }
  })

  it('is in the zone of the schedule and in the language of the text around it', () => {
    expect(outside('fr-CA')[0]).toMatch(
      /^bot: Nous sommes fermés jusqu’à lundi 8 juin à 0?9.*\. Laissez-nous/,
    )
    const english =
      'bot: We’re closed until Monday, June 8 at 9:00 AM (Central European Time). Leave us a message and we’ll get back to you.'
    expect(outside('sv')).toEqual([english])
    expect(outside('tlh')).toEqual([english])
    const own = { locale: 'de', outsideHours: { firstMessage: 'Wieder ab {{ nextOpen }}.' } }
    expect(outside('fr', own)[0]).toMatch(
      /^bot: Wieder ab Montag, 8\. Juni um 0?9:00 \(Mitteleuropäische Zeit\)\.$/,
    )
  })

  it('on a schedule that never opens again the text still makes sense', () => {
    const never = {
      channel: { schedule: 'never' },
      schedules: [{ ...paris, id: 'never', intervals: [] }],
    }
    given(never)
      .when(started())
      .thenIt({
        says: ['bot: We’re closed until further notice. Leave us a message and we’ll get back to you.'],
      })
    given(never)
      .when(started({ locale: 'fr' }))
      .thenIt({
        says: [
          'bot: Nous sommes fermés jusqu’à nouvel ordre. Laissez-nous un message, nous vous répondrons.',
        ],
      })
  })

  it('a holiday moves it', () => {
    const monday = [{ name: 'Pentecôte', startDate: '2026-06-08', endDate: '2026-06-08' }]
    given({ channel, schedules: [{ ...paris, holidays: monday }], at: closing })
      .when(started(), until(closing))
      .thenIt({ says: ['bot: Closed until Tuesday, June 9 at 9:00 AM (Central European Time).'] })
  })

  it('a follow-up may say it too', () => {
    given({
      channel: {
        schedule: 'paris',
        outsideHours: { firstMessage: 'Closed.', followUpMessage: 'Back {{nextOpen}}.' },
      },
      schedules: [paris],
      at: closing,
    })
      .when(started(), wrote('help'))
      .thenIt({
        says: [
          'bot: Closed.',
          'customer: help',
          'bot: Back Monday, June 8 at 9:00 AM (Central European Time).',
        ],
      })
  })
})
