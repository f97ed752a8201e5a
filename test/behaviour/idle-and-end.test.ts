import { describe, expect, it } from 'vitest'
import type { Channel } from '../../schemas/configuration/channel.ts'
import { conversationEventsMax } from '../../schemas/limits.ts'
import {
  accepted,
  chose,
  closed,
  erased,
  filled,
  given,
  left,
  loggedIn,
  passes,
  released,
  said,
  started,
  steppedBack,
  typed,
  withEvents,
  wrote,
} from './given.ts'

/** Ann has all the time in the world. */
const withAnn = (timeouts: NonNullable<Channel['timeouts']> = {}, late = 0) =>
  given({ channel: { timeouts: { agent: null, ...timeouts } }, late }).when(
    started(),
    wrote('help'),
    accepted('ann'),
  )

const stillThere = 'bot: Are you still there?'
const closingSoon = 'bot: We’ll close this conversation soon if we don’t hear from you.'
const ended = 'notice: The conversation has ended, as we haven’t heard from you.'

describe('idle reminders', () => {
  it('after five and ten minutes, the end after eleven, to the millisecond', () => {
    withAnn()
      .when(said('ann', 'hi'), passes('PT4M59.999S'))
      .thenIt({ says: ['agent ann: hi'] })
      .when(passes('PT0.001S'))
      .thenIt({ says: [stillThere], is: 'withAgent' })
      .when(passes('PT4M59.999S'))
      .thenNothing()
      .when(passes('PT0.001S'))
      .thenIt({ says: [closingSoon], is: 'withAgent' })
      .when(passes('PT59.999S'))
      .thenNothing()
      .when(passes('PT0.001S'))
      .thenIt({
        says: [ended],
        tells: ['ended'],
        shows: { state: 'ended', request: 1, agent: { id: 'ann' }, reason: 'inactivity' },
      })
  })

  it('count from the first agent message after the customer’s last, not from later ones', () => {
    withAnn()
      .when(said('ann', 'hi'), passes('PT4M'), said('ann', 'anybody?'), passes('PT1M'))
      .thenIt({ says: ['agent ann: hi', 'agent ann: anybody?', stillThere] })
  })

  it('nothing counts before the agent has said anything', () => {
    withAnn().when(passes('P7D')).thenNothing()
  })

  it('a customer’s message cancels all of them', () => {
    withAnn()
      .when(said('ann', 'hi'), passes('PT10M30S'), wrote('back!'), passes('P7D'))
      .thenIt({ says: ['agent ann: hi', stillThere, closingSoon, 'customer: back!'], is: 'withAgent' })
  })

  it('and they begin anew with the agent’s next message', () => {
    withAnn()
      .when(said('ann', 'hi'), passes('PT6M'), wrote('back!'), passes('PT1H'), said('ann', 'so'))
      .when(passes('PT4M59.999S'))
      .thenNothing()
      .when(passes('PT0.001S'))
      .thenIt({ says: [stillThere] })
  })

  it('a message that was logged before the wake-up arrived cancels it, though it was due', () => {
    withAnn({}, 200)
      .when(said('ann', 'hi'), passes('PT5M', 199), wrote('here!'), passes('P1D'))
      .thenIt({ says: ['agent ann: hi', 'customer: here!'] })
  })

  it('logging in, a refused text and a reconnect are no messages', () => {
    withAnn()
      .when(said('ann', 'hi'), passes('PT4M'), loggedIn({ externalId: 'u1' }), wrote(' '), started())
      .when(passes('PT1M'))
      .thenIt({ says: [stillThere] })
  })

  it('late wake-ups do not move the later ones', () => {
    const story = withAnn({}, 30_000).when(said('ann', 'hi'), passes('PT1H'))
    expect(story.records.slice(4).map(({ at }) => at.slice(11))).toEqual([
      '14:05:30.000Z',
      '14:10:30.000Z',
      '14:11:30.000Z',
    ])
  })

  it('all that came due in an outage come in one record, in their order', () => {
    withAnn({}, 3_600_000)
      .when(said('ann', 'hi'), passes('PT2H'))
      .thenIt({ says: ['agent ann: hi', stillThere, closingSoon, ended], outcomes: ['applied', 'applied'] })
  })

  describe('while the customer types', () => {
    const minutes = (count: number) => Array.from({ length: count }, () => [typed(), passes('PT1M')]).flat()

    it('do not come: one who types for ten minutes without sending is not ended', () => {
      withAnn()
        .when(said('ann', 'hi'), ...minutes(10))
        .thenIt({ says: ['agent ann: hi'], is: 'withAgent' })
    })

    it('do not come either on a ladder that is shorter than a minute', () => {
      withAnn({ idleCustomer: ['PT5S', 'PT10S', 'PT12S'] })
        .when(said('ann', 'hi'), passes('PT4S'), ...minutes(3))
        .thenIt({ says: ['agent ann: hi'], is: 'withAgent' })
    })

    it('begin anew, a minute after the last sign of life, with the first step', () => {
      withAnn()
        .when(said('ann', 'hi'), passes('PT10M30S'), typed(), passes('PT5M59.999S'))
        .thenIt({ says: ['agent ann: hi', stillThere, closingSoon] })
        .when(passes('PT0.001S'))
        .thenIt({ says: [stillThere] })
        .when(passes('PT6M'))
        .thenIt({ says: [closingSoon, ended], is: 'ended' })
    })

    it('as one who types when a reminder is due, before it has come', () => {
      withAnn({}, 200)
        .when(said('ann', 'hi'), passes('PT5M', 199), typed(), passes('PT5M'))
        .thenIt({ says: ['agent ann: hi'] })
    })

    it('a record holds the reset only: nothing is said, shown or told', () => {
      const story = withAnn().when(said('ann', 'hi'), passes('PT1M')).when(typed())
      story.thenIt({ says: [], tells: [], outcomes: ['applied'], is: 'withAgent' })
      expect(story.last).not.toHaveProperty('messages')
      expect(story.last).not.toHaveProperty('status')
      expect(story.last.state.snapshot).toMatchObject({ value: { withAgent: 'customersTurn' } })
    })

    it('there is no record where nothing is reset', () => {
      given().when(typed()).thenNothing()
      given().when(started()).when(typed()).thenNothing()
      given().when(started(), wrote('help')).when(typed()).thenNothing()
      withAnn().when(typed()).thenNothing()
      withAnn().when(said('ann', 'hi'), wrote('hello')).when(typed()).thenNothing()
      withAnn({ idleCustomer: [] }).when(said('ann', 'hi')).when(typed()).thenNothing()
      withAnn().when(said('ann', 'hi'), left()).when(typed()).thenNothing()
      withAnn().when(said('ann', 'hi'), erased()).when(typed()).thenNothing()
    })

    it('counts among the events that a conversation accepts, and no longer resets in a full one', () => {
      const talking = withAnn().when(said('ann', 'hi'))
      const events = talking.last.state.events ?? 0
      expect(talking.when(typed()).last.state.events).toBe(events + 1)
      withEvents(talking, conversationEventsMax).when(typed()).thenNothing()
    })
  })

  describe('as the channel has set them', () => {
    it('a ladder of one ends without a reminder', () => {
      withAnn({ idleCustomer: ['PT1M'] })
        .when(said('ann', 'hi'), passes('PT1M'))
        .thenIt({ says: ['agent ann: hi', ended], is: 'ended' })
    })

    it('a ladder of two reminds once', () => {
      withAnn({ idleCustomer: ['PT1M', 'PT2M'] })
        .when(said('ann', 'hi'), passes('PT1M'), passes('PT1M'))
        .thenIt({ says: ['agent ann: hi', stillThere, ended], is: 'ended' })
    })

    it('a ladder of five warns before the last step', () => {
      withAnn({ idleCustomer: ['PT1M', 'PT2M', 'PT3M', 'PT4M', 'PT5M'] })
        .when(said('ann', 'hi'), passes('PT1H'))
        .thenIt({ says: ['agent ann: hi', stillThere, stillThere, stillThere, closingSoon, ended] })
    })

    it('an empty ladder never reminds and never ends', () => {
      withAnn({ idleCustomer: [] })
        .when(said('ann', 'hi'), passes('P300D'))
        .thenIt({ says: ['agent ann: hi'], is: 'withAgent' })
    })
  })
})

