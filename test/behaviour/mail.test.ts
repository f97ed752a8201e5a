import { describe, expect, it } from 'vitest'
import { accepted, filled, given, paris, started, wrote } from './given.ts'

describe('outside the hours', () => {
  const closed = '2026-06-06T10:00:00.000Z'
  const story = (promisesMail: boolean, asks: ('name' | 'email')[], locale?: string) =>
    given({
      at: closed,
      promisesMail,
      schedules: [paris],
      channel: { schedule: 'paris', ...(locale && { locale }), outsideHours: { customerDetails: asks } },
    }).when(
      started(),
      wrote('help'),
      filled({ name: 'José', ...(asks.includes('email') && { email: 'j@example.com' }) }),
    )

  const lastSaid = (told: ReturnType<typeof story>) => told.last.messages?.at(-1)?.text

  it('an answer by e-mail is promised where e-mails are sent and an address is asked for', () => {
    expect(lastSaid(story(true, ['name', 'email']))).toBe(
      'Thanks José, an agent will get back to you when we’re open. The answer also comes to you by e-mail.',
    )
    expect(lastSaid(story(true, ['name', 'email'], 'fr'))).toMatch(
      /La réponse vous parviendra aussi par e-mail\.$/,
    )
  })

  it('else it is not', () => {
    const usual = 'Thanks José, an agent will get back to you when we’re open.'
    expect(lastSaid(story(false, ['name', 'email']))).toBe(usual)
    expect(lastSaid(story(true, ['name']))).toBe(usual)
  })
})

describe('an e-mail that was sent', () => {
  const sent = (id: string) => ({ type: 'mail.sent' as const, payload: { to: 'j•••@example.com' }, id })

  it('makes a note for agents, once, also after the end, and says nothing to the customer', () => {
    const story = given({ channel: {} }).when(
      started(),
      wrote('help'),
      accepted('ann'),
      sent('m1'),
      sent('m1'),
    )
    story.thenIt({ outcomes: ['applied', 'applied', 'applied', 'applied'], is: 'withAgent' })
    expect(story.last.notes).toEqual([
      {
        id: expect.any(String),
        author: { type: 'system' },
        text: 'An e-mail with the agent’s messages was sent to j•••@example.com.',
      },
    ])
    expect(story.last.messages).toBeUndefined()
    story
      .when({ type: 'agent.ended', payload: { agent: { id: 'ann' } } }, sent('m2'))
      .thenIt({ outcomes: ['applied', 'applied'] })
  })

  it('a reply by e-mail is a message that says how it came', () => {
    const story = given({ channel: {} }).when(started(), wrote('help'), {
      type: 'session.message',
      payload: { text: 'Thanks', via: 'email' },
      id: 'mail.x.0',
    })
    expect(story.last.messages).toMatchObject([{ text: 'Thanks', via: 'email' }])
  })
})
