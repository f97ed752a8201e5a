import { describe, expect, it } from 'vitest'
import {
  accepted,
  closed,
  erased,
  filled,
  given,
  left,
  loggedIn,
  paris,
  passes,
  released,
  said,
  started,
  until,
  withId,
  wrote,
} from './given.ts'

/** A customer who waits for an agent. */
const queued = (setting: Parameters<typeof given>[0] = {}) => given(setting).when(started(), wrote('help'))
/** Agents have all the time in the world. */
const unhurried = { channel: { timeouts: { agent: null } } }
/** One who talks to Ann. */
const withAnn = (setting: Parameters<typeof given>[0] = {}) =>
  given(setting).when(started(), wrote('help'), accepted('ann', 'Ann'))

describe('a request', () => {
  it('is created once, with the need, the details and the verdict on hours', () => {
    const story = given({
      channel: { workspace: 'sales', locale: 'fr', duringHours: { customerDetails: ['name', 'email'] } },
    })
      .when(
        started(),
        wrote('order 4711 is broken'),
        filled({ name: 'José', email: 'Jose@Example.com' }),
        wrote('please hurry'),
      )
      .thenIt({ tells: ['created'], is: 'queued' })
    expect(story.request).toMatchObject({
      workspace: 'sales',
      conversation: 'c1',
      request: 1,
      state: 'waiting',
      queuedAt: '2026-06-05T14:00:00.000Z',
      channel: 'web',
      locale: 'fr',
      hours: 'during',
      opensAt: null,
      customer: { name: 'José', email: 'Jose@Example.com', externalId: null, verified: false },
      need: 'order 4711 is broken',
    })
  })

  it('outside the hours says when the channel opens', () => {
    const story = queued({
      channel: { schedule: 'paris' },
      schedules: [paris],
      at: '2026-06-05T15:00:00.000Z',
    })
    expect(story.request).toMatchObject({ hours: 'outside', opensAt: '2026-06-08T07:00:00.000Z' })
  })

  it('has what the company asked beyond name and e-mail as details', () => {
    const story = given({
      channel: { duringHours: { customerDetails: [{ id: 'order', label: 'Order', type: 'text' }] } },
    }).when(started(), wrote('help'), filled({ order: ' 4711 ' }))
    expect(story.request?.details).toEqual({ order: '4711' })
  })

  it('has the page on which the customer began, within its limits', () => {
    const pageOf = (page: object) => given().when(started({ page }), wrote('help')).request?.page
    const page = { url: 'https://shop.example/anvils?n=4', title: 'Anvils' }
    expect(pageOf(page)).toEqual(page)
    expect(given().when(started({ page }), wrote('help'), accepted('ann')).request?.page).toEqual(page)
    expect(pageOf({ url: `https://x/${'a'.repeat(2_048)}`, title: '😀'.repeat(300) })).toEqual({
      title: '😀'.repeat(255),
    })
    expect(pageOf({ url: '', title: '' })).toBeUndefined()
  })

  it('names the record that it follows from, later ones higher', () => {
    const story = withAnn().when(said('ann', 'hi'), closed('ann'))
    const numbers = story.brought.flatMap(({ effects }) =>
      effects.flatMap((effect) => (effect.kind === 'notify' ? effect.request.request.record : [])),
    )
    expect(numbers).toEqual([2, 3, 5])
  })
})

