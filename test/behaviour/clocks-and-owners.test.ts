import { describe, expect, it } from 'vitest'
import type { Conversation, State } from '../../engine/core/conversation.ts'
import { decideAgain } from '../../engine/core/decide-again.ts'
import { readEvent } from '../../engine/core/read-event.ts'
import type { Registry } from '../../engine/machines/definitions.ts'
import { unwrap } from '../../schemas/result.ts'
import {
  accepted,
  asStored,
  type Brought,
  closed,
  corrected,
  erased,
  given,
  gone,
  held,
  left,
  loggedIn,
  moved,
  noted,
  offered,
  paris,
  passes,
  recalled,
  released,
  type Story,
  said,
  started,
  tagged,
  takenOver,
  transferred,
  until,
  withId,
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

describe('an escalated wait', () => {
  const escalated = (n: number) => (n === 1 ? 'escalated' : `escalated.${n}`)

  it('is escalated again after a pause that doubles, then hourly, until somebody takes it', () => {
    const story = queued()
      .when(passes('PT10M'))
      .thenIt({ tells: ['reminded', 'escalated'] })
    for (const [n, pause] of [20, 40, 60, 60, 60].entries())
      story
        .when(passes(`PT${pause - 1}M59.999S`))
        .thenNothing()
        .when(passes('PT0.001S'))
        .thenIt({ tells: [escalated(n + 2)], says: [], is: 'queued' })
    expect(story.request).toMatchObject({ state: 'waiting', urgency: 'escalated' })
    story.when(accepted('ann'), said('ann', 'hi'), passes('PT5M'))
    expect(story.request).toMatchObject({ state: 'accepted' })
    expect(story.last.state).not.toHaveProperty('desk')
  })

  it('has a timer at every moment, and none once it is over', () => {
    const story = queued()
    const timers = () => story.known.record?.state.timers ?? []
    for (let hour = 0; hour < 48; hour++) {
      story.when(passes('PT1H'))
      expect(timers()).toHaveLength(1)
    }
    story.when(left())
    expect(timers()).toEqual([])
  })

  it('begins anew in the next wait', () => {
    queued()
      .when(passes('PT30M'), accepted('ann'), released('ann'))
      .when(passes('PT10M'))
      .thenIt({ tells: ['reminded.2', 'escalated.3'] })
      .when(passes('PT19M59.999S'))
      .thenNothing()
      .when(passes('PT0.001S'))
      .thenIt({ tells: ['escalated.4'] })
  })

  it('is repeated in opening hours only', () => {
    queued({ ...inParis, at: '2026-06-05T14:40:00.000Z' })
      .when(until('2026-06-05T14:50:00.000Z'))
      .thenIt({ tells: ['reminded', 'escalated'] })
      .when(until('2026-06-08T07:09:59.999Z'))
      .thenNothing()
      .when(passes('PT0.001S'))
      .thenIt({ tells: ['escalated.2'] })
  })

  it('that is escalated after more than an hour keeps this pause', () => {
    queued({ channel: { timeouts: { escalate: 'PT3H' } } })
      .when(passes('PT9H'))
      .thenIt({ tells: ['reminded', 'escalated', 'escalated.2', 'escalated.3'] })
  })

  it('is not escalated where that is switched off', () => {
    queued({ channel: { timeouts: { escalate: null } } })
      .when(passes('P1D'))
      .thenIt({ tells: ['reminded'] })
  })

  it('of a customer who has gone is escalated again once they are back', () => {
    queued()
      .when(passes('PT10M'), held(true), passes('P1D'))
      .thenIt({ tells: ['reminded', 'escalated'] })
      .when(held(false))
      .thenIt({ tells: ['escalated.2'] })
      .when(passes('PT40M'))
      .thenIt({ tells: ['escalated.3'] })
  })

  it('of a version without a repetition goes on as it was stored, and has one from the next event on', () => {
    const story = queued().when(passes('PT10M'))
    const { snapshot: _, record, ...known } = structuredClone({ ...story.known, snapshot: undefined })
    if (record) {
      delete record.state.desk
      delete record.state.timers
    }
    story.known = { ...known, record }
    story.when(passes('P1D')).thenNothing()
    story.when(wrote('hello?'), passes('PT20M')).thenIt({ tells: ['escalated.2'] })
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

  it('is recalled, from the agent who has it and from no other', () => {
    const story = queued()
      .when(offered('ann'), recalled('bob'))
      .thenIt({ outcomes: ['applied', 'ignored'] })
    expect(story.request).toMatchObject({ offer: { agent: { id: 'ann' } } })
    story.when(recalled('ann'))
    expect(story.request).toMatchObject({ asked: ['ann'] })
    expect(story.request).not.toHaveProperty('offer')
    story.when(accepted('ann'), recalled('ann')).thenIt({ is: 'withAgent' })
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
  it('says since when it waits here and without an agent, where that is not when it was queued', () => {
    const story = queued()
    expect(story.request).not.toHaveProperty('waitingSince')
    story.when(passes('PT1M'), moved('night'), noted('eve', 'mine'))
    expect(story.request).toMatchObject({ workspace: 'night', waitingSince: '2026-06-05T14:01:00.000Z' })
    story.when(accepted('eve'))
    expect(story.request).not.toHaveProperty('waitingSince')
    story.when(passes('PT1M'), released('eve'), tagged('bob', 'vip'))
    expect(story.request).toMatchObject({ waitingSince: '2026-06-05T14:02:00.000Z' })
  })

  it('says how often it was offered, and whether its agent is at a desk', () => {
    const atDesk = { ...accepted('ann'), payload: { agent: { id: 'ann' }, atDesk: true } }
    const story = queued().when(offered('ann'), passes('PT30S'), offered('bob'), passes('PT30S'))
    expect(story.request).toMatchObject({ offers: 2, asked: ['ann', 'bob'] })
    story.when(atDesk)
    expect(story.request).toMatchObject({ state: 'accepted', atDesk: true })
    expect(story.request).not.toHaveProperty('offers')
    story.when(takenOver('bob'))
    expect(story.request).not.toHaveProperty('atDesk')
    story.when({ ...takenOver('ann'), payload: { agent: { id: 'ann' }, takeOver: true, atDesk: true } })
    expect(story.request).toMatchObject({ atDesk: true })
    story.when(released('ann'))
    expect(story.request).not.toHaveProperty('atDesk')
  })

  it('forgets no event of its customer over a hundred of the router’s', () => {
    const story = given().when(started(), withId('need', wrote('help')))
    for (let n = 0; n < 100; n++) story.when(held(n % 2 === 0))
    story.when(withId('need', wrote('help'))).thenNothing()
    story.when(withId('again', held(true)), held(false), withId('again', held(true)))
    expect(story.last.event.id).not.toBe('again')
  })

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

describe('a record of an earlier version is decided again as it was stored', () => {
  /** Decides the story's last event again, where it was stored with another state. */
  function decidedAgain(story: Story, known: Conversation, change: (state: State, digest: string) => void) {
    const { subject, body, id, at, decision } = story.brought.at(-1) as Brought
    if (decision.kind !== 'record') throw new Error('the last event has made no record')
    const { seq } = decision.record.event
    const { snapshot: _, ...before } = known
    const raw = { subject, seq, at, id, body: new TextEncoder().encode(body), headers: {} }
    const incoming = unwrap(readEvent(raw))
    const stored = structuredClone(decision.record)
    change(stored.state, incoming.digest)
    const definitions = story.world.definitions as Registry
    const again = decideAgain({ definitions }, asStored(before), incoming, stored)
    expect(again.kind === 'record' && asStored(again.record)).toEqual(stored)
  }

  it('an escalation without a repetition', () => {
    const story = queued().when(passes('PT2M'))
    const { known } = story
    decidedAgain(story.when(passes('PT8M')), known, (state) => {
      delete state.desk
      delete state.timers
      state.wake = asStored(known.record?.state.wake)
    })
  })

  it('an event of the router’s that was remembered, and a move without its time', () => {
    const story = queued()
    const { known } = story
    decidedAgain(story.when(moved('night')), known, (state, digest) => {
      state.recent += digest
      delete state.routed
      delete state.desk?.movedAt
    })
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

  it('an agent corrects a name that the company’s login does not say', () => {
    const story = withAnn().when(corrected('ann', ' Zoé '))
    expect(story.request?.customer.name).toBe('Zoé')
    expect(story.last).not.toHaveProperty('messages')
    story.when(corrected('ann', ' '), corrected('ann', 'x'.repeat(256)))
    expect(story.request?.customer.name).toBe('Zoé')
    story.when(loggedIn({ externalId: 'u1', name: 'José' }), corrected('ann', 'Joe'))
    expect(story.last.rejected?.code).toBe('not_allowed_now')
    expect(story.request?.customer.name).toBe('José')
  })

  it('tags replace the request’s', () => {
    const story = withAnn()
      .when(tagged('ann', 'refund', 'vip'))
      .when(tagged('bob', 'vip'))
    expect(story.request?.tags).toEqual(['vip'])
    expect(story.last).not.toHaveProperty('messages')
  })
})
