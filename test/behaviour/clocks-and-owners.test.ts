import { describe, expect, it } from 'vitest'
import {
  accepted,
  closed,
  erased,
  given,
  gone,
  held,
  left,
  moved,
  noted,
  offered,
  paris,
  passes,
  released,
  said,
  started,
  tagged,
  takenOver,
  transferred,
  until,
  wrote,
} from './given.ts'

/** A customer who waits for an agent. */
const queued = (setting: Parameters<typeof given>[0] = {}) => given(setting).when(started(), wrote('help'))
/** One who talks to Ann. */
const withAnn = (setting: Parameters<typeof given>[0] = {}) => queued(setting).when(accepted('ann', 'Ann'))

const backInQueue = 'notice: You’re back in the queue and keep your place. Another agent will be with you.'
const passedOn = 'notice: You’re being passed on and keep your place. Somebody will be with you shortly.'
const inParis = { channel: { schedule: 'paris' }, schedules: [paris] }

describe('the agent’s clock', () => {
  it('reminds after five minutes and gives the request back after fifteen, to the millisecond', () => {
    const story = withAnn()
      .when(passes('PT4M59.999S'))
      .thenNothing()
      .when(passes('PT0.001S'))
      .thenIt({ tells: ['unattended'], says: [], is: 'withAgent' })
    expect(story.request).toMatchObject({ state: 'accepted', unattendedSince: '2026-06-05T14:00:00.000Z' })
    story
      .when(passes('PT9M59.999S'))
      .thenNothing()
      .when(passes('PT0.001S'))
      .thenIt({ tells: ['released'], says: [backInQueue], is: 'queued' })
    expect(story.last.requests).toEqual([{ action: 'released', request: 1, reason: 'unattended' }])
    expect(story.request).toMatchObject({ state: 'waiting', queuedAt: '2026-06-05T14:00:00.000Z' })
    expect(story.request).not.toHaveProperty('unattendedSince')
  })

  it('the customer is told once, and the next agent has a clock of their own', () => {
    withAnn()
      .when(passes('PT15M'), accepted('bob', 'Bob'), passes('PT4M59.999S'))
      .thenIt({
        says: [backInQueue, 'notice: Bob has joined.'],
        tells: ['unattended', 'released', 'accepted.2'],
      })
      .when(passes('PT0.001S'))
      .thenIt({ tells: ['unattended.2'] })
  })

  it('counts from the first message that the agent has not answered', () => {
    withAnn()
      .when(said('ann', 'hi'), passes('PT1M'), wrote('one'), passes('PT4M'), wrote('two'))
      .when(passes('PT1M'))
      .thenIt({ tells: ['unattended'] })
  })

  it('an answer stops it, and takes the mark away', () => {
    const story = withAnn({ channel: { timeouts: { idleCustomer: [] } } })
      .when(passes('PT6M'), said('ann', 'sorry'))
      .thenIt({ tells: ['unattended'] })
    expect(story.request).not.toHaveProperty('unattendedSince')
    story.when(passes('P1D')).thenNothing()
  })

  it('a refused or a stranger’s message is no answer', () => {
    withAnn()
      .when(said('ann', ' '), said('bob', 'hi'), passes('PT5M'))
      .thenIt({ tells: ['unattended'] })
  })

  it('runs in opening hours only: outside from the next opening', () => {
    withAnn({ ...inParis, at: '2026-06-05T14:58:00.000Z' })
      .when(until('2026-06-08T07:02:59.999Z'))
      .thenIt({ tells: [] })
      .when(passes('PT0.001S'))
      .thenIt({ tells: ['unattended'] })
      .when(passes('PT10M'))
      .thenIt({ tells: ['released'] })
  })

  it('never comes due where the channel never opens again', () => {
    const closedForEver = { ...paris, intervals: [] }
    withAnn({ channel: { schedule: 'paris' }, schedules: [closedForEver] })
      .when(passes('P300D'))
      .thenIt({ tells: [], is: 'withAgent' })
  })

  it('is set for each channel; null switches it off, or a part of it', () => {
    withAnn({ channel: { timeouts: { agent: { remind: 'PT1M', release: 'PT2M' } } } })
      .when(passes('PT2M'))
      .thenIt({ tells: ['unattended', 'released'] })
    withAnn({ channel: { timeouts: { agent: { remind: null, release: 'PT2M' } } } })
      .when(passes('PT2M'))
      .thenIt({ tells: ['released'] })
    withAnn({ channel: { timeouts: { agent: { remind: 'PT1M', release: null } } } })
      .when(passes('P1D'))
      .thenIt({ tells: ['unattended'] })
    withAnn({ channel: { timeouts: { agent: null } } })
      .when(passes('P1D'))
      .thenNothing()
  })

  it('a conversation that an earlier version began goes on without one, as it did', () => {
    const story = queued()
    const { snapshot: _, ...known } = structuredClone({ ...story.known, snapshot: undefined })
    const context = known.record?.state.snapshot?.context as { pinned: { timeouts: { agent?: object } } }
    delete context.pinned.timeouts.agent
    story.known = known
    story.when(accepted('ann'), passes('P1D')).thenIt({ tells: ['accepted'] })
    story.when(released('ann'))
    expect(story.last.requests).toEqual([{ action: 'released', request: 1 }])
    expect(story.last.state).not.toHaveProperty('desk')
  })

  it('one in a late wake-up is measured from the message all the same', () => {
    withAnn({ late: 60_000 })
      .when(passes('PT16M'))
      .thenIt({ tells: ['unattended', 'released'] })
  })
})