describe('the customer keeps writing while queued', () => {
  it('what they write is kept in the transcript, and nobody answers it', () => {
    queued()
      .when(wrote('are you there?', 'client-1'), wrote('hello?'))
      .thenIt({
        says: ['customer: are you there?', 'customer: hello?'],
        is: 'queued',
        tells: [],
        outcomes: ['applied', 'applied'],
      })
  })

  it('the need stays their first text', () => {
    expect(queued().when(wrote('and another thing')).request?.need).toBe('help')
  })

  it('waiting in the queue is never inactive', () => {
    given({ channel: { timeouts: { unanswered: null, escalate: null } } })
      .when(started(), wrote('help'), passes('P30D'))
      .thenIt({ is: 'queued', says: ['bot: Hi! How can we help?', 'customer: help', thanks] })
  })

  it('writing does not put the reminder off', () => {
    queued()
      .when(passes('PT1M59S'), wrote('hello?'), passes('PT1S'))
      .thenIt({ tells: ['reminded'] })
  })

  it('who logs in while queued is told to the agents without a notification', () => {
    const story = queued()
      .when(loggedIn({ externalId: 'u1', name: 'Zoë' }))
      .thenIt({ tells: [], says: [] })
    expect(story.last.requests).toEqual([])
    expect(story.request?.customer).toEqual({ name: 'Zoë', email: null, externalId: 'u1', verified: true })
  })
})

const thanks = 'bot: Thanks, an agent will be with you shortly.'

describe('two agents accept at once', () => {
  it('one wins, the other is told who, and the customer sees one "joined"', () => {
    queued()
      .when(accepted('ann', 'Ann'), accepted('bob', 'Bob'))
      .thenIt({
        says: ['notice: Ann has joined.'],
        tells: ['accepted'],
        shows: { state: 'withAgent', request: 1, agent: { id: 'ann', name: 'Ann' } },
        outcomes: ['applied', 'rejected'],
        refuses: [{ code: 'already_accepted', agent: { id: 'ann', name: 'Ann' } }],
      })
  })

  it('an agent without a name joins as an agent', () => {
    queued()
      .when(accepted('ann'))
      .thenIt({
        says: ['notice: An agent has joined.'],
        shows: { state: 'withAgent', request: 1, agent: { id: 'ann' } },
      })
  })

  it('an accept that is redelivered makes no record', () => {
    queued()
      .when(withId('a1', accepted('ann')))
      .when(withId('a1', accepted('ann')))
      .thenNothing()
  })

  it('the same agent accepting again is ignored', () => {
    withAnn()
      .when(accepted('ann', 'Ann'))
      .thenIt({ outcomes: ['ignored'], says: [], tells: [] })
  })

  it('an accept redelivered after the release does not accept again', () => {
    queued()
      .when(withId('a1', accepted('ann')), released('ann'))
      .when(withId('a1', accepted('ann')))
      .thenNothing()
  })

  it('an accept after the end is refused', () => {
    queued()
      .when(left(), accepted('ann'))
      .thenIt({ refuses: ['conversation_ended'], is: 'ended' })
  })

  it('an accept of another request is refused, before and after somebody has it', () => {
    queued()
      .when(accepted('ann', undefined, 2), accepted('ann', undefined, 0))
      .thenIt({ refuses: ['stale_request', 'stale_request'], is: 'queued' })
    withAnn()
      .when(accepted('bob', undefined, 2), accepted('ann', undefined, 2))
      .thenIt({ refuses: ['stale_request', 'stale_request'] })
  })

  it('an accept that names the present request is taken', () => {
    queued()
      .when(accepted('ann', undefined, 1))
      .thenIt({ is: 'withAgent' })
  })

  it('an accept of a conversation that nobody needs an agent for yet is refused', () => {
    given()
      .when(started(), accepted('ann'))
      .thenIt({ refuses: ['not_queued'], is: 'greeting' })
  })
})