describe('a visitor who never writes', () => {
  it('expires by abandoned after a day, with no request and nothing said', () => {
    given()
      .when(started(), passes('PT23H59M59.999S'))
      .thenIt({ is: 'greeting' })
      .when(passes('PT0.001S'))
      .thenIt({ shows: { state: 'ended', reason: 'abandoned' }, tells: [], says: [] })
  })

  it('as the channel has set it; null is never', () => {
    given({ channel: { timeouts: { abandoned: 'PT1M' } } })
      .when(started(), passes('PT1M'))
      .thenIt({ is: 'ended' })
    given({ channel: { timeouts: { abandoned: null } } })
      .when(started(), passes('P366D'))
      .thenIt({ is: 'greeting' })
  })

  it('typing does not put it off', () => {
    given({ channel: { timeouts: { abandoned: 'PT2M' } } })
      .when(started(), passes('PT1M'), typed(), passes('PT1M'))
      .thenIt({ is: 'ended' })
  })

  it('writing to a channel that asks nothing stops it', () => {
    withAnn().when(passes('P7D')).thenIt({ is: 'withAgent' })
  })

  const asking = { channel: { duringHours: { customerDetails: ['email'] as ['email'] } } }

  it('expires too where the form is never filled, counted from their last sign', () => {
    given(asking)
      .when(started(), passes('PT12H'), wrote('help'), passes('PT12H'), wrote('hello?'))
      .when(passes('PT23H59M59.999S'))
      .thenNothing()
      .when(passes('PT0.001S'))
      .thenIt({ shows: { state: 'ended', reason: 'abandoned' }, tells: [] })
  })

  it.each([
    ['a form', filled({ email: 'a@example.com' })],
    ['a login', loggedIn({ externalId: 'u1' })],
  ])('%s before the first text is a sign', (_, sign) => {
    given(asking)
      .when(started(), passes('PT12H'), sign, passes('PT23H'))
      .thenIt({ is: 'greeting' })
      .when(passes('PT1H'))
      .thenIt({ is: 'ended' })
  })

  it('a refused form and a reconnect are none', () => {
    given(asking)
      .when(started(), wrote('help'), passes('PT12H'), filled({ email: 'x' }), started(), passes('PT12H'))
      .thenIt({ is: 'ended' })
  })
})