describe('an agent who has gone', () => {
  it('gives back what they have, with its place', () => {
    const story = withAnn()
      .when(said('ann', 'hi'), gone('ann'))
      .thenIt({ tells: ['released'], says: ['agent ann: hi', backInQueue], is: 'queued' })
    expect(story.last.requests).toEqual([{ action: 'released', request: 1, reason: 'agentAway' }])
    expect(story.request?.queuedAt).toBe('2026-06-05T14:00:00.000Z')
  })

  it('loses nothing that another has by then', () => {
    withAnn()
      .when(released('ann'), accepted('bob'), gone('ann'))
      .thenIt({ outcomes: ['applied', 'applied', 'ignored'], is: 'withAgent' })
  })
})

describe('a take-over', () => {
  it('wins: the customer is told who joined, and the former agent may do nothing more', () => {
    withAnn()
      .when(takenOver('bob', 'Bob'))
      .thenIt({
        tells: ['accepted.2'],
        says: ['notice: Bob has joined.'],
        shows: { state: 'withAgent', request: 1, agent: { id: 'bob', name: 'Bob' } },
      })
      .when(said('ann', 'wait'), released('ann'), closed('ann'))
      .thenIt({ refuses: ['not_the_agent', 'not_the_agent', 'not_the_agent'], is: 'withAgent' })
      .when(said('bob', 'hello'))
      .thenIt({ says: ['agent bob: hello'] })
  })

  it('by two at once: the later in the log has it', () => {
    withAnn()
      .when(takenOver('bob', 'Bob'), takenOver('cho', 'Cho'))
      .thenIt({ shows: { state: 'withAgent', request: 1, agent: { id: 'cho', name: 'Cho' } } })
  })

  it('by the same agent is nothing, and of a waiting request an acceptance', () => {
    withAnn()
      .when(takenOver('ann'))
      .thenIt({ outcomes: ['ignored'] })
    queued()
      .when(takenOver('bob', 'Bob'))
      .thenIt({ tells: ['accepted'], is: 'withAgent' })
    queued()
      .when(offered('ann'), takenOver('bob'))
      .thenIt({ tells: ['offered', 'accepted'] })
  })

  it('restarts the clock while the customer waits for an answer, and only then', () => {
    withAnn()
      .when(passes('PT4M'), takenOver('bob'), passes('PT4M59.999S'))
      .thenIt({ tells: ['accepted.2'] })
      .when(passes('PT0.001S'))
      .thenIt({ tells: ['unattended'] })
    withAnn({ channel: { timeouts: { idleCustomer: [] } } })
      .when(said('ann', 'hi'), takenOver('bob'), passes('P1D'))
      .thenIt({ tells: ['accepted.2'], is: 'withAgent' })
  })
})