describe('only the accepted agent speaks for the request', () => {
  it('all another does is refused with not_the_agent', () => {
    withAnn()
      .when(said('bob', 'hi'), released('bob'), closed('bob'))
      .thenIt({
        refuses: ['not_the_agent', 'not_the_agent', 'not_the_agent'],
        says: [],
        tells: [],
        is: 'withAgent',
      })
  })

  it('so is what another says while the customer is silent after the agent', () => {
    withAnn()
      .when(said('ann', 'hi'), said('bob', 'hi'))
      .thenIt({ says: ['agent ann: hi'], refuses: ['not_the_agent'] })
  })

  it('before anybody has accepted it is nobody', () => {
    queued()
      .when(said('ann', 'hi'), released('ann'), closed('ann'))
      .thenIt({ refuses: ['not_the_agent', 'not_the_agent', 'not_the_agent'], is: 'queued' })
  })

  it('all that the agent says in a row is said, in order, under the name that they joined with', () => {
    const story = withAnn()
      .when(said('ann', 'one'), said('ann', 'two'), said('ann', 'three'))
      .thenIt({ says: ['agent ann: one', 'agent ann: two', 'agent ann: three'] })
    expect(story.last.messages?.[0]?.author).toEqual({ type: 'agent', id: 'ann', name: 'Ann' })
  })

  it('agent and customer take turns', () => {
    withAnn()
      .when(wrote('hello'), said('ann', 'hi'), wrote('yes'), wrote('and'), said('ann', 'ok'))
      .thenIt({
        says: ['customer: hello', 'agent ann: hi', 'customer: yes', 'customer: and', 'agent ann: ok'],
      })
  })
})

describe('released', () => {
  it('back in the queue with the original place, the customer told once, the next agents notified', () => {
    const story = queued()
      .when(passes('PT1M'), accepted('ann'), passes('PT3M'), released('ann', 'lunch'))
      .thenIt({
        says: [
          'notice: An agent has joined.',
          'notice: You’re back in the queue and keep your place. Another agent will be with you.',
        ],
        tells: ['accepted', 'released'],
        shows: { state: 'queued', request: 1 },
      })
    expect(story.request).toMatchObject({
      request: 1,
      state: 'waiting',
      queuedAt: '2026-06-05T14:00:00.000Z',
      at: '2026-06-05T14:04:00.000Z',
    })
    expect(story.request).not.toHaveProperty('agent')
  })

  it('redelivered it tells nobody again, and twice it is refused', () => {
    withAnn()
      .when(withId('r1', released('ann')), withId('r1', released('ann')), released('ann'))
      .thenIt({ tells: ['released'], outcomes: ['applied', 'rejected'], refuses: ['not_the_agent'] })
  })

  it('who released no longer speaks for it', () => {
    withAnn()
      .when(released('ann'), said('ann', 'wait'))
      .thenIt({ refuses: ['not_the_agent'] })
  })

  it('reminder and escalation count anew, and say which time it is', () => {
    queued(unhurried)
      .when(passes('PT10M'), accepted('ann'), passes('PT1H'), released('ann'))
      .thenIt({ tells: ['reminded', 'escalated', 'accepted', 'released'] })
      .when(passes('PT1M59.999S'))
      .thenNothing()
      .when(passes('PT0.001S'))
      .thenIt({ tells: ['reminded.2'] })
      .when(passes('PT8M'))
      .thenIt({ tells: ['escalated.2'] })
      .when(accepted('bob', 'Bob'))
      .thenIt({ tells: ['accepted.2'], says: ['notice: Bob has joined.'] })
  })

  it('the customer is not idle any more, and with the next agent only from that agent’s first message', () => {
    withAnn(unhurried)
      .when(said('ann', 'hi'), passes('PT4M'), released('ann'), accepted('bob'), passes('PT1H'))
      .thenIt({ is: 'withAgent' })
      .when(said('bob', 'hello'), passes('PT5M'))
      .thenIt({ says: ['agent bob: hello', 'bot: Are you still there?'] })
  })
})