describe('ended is ended', () => {
  const stories = {
    customer: () => given().when(started(), wrote('help'), left()),
    agent: () => withAnn().when(closed('ann')),
    inactivity: () => withAnn().when(said('ann', 'hi'), passes('PT11M')),
    abandoned: () => given().when(started(), passes('P1D')),
  }

  describe.each(Object.entries(stories))('by %s', (reason, story) => {
    it('the status says why', () => {
      expect(story().status).toMatchObject({ state: 'ended', reason })
    })

    it.each([
      ['a message', wrote('hello?')],
      ['a form', filled({ name: 'Zoë' })],
      ['an option', chose('yes')],
      ['a login', loggedIn({ externalId: 'u1' })],
      ['a start', started()],
      ['an accept', accepted('bob')],
      ['a message of the agent', said('ann', 'wait')],
      ['a release', released('ann')],
      ['a text that would be refused', wrote('')],
    ])('%s is refused with conversation_ended', (_, late) => {
      story()
        .when(late)
        .thenIt({ refuses: ['conversation_ended'], says: [], tells: [], is: 'ended' })
    })

    it('a second end is ignored', () => {
      story()
        .when(left(), closed('ann'))
        .thenIt({ outcomes: ['ignored', 'ignored'], says: [], tells: [] })
    })

    it('nothing comes of time any more', () => {
      story().when(passes('P300D')).thenNothing()
    })
  })
})