describe('a transfer', () => {
  it('to a colleague is offered to them first, with a note that no customer sees', () => {
    const story = withAnn()
      .when(transferred('ann', { agent: { id: 'bob', name: 'Bob' } }, 'wants a refund'))
      .thenIt({ tells: ['transferred', 'offered'], says: [passedOn], is: 'queued' })
    expect(story.notes).toEqual(['ann: wants a refund'])
    expect(story.request).toMatchObject({
      queuedAt: '2026-06-05T14:00:00.000Z',
      offer: { agent: { id: 'bob', name: 'Bob' }, until: '2026-06-05T14:00:30.000Z' },
    })
    story
      .when(accepted('cho'))
      .thenIt({ refuses: [{ code: 'offered_to_other', agent: { id: 'bob', name: 'Bob' } }] })
      .when(accepted('bob', 'Bob'))
      .thenIt({ tells: ['accepted.2'], is: 'withAgent' })
    expect(story.request).not.toHaveProperty('offer')
  })

  it('that is not taken in time is everybody’s', () => {
    const story = withAnn().when(transferred('ann', { agent: { id: 'bob' } }), passes('PT30S'))
    expect(story.request).not.toHaveProperty('offer')
    story.when(accepted('cho')).thenIt({ tells: ['accepted.2'] })
  })

  it('to another workspace takes it out of the first, and keeps its place', () => {
    const story = withAnn().when(transferred('ann', { workspace: 'billing' }))
    const delivered = story.brought
      .at(-1)
      ?.effects.flatMap((effect) =>
        effect.kind === 'notify'
          ? [
              [
                effect.request.request.workspace,
                effect.request.request.state,
                ...effect.request.changes.map(({ action }) => action),
              ],
            ]
          : [],
      )
    expect(delivered).toEqual([
      ['billing', 'waiting', 'transferred'],
      ['main', 'withdrawn', 'withdrawn'],
    ])
    story.when(accepted('eve')).thenIt({ tells: ['accepted.2'] })
    expect(story.request).toMatchObject({ workspace: 'billing', queuedAt: '2026-06-05T14:00:00.000Z' })
  })

  it('is erased from every workspace that it was in', () => {
    const story = withAnn().when(transferred('ann', { workspace: 'billing' }), erased())
    const forgotten = story.brought
      .at(-1)
      ?.effects.flatMap((effect) =>
        effect.kind === 'forgetRequests' ? [effect.request.request.workspace] : [],
      )
    expect(forgotten).toEqual(['billing', 'main'])
  })

  it('is the agent’s own only, and needs somebody to go to', () => {
    withAnn()
      .when(transferred('bob', { workspace: 'billing' }), transferred('ann', {}))
      .thenIt({ refuses: ['not_the_agent', 'text_invalid'], is: 'withAgent' })
  })
})

describe('an offer', () => {
  it('is for one agent until it is over; then the next may be asked', () => {
    const story = queued()
      .when(offered('ann'))
      .thenIt({ tells: ['offered'] })
      .when(offered('bob'))
      .thenIt({ outcomes: ['ignored'] })
      .when(passes('PT30S'), offered('bob'))
      .thenIt({ tells: ['offered.2'] })
    expect(story.request).toMatchObject({ offer: { agent: { id: 'bob' } }, asked: ['ann'] })
  })

  it('is declined by releasing it, or by going away', () => {
    const story = queued().when(offered('ann'), released('ann'), offered('bob'), gone('bob'))
    expect(story.request).toMatchObject({ asked: ['ann', 'bob'] })
    expect(story.request).not.toHaveProperty('offer')
  })

  it('is withdrawn with the customer', () => {
    queued()
      .when(offered('ann'), left(), passes('P1D'))
      .thenIt({ tells: ['offered', 'withdrawn'] })
  })

  it('of a former request, or of one that is accepted, is ignored', () => {
    queued()
      .when(offered('ann', 7))
      .thenIt({ outcomes: ['ignored'] })
    withAnn()
      .when(offered('bob'))
      .thenIt({ outcomes: ['ignored'], is: 'withAgent' })
  })
})