describe('unanswered', () => {
  it('a reminder after two minutes and an escalation after ten, to the millisecond', () => {
    queued()
      .when(passes('PT1M59.999S'))
      .thenNothing()
      .when(passes('PT0.001S'))
      .thenIt({ tells: ['reminded'], says: [], is: 'queued' })
      .when(passes('PT7M59.999S'))
      .thenNothing()
      .when(passes('PT0.001S'))
      .thenIt({ tells: ['escalated'], says: [], is: 'queued' })
  })

  it('accepted an instant earlier, none comes', () => {
    queued(unhurried)
      .when(passes('PT1M59.999S'), accepted('ann'), passes('PT1H'))
      .thenIt({ tells: ['accepted'] })
  })

  it('accepted before the wake-up arrives, none comes, though it was due', () => {
    queued({ ...unhurried, late: 200 })
      .when(passes('PT2M', 100), accepted('ann'), passes('PT1H'))
      .thenIt({ tells: ['accepted'] })
  })

  it('measured from the request, whenever the wake-up arrives', () => {
    queued({ late: 90_000 })
      .when(passes('PT3M30S'))
      .thenIt({ tells: ['reminded'] })
      .when(passes('PT8M'))
      .thenIt({ tells: ['escalated'] })
    expect(
      queued({ late: 90_000 })
        .when(passes('PT30M'))
        .records.slice(2)
        .map(({ at }) => at),
    ).toEqual(['2026-06-05T14:03:30.000Z', '2026-06-05T14:11:30.000Z'])
  })

  it('after a long outage both come in one record, in their order', () => {
    queued({ late: 3_600_000 })
      .when(passes('PT2H'))
      .thenIt({ tells: ['reminded', 'escalated'], outcomes: ['applied'] })
  })

  it('as long as the channel has set; null is never', () => {
    queued({ channel: { timeouts: { unanswered: 'PT30S', escalate: null } } })
      .when(passes('PT30S'))
      .thenIt({ tells: ['reminded'] })
      .when(passes('P1D'))
      .thenNothing()
  })

  it('an escalation set before the reminder comes before it', () => {
    queued({ channel: { timeouts: { unanswered: 'PT10M', escalate: 'PT1M' } } })
      .when(passes('PT1M'))
      .thenIt({ tells: ['escalated'] })
      .when(passes('PT9M'))
      .thenIt({ tells: ['reminded'] })
  })

  describe('outside the hours', () => {
    const outside = (at: string) => queued({ channel: { schedule: 'paris' }, schedules: [paris], at })

    it('the clock for both runs from the opening', () => {
      outside('2026-06-05T15:00:00.000Z')
        .when(until('2026-06-08T07:01:59.999Z'))
        .thenNothing()
        .when(until('2026-06-08T07:02:00.000Z'))
        .thenIt({ tells: ['reminded'] })
        .when(until('2026-06-08T07:10:00.000Z'))
        .thenIt({ tells: ['escalated'] })
    })

    it('a release after the opening counts from the release', () => {
      outside('2026-06-05T15:00:00.000Z')
        .when(until('2026-06-08T09:00:00.000Z'), accepted('ann'), released('ann'))
        .when(until('2026-06-08T09:01:59.999Z'))
        .thenNothing()
        .when(until('2026-06-08T09:02:00.000Z'))
        .thenIt({ tells: ['reminded.2'] })
    })

    it('a release before the opening still counts from the opening', () => {
      outside('2026-06-05T15:00:00.000Z')
        .when(accepted('ann'), passes('PT1H'), released('ann'))
        .when(until('2026-06-08T07:02:00.000Z'))
        .thenIt({ tells: ['reminded'] })
    })

    it('a channel that never opens again reminds nobody', () => {
      queued({ channel: { schedule: 'never' }, schedules: [{ ...paris, id: 'never', intervals: [] }] })
        .when(passes('P366D'))
        .thenNothing()
    })

    it('agents may accept meanwhile', () => {
      outside('2026-06-06T15:00:00.000Z').when(accepted('ann')).thenIt({ is: 'withAgent' })
    })
  })
})

describe('the request as it stands', () => {
  it.each([
    ['waiting', queued()],
    ['accepted', withAnn()],
    ['waiting', withAnn().when(released('ann'))],
    ['ended', withAnn().when(closed('ann'))],
    ['ended', withAnn().when(left())],
    ['withdrawn', queued().when(left())],
    ['withdrawn', withAnn().when(released('ann'), left())],
    ['withdrawn', queued().when(erased())],
  ])('is %s', (state, story) => {
    expect(story.request?.state).toBe(state)
  })
})