describe('the end', () => {
  it('while queued withdraws the request', () => {
    given()
      .when(started(), wrote('help'), left())
      .thenIt({ tells: ['created', 'withdrawn'], shows: { state: 'ended', request: 1, reason: 'customer' } })
  })

  it('with an agent ends the request', () => {
    withAnn()
      .when(left())
      .thenIt({
        tells: ['ended'],
        says: [],
        shows: { state: 'ended', request: 1, agent: { id: 'ann' }, reason: 'customer' },
      })
  })

  it('by the agent is told to the customer', () => {
    withAnn()
      .when(closed('ann'))
      .thenIt({ says: ['notice: The agent has ended the conversation.'], tells: ['ended'] })
  })

  it('before there is a request tells the agents nothing', () => {
    given()
      .when(started(), left())
      .thenIt({ tells: [], shows: { state: 'ended', reason: 'customer' } })
    given({ channel: { duringHours: { customerDetails: ['name'] } } })
      .when(started(), wrote('help'), left())
      .thenIt({ tells: [], shows: { state: 'ended', reason: 'customer' } })
  })

  it('and a message crossing: the order of the log decides, and nothing is lost', () => {
    withAnn()
      .when(wrote('one more thing'), closed('ann'))
      .thenIt({
        says: ['customer: one more thing', 'notice: The agent has ended the conversation.'],
        outcomes: ['applied', 'applied'],
      })
    const story = withAnn()
      .when(closed('ann'), wrote('one more thing'))
      .thenIt({ refuses: ['conversation_ended'], outcomes: ['applied', 'rejected'] })
    expect(story.last.event).toMatchObject({ type: 'session.message' })
  })

  it('is in time’s order too where the clock stepped back', () => {
    const story = withAnn().when(passes('PT1M'), steppedBack('PT1H', left()))
    expect(story.last.at).toBe('2026-06-05T14:00:00.000Z')
  })
})

describe('erased', () => {
  const personal = () =>
    given().when(
      started({ customer: { externalId: 'u-4711', name: 'José', email: 'jose@example.com' } }),
      wrote('my secret'),
      accepted('ann', 'Ann'),
      said('ann', 'noted'),
      erased(),
    )

  it('leaves a tombstone without personal data', () => {
    const story = personal()
    expect(story.last).toEqual({
      at: '2026-06-05T14:00:00.000Z',
      event: { id: 'e5', type: 'admin.erased', seq: 5 },
      outcome: 'applied',
      requests: [{ action: 'withdrawn', request: 1 }],
      state: { erased: { workspace: 'main', request: 1, startedAt: Date.parse('2026-06-05T14:00:00.000Z') } },
    })
    const { effects } = story.brought.at(-1) ?? { effects: [] }
    expect(effects.map(({ kind }) => kind)).toEqual(['forget', 'forgetRequests'])
    for (const word of ['José', 'jose', '4711', 'secret', 'Ann'])
      expect(JSON.stringify(effects)).not.toContain(word)
  })

  it('every later event is refused with unknown_conversation, a new start too, and forgotten at once', () => {
    const story = personal()
      .when(wrote('hello?'), started(), accepted('bob'), left(), filled({ name: 'X' }))
      .thenIt({ refuses: Array(5).fill('unknown_conversation'), says: [], tells: [] })
    expect(story.brought.at(-1)?.effects).toMatchObject([{ kind: 'forget', conversation: 'c1', seq: 10 }])
    expect(Object.keys(story.last.state)).toEqual(['erased'])
  })

  it('a second time is ignored', () => {
    personal()
      .when(erased())
      .thenIt({ outcomes: ['ignored'], tells: [] })
  })

  it('nothing comes of time any more', () => {
    given().when(started(), wrote('help'), erased()).when(passes('P300D')).thenNothing()
  })

  it.each([
    ['one that waits', given().when(started(), wrote('x')), ['withdrawn']],
    ['one that nobody asked an agent for', given().when(started()), []],
    ['one that has ended', given().when(started(), wrote('x'), left()), []],
    ['one that never was', given(), []],
  ])('%s', (_, story, tells) => {
    story
      .when(erased())
      .thenIt({ outcomes: ['applied'], tells })
      .when(started())
      .thenIt({ refuses: ['unknown_conversation'] })
  })
})