describe('a waiting request', () => {
  it('overflows to another workspace with its place', () => {
    const story = queued()
      .when(passes('PT1M'), moved('billing'))
      .thenIt({ tells: ['transferred', 'withdrawn'] })
    expect(story.request).toMatchObject({ state: 'withdrawn', workspace: 'main' })
    story.when(accepted('eve'))
    expect(story.request).toMatchObject({ workspace: 'billing', queuedAt: '2026-06-05T14:00:00.000Z' })
  })

  it('keeps its urgency where it overflows, and begins without in the next wait', () => {
    const story = queued().when(passes('PT10M'), moved('billing'))
    const [overflowed] =
      story.brought
        .at(-1)
        ?.effects.flatMap((effect) => (effect.kind === 'notify' ? [effect.request.request] : [])) ?? []
    expect(overflowed).toMatchObject({ workspace: 'billing', state: 'waiting', urgency: 'escalated' })
    story.when(accepted('eve'), released('eve'))
    expect(story.request).not.toHaveProperty('urgency')
  })

  it('that an agent gave back, or lost, is offered to others first', () => {
    expect(withAnn().when(passes('PT15M')).request?.asked).toEqual(['ann'])
    expect(withAnn().when(released('ann')).request?.asked).toEqual(['ann'])
  })

  it('of a customer who has gone is not escalated while it is held, and at once when they are back', () => {
    queued()
      .when(held(true), passes('PT20M'))
      .thenIt({ tells: ['reminded'] })
      .when(held(false))
      .thenIt({ tells: ['escalated'] })
    queued()
      .when(held(true), passes('PT5M'), held(false), passes('PT5M'))
      .thenIt({ tells: ['reminded', 'escalated'] })
  })

  it('is marked while it is held; held again, it stays as it is', () => {
    const story = queued().when(held(true))
    expect(story.request).toMatchObject({ state: 'waiting', held: true })
    story.when(held(true))
    expect(story.last.outcome).toBe('ignored')
    story.when(held(false))
    expect(story.request).not.toHaveProperty('held')
  })

  it('says which workspaces it came from', () => {
    const story = queued().when(moved('billing'), moved('night'), accepted('eve'))
    expect(story.request).toMatchObject({ workspace: 'night', formerWorkspaces: ['main', 'billing'] })
  })
})

describe('notes and tags', () => {
  it('a note is in the record, in any state, and customers see nothing', () => {
    const story = given()
      .when(started(), noted('bob', 'a regular'), wrote('help'), noted('bob', 'be nice'))
      .when(accepted('ann'), closed('ann'), noted('cho', 'was nice'))
    expect(story.notes).toEqual(['bob: a regular', 'bob: be nice', 'cho: was nice'])
    expect(story.transcript.join()).not.toMatch(/regular|nice/)
    expect(story.last.notes?.[0]?.id).toBe('c1.7.0')
    expect(story.records.flatMap(({ requests = [] }) => requests.map(({ action }) => action))).toEqual([
      'created',
      'noted',
      'accepted',
      'ended',
    ])
  })

  it('the reason of a release is a note', () => {
    expect(withAnn().when(released('ann', 'lunch')).notes).toEqual(['ann: lunch'])
  })

  it('tags replace the request’s', () => {
    const story = withAnn()
      .when(tagged('ann', 'refund', 'vip'))
      .when(tagged('bob', 'vip'))
    expect(story.request?.tags).toEqual(['vip'])
    expect(story.last).not.toHaveProperty('messages')
  })
})
