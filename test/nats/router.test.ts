import { describe, expect, it } from 'vitest'
import { openingHours } from '../../engine/core/hours/opening-hours.ts'
import { Agents } from '../../engine/nats/notifier/router/agents.ts'
import { Customers } from '../../engine/nats/notifier/router/customers.ts'
import { RoutedRequests } from '../../engine/nats/notifier/router/requests.ts'
import { type Picture, type RouterEvent, route, teamOf } from '../../engine/nats/notifier/router/route.ts'
import type { WorkspaceSettings } from '../../schemas/configuration/workspace.ts'
import type { OpenRequest } from '../../schemas/conversation/notification.ts'
import type { CustomerPresence, DeskPresence } from '../../schemas/conversation/presence.ts'
import { waitingRequest } from '../waiting-request.ts'

const start = Date.parse('2026-06-05T15:00:00.000Z')
const iso = (at: number) => new Date(at).toISOString()

/** Opening hours that begin and end at these minutes of Friday, 5 June 2026, from 15:00 UTC. */
const hours = (from: number, to: number) =>
  openingHours({
    id: 'hours',
    timeZone: 'UTC',
    intervals: [{ start: 5 * 1440 + 900 + from, end: 5 * 1440 + 900 + to }],
  })

/** A router's picture, and a clock that a test turns. */
class Floor {
  now = start
  #record = 0
  readonly picture: Picture = {
    requests: new RoutedRequests(),
    agents: new Agents(start),
    customers: new Customers(start),
    workspaces: new Map(),
    agentGraceMs: 60_000,
  }

  workspace(settings: Partial<WorkspaceSettings> = {}, open?: ReturnType<typeof hours>): this {
    const id = settings.id ?? 'main'
    const one = { settings: { id, ...settings }, hours: open }
    this.picture.workspaces = new Map([...this.picture.workspaces, [id, one]])
    return this
  }

  assigned(settings: Partial<WorkspaceSettings> = {}): this {
    return this.workspace({ routing: 'assigned', ...settings })
  }

  /** Requests that begin to wait, a second apart. */
  wait(conversations: string, more: Partial<OpenRequest> = {}): this {
    for (const conversation of conversations.split(' ')) {
      this.put(conversation, { queuedAt: iso(this.now), ...more })
      this.passes(1)
    }
    return this
  }

  /** A request as it stands now. */
  put(conversation: string, more: Partial<OpenRequest>): this {
    const before = this.request(conversation)
    const { agent: _, offer: __, ...rest } = before ?? waitingRequest(conversation, 0)
    const request = { ...rest, at: iso(this.now), record: ++this.#record, ...more }
    this.picture.requests.change(request, this.now)
    return this
  }

  request(conversation: string): OpenRequest | undefined {
    return this.picture.requests.get(conversation)?.request
  }

  accept(conversation: string, agent: string): this {
    return this.put(conversation, { state: 'accepted', agent: { id: agent } })
  }

  offer(conversation: string, agent: string): this {
    return this.put(conversation, { offer: { agent: { id: agent }, until: iso(this.now + 30_000) } })
  }

  /** The offer to an agent lapses, or is declined. */
  lapse(conversation: string, agent: string): this {
    const { asked = [] } = this.request(conversation) ?? {}
    return this.put(conversation, { asked: [...asked.filter((id) => id !== agent), agent] })
  }

  desks(agents: string, state: DeskPresence['state'] = 'online', workspace = 'main', desk = '1'): this {
    for (const id of agents.split(' '))
      this.picture.agents.hear(workspace, { desk: `${id}${desk}`, agent: { id }, state }, this.now)
    return this
  }

  customers(conversations: string, state: CustomerPresence['state']): this {
    for (const conversation of conversations.split(' '))
      this.picture.customers.hear(conversation, { state, at: iso(this.now) }, this.now)
    return this
  }

  passes(seconds: number): this {
    this.now += seconds * 1_000
    return this
  }

  /** The next pass, without performing what it decides. */
  decided(): string[] {
    const { agents, customers, requests } = this.picture
    agents.update(this.now, (agent) => requests.of(agent).size > 0)
    customers.update(this.now, (conversation) => requests.get(conversation) !== undefined)
    return route(this.picture, this.now, 1_000).map(lineOf)
  }
}

/** `c1 offered ann`, `c1 moved billing` */
function lineOf(event: RouterEvent): string {
  const { conversation, type, payload } = event
  if ('agent' in payload) return `${conversation} ${type.split('.')[1]} ${payload.agent.id}`
  if ('workspace' in payload) return `${conversation} moved ${payload.workspace}`
  return `${conversation} ${payload.held ? 'held' : 'no longer held'}`
}

const floor = () => new Floor()

describe('assigned routing', () => {
  it('offers the head of the queue to the agent who has waited longest since they last got one', () => {
    const story = floor().assigned().desks('ann bob').accept('c0', 'ann').wait('c1 c2')
    expect(story.decided()).toEqual(['c1 offered bob', 'c2 offered ann'])
    expect(story.decided()).toEqual([])
  })

  it('among those who have waited as long, prefers who has fewest', () => {
    const story = floor()
      .assigned()
      .desks('ann bob')
      .accept('c0', 'bob')
      .accept('c1', 'ann')
      .accept('c2', 'ann')
    expect(story.wait('c3').decided()).toEqual(['c3 offered bob'])
  })

  it('says for how long, and the agent’s name', () => {
    const story = floor().assigned({ offerTimeout: 'PT45S' }).wait('c1')
    story.picture.agents.hear(
      'main',
      { desk: 'a', agent: { id: 'ann', name: 'Ann' }, state: 'online' },
      story.now,
    )
    story.picture.agents.update(story.now, () => true)
    expect(route(story.picture, story.now, 10)).toEqual([
      {
        conversation: 'c1',
        type: 'request.offered',
        payload: { agent: { id: 'ann', name: 'Ann' }, request: 1, milliseconds: 45_000 },
      },
    ])
  })

  it('offers to nobody who is away, gone or of another workspace', () => {
    const story = floor().assigned().desks('ann', 'away').desks('bob').desks('bob', 'gone').wait('c1')
    expect(story.desks('eve', 'online', 'billing').decided()).toEqual([])
    expect(story.desks('ann').decided()).toEqual(['c1 offered ann'])
  })

  it('offers to nobody who is full, counting all workspaces and offers', () => {
    const story = floor().assigned({ capacity: 3 }).desks('ann')
    story.accept('c1', 'ann').put('c2', { workspace: 'billing', state: 'accepted', agent: { id: 'ann' } })
    expect(story.wait('c3 c4').decided()).toEqual(['c3 offered ann'])
    story.offer('c3', 'ann')
    expect(story.decided()).toEqual([])
    story.put('c1', { state: 'ended', agent: { id: 'ann' } })
    expect(story.decided()).toEqual(['c4 offered ann'])
  })

  it('recalls an offer if its agent has accepted another request meanwhile, and is full', () => {
    const story = floor().assigned({ capacity: 2 }).desks('ann').accept('c0', 'ann').wait('c1 c2')
    expect(story.decided()).toEqual(['c1 offered ann'])
    // In another workspace, before the offer came.
    story.put('c9', { workspace: 'billing', state: 'accepted', agent: { id: 'ann' } })
    expect(story.decided()).toEqual([])
    expect(story.offer('c1', 'ann').decided()).toEqual(['c1 recalled ann'])
    expect(story.decided()).toEqual([])
    story.lapse('c1', 'ann').put('c0', { state: 'ended', agent: { id: 'ann' } })
    expect(story.desks('ann bob').decided()).toEqual(['c1 offered bob', 'c2 offered ann'])
  })

  it('recalls as many offers as are too many', () => {
    const story = floor().assigned({ capacity: 3 }).desks('ann').wait('c1 c2 c3')
    expect(story.decided()).toEqual(['c1 offered ann', 'c2 offered ann', 'c3 offered ann'])
    story.offer('c1', 'ann').offer('c2', 'ann').offer('c3', 'ann').accept('c9', 'ann')
    expect(story.decided()).toEqual(['c1 recalled ann'])
  })

  it('recalls no transfer to a full agent: colleagues know what they do', () => {
    const story = floor().assigned({ capacity: 1 }).desks('ann').accept('c0', 'ann')
    expect(story.wait('c1').offer('c1', 'ann').decided()).toEqual([])
  })

  it('offers what lapsed to the next one, and to nobody again before all were asked', () => {
    const story = floor().assigned().wait('c1')
    const asked: string[] = []
    for (let n = 0; n < 5; n++) {
      const [line = ''] = story.desks('ann bob cho').decided()
      const agent = line.split(' ')[2] ?? ''
      asked.push(agent)
      story.offer('c1', agent).passes(30).lapse('c1', agent).desks('ann bob cho')
      // Once everybody was asked, it is everybody's for the length of an offer.
      if (n < 2) continue
      expect(story.decided()).toEqual([])
      story.passes(30)
    }
    expect(asked).toEqual(['ann', 'bob', 'cho', 'ann', 'bob'])
    expect(story.desks('ann bob cho dan').decided()).toEqual(['c1 offered dan'])
  })

  it('comes to a lone agent who does not look at it less and less often', () => {
    const story = floor().assigned().wait('c1')
    const pauses: number[] = []
    let last = story.now
    for (let offers = 1; offers <= 9; ) {
      if (story.desks('ann').decided().length === 0) {
        story.passes(1)
        continue
      }
      pauses.push((story.now - last) / 1_000)
      story
        .offer('c1', 'ann')
        .passes(30)
        .put('c1', { asked: ['ann'], offers: offers++ })
      last = story.now
    }
    expect(pauses.slice(1)).toEqual([30, 60, 120, 240, 480, 900, 900, 900])
    // A colleague who comes is asked at once.
    expect(story.desks('ann bob').decided()).toEqual(['c1 offered bob'])
  })

  it('waits as in broadcast while nobody is online', () => {
    expect(floor().assigned().wait('c1').decided()).toEqual([])
  })

  it('offers nothing in a broadcast workspace, or one without a document', () => {
    expect(floor().workspace().desks('ann').wait('c1').decided()).toEqual([])
    expect(floor().desks('ann').wait('c1').decided()).toEqual([])
  })

  it('two desks of one agent are one agent', () => {
    const story = floor()
      .assigned({ capacity: 1 })
      .desks('ann')
      .desks('ann', 'online', 'main', '2')
      .wait('c1 c2')
    expect(story.decided()).toEqual(['c1 offered ann'])
    story.accept('c1', 'ann').desks('ann', 'gone').passes(90).desks('ann', 'online', 'main', '2')
    expect(story.decided()).toEqual([])
  })

  it('offers again what had no effect, after half a minute', () => {
    const story = floor().assigned().desks('ann').wait('c1')
    expect(story.decided()).toEqual(['c1 offered ann'])
    expect(story.passes(20).desks('ann').decided()).toEqual([])
    expect(story.passes(10).desks('ann').decided()).toEqual(['c1 offered ann'])
  })
})

describe('an agent who is absent', () => {
  it('gives back what they have and are offered after the grace time, once', () => {
    const story = floor().assigned().desks('ann').accept('c1', 'ann').wait('c2').offer('c2', 'ann')
    expect(story.desks('ann', 'gone').decided()).toEqual([])
    expect(story.passes(59).decided()).toEqual([])
    expect(story.passes(1).decided()).toEqual(['c1 left ann', 'c2 left ann'])
    expect(story.passes(1).decided()).toEqual([])
  })

  it('is gone once all desks are silent for 30 s', () => {
    const story = floor().desks('ann').desks('ann', 'online', 'main', '2').accept('c1', 'ann')
    story.passes(10).desks('ann')
    expect(story.passes(29).decided()).toEqual([])
    expect(story.picture.agents.all.get('ann')).toMatchObject({ state: 'online' })
    expect(story.passes(1).decided()).toEqual([])
    expect(story.picture.agents.all.get('ann')).toMatchObject({ state: 'gone' })
    expect(story.passes(60).decided()).toEqual(['c1 left ann'])
  })

  it('away counts like gone, from when they went away', () => {
    const story = floor().desks('ann').accept('c1', 'ann').desks('ann', 'away')
    expect(story.decided()).toEqual([])
    story.passes(30).desks('ann', 'gone')
    expect(story.decided()).toEqual([])
    expect(story.passes(30).decided()).toEqual(['c1 left ann'])
  })

  it('keeps everything if they are back in time', () => {
    const story = floor().desks('ann').accept('c1', 'ann').desks('ann', 'gone')
    expect(story.decided()).toEqual([])
    story.passes(50).desks('ann')
    expect(story.decided()).toEqual([])
    story.desks('ann', 'gone')
    expect([story.decided(), story.passes(59).decided(), story.passes(1).decided()]).toEqual([
      [],
      [],
      ['c1 left ann'],
    ])
  })

  it('who accepts while away has the grace time for it', () => {
    const story = floor().desks('ann', 'away')
    story.decided()
    story.passes(100).desks('ann', 'away').accept('c1', 'ann')
    expect(story.decided()).toEqual([])
    expect(story.passes(60).desks('ann', 'away').decided()).toEqual(['c1 left ann'])
  })

  it('of whom no desk was ever heard is not known to be gone', () => {
    expect(floor().desks('bob').accept('c1', 'ann').passes(86_400).decided()).toEqual([])
  })

  it('is not concluded from a silence in which the notifier heard nothing', () => {
    const story = floor().desks('ann').accept('c1', 'ann').passes(600)
    story.picture.agents.listenAnew(story.now)
    expect(story.decided()).toEqual([])
    expect(story.passes(29).decided()).toEqual([])
    story.desks('ann')
    expect(story.passes(29).decided()).toEqual([])
    expect(story.picture.agents.all.get('ann')).toMatchObject({ state: 'online' })
  })

  it('who was absent before is given the time to be heard again', () => {
    const story = floor().desks('ann').accept('c1', 'ann').desks('ann', 'gone')
    story.decided()
    story.passes(300)
    story.picture.agents.listenAnew(story.now)
    expect(story.decided()).toEqual([])
    expect(story.passes(89).decided()).toEqual([])
    expect(story.passes(1).decided()).toEqual(['c1 left ann'])
  })
})

describe('an agent who signs out', () => {
  const signOut = (story: Floor, desk = '1', workspace = 'main') => {
    const presence = {
      desk: `ann${desk}`,
      agent: { id: 'ann' },
      state: 'gone' as const,
      signsOut: true as const,
    }
    story.picture.agents.hear(workspace, presence, story.now)
    return story
  }

  it('gives back at once what they have and are offered, in every workspace, also what they have just accepted', () => {
    const story = floor().assigned().desks('ann').accept('c1', 'ann').wait('c2').offer('c2', 'ann')
    story.put('c3', { workspace: 'billing', state: 'accepted', agent: { id: 'ann' } })
    expect(signOut(story).decided()).toEqual(['c1 left ann', 'c2 left ann', 'c3 left ann'])
    expect(story.accept('c4', 'ann').decided()).toEqual(['c4 left ann'])
  })

  it('at one of two desks gives nothing back: the last one counts, in whichever workspace it is', () => {
    const story = floor().desks('ann').desks('ann', 'online', 'billing', '2').accept('c1', 'ann')
    expect(signOut(story).passes(20).desks('ann', 'online', 'billing', '2').decided()).toEqual([])
    expect(signOut(story, '2', 'billing').decided()).toEqual(['c1 left ann'])
  })

  it('and whose other desk is lost later, has the grace time', () => {
    const story = floor().desks('ann').desks('ann', 'online', 'main', '2').accept('c1', 'ann')
    signOut(story).desks('ann', 'gone', 'main', '2')
    expect([story.decided(), story.passes(59).decided()]).toEqual([[], []])
    expect(story.passes(1).decided()).toEqual(['c1 left ann'])
  })

  it('and is back at once keeps everything', () => {
    const story = floor().desks('ann').accept('c1', 'ann')
    expect(signOut(story).desks('ann').decided()).toEqual([])
  })

  it('is believed by a notifier that has just started, and not after it may have missed something', () => {
    const story = signOut(floor().accept('c1', 'ann'))
    expect(story.decided()).toEqual(['c1 left ann'])
    const suspended = floor().desks('ann').accept('c1', 'ann').passes(1)
    signOut(suspended).picture.agents.update(suspended.now, () => true)
    suspended.passes(1).picture.agents.listenAnew(suspended.now)
    expect([suspended.decided(), suspended.passes(89).decided()]).toEqual([[], []])
    expect(suspended.passes(1).decided()).toEqual(['c1 left ann'])
  })
})

describe('an agent who was at a desk when a notifier starts', () => {
  const listed = () => {
    const story = floor()
    story.accept('c1', 'ann').picture.agents.expect({ id: 'ann' })
    return story
  }

  it('keeps what they have if they are heard in time', () => {
    const story = listed()
    expect([story.decided(), story.passes(25).desks('ann').decided()]).toEqual([[], []])
    expect(story.picture.agents.all.get('ann')).toMatchObject({ state: 'online' })
  })

  it('gives it back if they are not: the time to be heard, and the grace time', () => {
    const story = listed()
    expect([story.decided(), story.passes(89).decided()]).toEqual([[], []])
    expect(story.passes(1).decided()).toEqual(['c1 left ann'])
  })

  it('is no longer expected once they have nothing', () => {
    const story = listed().put('c1', { state: 'ended', agent: { id: 'ann' } })
    story.decided()
    expect(story.picture.agents.size).toBe(0)
  })
})

describe('a customer who is gone', () => {
  it('is held back while one who is there waits behind, and no longer than that', () => {
    const story = floor().wait('c1 c2').customers('c1 c2', 'here').customers('c1', 'gone')
    expect([story.decided(), story.passes(14).decided()]).toEqual([[], []])
    expect(story.passes(1).decided()).toEqual(['c1 held'])
    story.put('c1', { held: true })
    expect(story.decided()).toEqual([])
    story.accept('c2', 'ann')
    expect(story.decided()).toEqual(['c1 no longer held'])
  })

  it('is no longer held once they are back', () => {
    const story = floor().wait('c1 c2').customers('c1', 'gone').passes(15)
    expect(story.decided()).toEqual(['c1 held'])
    story.put('c1', { held: true }).customers('c1', 'away')
    expect(story.decided()).toEqual(['c1 no longer held'])
  })

  it('makes no events as long as their line only flaps', () => {
    const story = floor().wait('c1 c2')
    for (let n = 0; n < 100; n++) {
      expect(story.customers('c1', 'gone').passes(14).decided()).toEqual([])
      expect(story.customers('c1', 'here').passes(1).decided()).toEqual([])
    }
  })

  it('is not held behind those who are there, nor where all are gone, nor for another workspace', () => {
    expect(floor().wait('c1 c2').customers('c2', 'gone').passes(60).decided()).toEqual([])
    expect(floor().wait('c1 c2').customers('c1 c2', 'gone').passes(60).decided()).toEqual([])
    const story = floor().wait('c1').wait('c2', { workspace: 'billing' })
    expect(story.customers('c1', 'gone').passes(60).decided()).toEqual([])
  })

  it('is one of whom nothing was heard for 75 s, after something was', () => {
    const story = floor().wait('c1 c2').customers('c1', 'here')
    expect(story.passes(74).decided()).toEqual([])
    expect(story.passes(1).decided()).toEqual(['c1 held'])
  })

  it('stays so for a successor, until they are heard', () => {
    const story = floor().wait('c1', { held: true }).wait('c2')
    expect(story.decided()).toEqual([])
    expect(story.customers('c1', 'here').decided()).toEqual(['c1 no longer held'])
  })

  it('is offered after those who are there', () => {
    const story = floor().assigned({ capacity: 1 }).desks('ann').wait('c1', { held: true }).wait('c2')
    expect(story.decided()).toEqual(['c2 offered ann'])
  })
})

describe('overflow', () => {
  const overflow = { workspace: 'night' }

  it('takes everything outside the hours of the workspace', () => {
    const story = floor().workspace({ overflow }, hours(0, 10)).wait('c1 c2')
    expect(story.decided()).toEqual([])
    story.passes(598)
    expect(story.decided()).toEqual(['c1 moved night', 'c2 moved night'])
  })

  it('takes those who come once the queue is longer than it may be', () => {
    const story = floor()
      .workspace({ overflow: { ...overflow, queue: 2 } })
      .wait('c1 c2')
    expect(story.decided()).toEqual([])
    expect(story.wait('c3 c4').decided()).toEqual(['c3 moved night', 'c4 moved night'])
  })

  it('takes those who have waited too long, not counting how long an agent had them', () => {
    const story = floor()
      .workspace({ overflow: { ...overflow, wait: 'PT5M' } })
      .wait('c1 c2')
    story.accept('c2', 'ann').passes(200).put('c2', { state: 'waiting' }).passes(99)
    expect(story.decided()).toEqual(['c1 moved night'])
  })

  it('counts the wait here for a notifier that has just started, too', () => {
    const story = floor()
      .workspace({ overflow: { ...overflow, wait: 'PT5M' } })
      .wait('c1', { queuedAt: iso(start - 3_600_000), waitingSince: iso(start) })
    expect([story.decided(), story.passes(298).decided()]).toEqual([[], []])
    expect(story.passes(2).decided()).toEqual(['c1 moved night'])
  })

  it('counts the wait in each workspace of its own', () => {
    const story = floor()
      .workspace({ overflow: { ...overflow, wait: 'PT5M' } })
      .workspace({ id: 'night', overflow: { workspace: 'last', wait: 'PT5M' } })
      .wait('c1')
      .passes(300)
    expect(story.decided()).toEqual(['c1 moved night'])
    story.put('c1', { workspace: 'night', formerWorkspaces: ['main'] })
    expect(story.passes(299).decided()).toEqual([])
    expect(story.passes(2).decided()).toEqual(['c1 moved last'])
  })

  it('does not take a request back to where it came from, nor in a circle of closed workspaces', () => {
    const circle = floor()
      .workspace({ overflow }, hours(0, 1))
      .workspace({ id: 'night', overflow: { workspace: 'main' } }, hours(0, 5))
      .wait('c1')
      .passes(120)
    expect(circle.decided()).toEqual(['c1 moved night'])
    circle.put('c1', { workspace: 'night', formerWorkspaces: ['main'] }).passes(300)
    expect(circle.decided()).toEqual([])
    expect(circle.wait('c2').decided()).toEqual([])
  })

  it('passes over a workspace that is closed itself', () => {
    const story = floor()
      .workspace({ overflow }, hours(-10, 0))
      .workspace({ id: 'night', overflow: { workspace: 'day' } }, hours(-10, 0))
      .wait('c1')
    expect(story.decided()).toEqual(['c1 moved day'])
  })

  it('waits for the end of an offer', () => {
    const story = floor().workspace({ overflow }, hours(-10, 0)).wait('c1').offer('c1', 'ann')
    expect(story.decided()).toEqual([])
    expect(story.lapse('c1', 'ann').decided()).toEqual(['c1 moved night'])
  })

  it('a request that was moved is forgotten in its former workspace', () => {
    const story = floor().assigned({ id: 'night' }).desks('ann', 'online', 'night').wait('c1')
    story.put('c1', { workspace: 'night', formerWorkspaces: ['main'] })
    story.picture.requests.change(waitingRequest('c1', 99, { state: 'withdrawn' }), story.now)
    expect(story.picture.requests.lineOf('main')).toBeUndefined()
    expect(story.decided()).toEqual(['c1 offered ann'])
  })
})

describe('the team of a workspace', () => {
  it('is who is there, with how many, and what waits where', () => {
    const story = floor().workspace({ id: 'billing', name: 'Billing' }).desks('bob ann').desks('bob', 'away')
    story.desks('eve', 'online', 'billing').desks('zoe').desks('zoe', 'gone')
    story.accept('c1', 'ann').wait('c2 c3').offer('c2', 'ann').accept('c4', 'eve')
    story.decided()
    const workspaces = [
      { id: 'billing', name: 'Billing', online: 1, waiting: 0 },
      { id: 'main', online: 1, waiting: 2 },
    ]
    expect(teamOf(story.picture, 'main')).toEqual({
      agents: [
        { id: 'ann', state: 'online', accepted: 1, offered: 1 },
        { id: 'bob', state: 'away', accepted: 0, offered: 0 },
      ],
      waiting: 2,
      workspaces,
    })
    expect(teamOf(story.picture, 'nowhere')).toEqual({ agents: [], waiting: 0, workspaces })
  })
})

describe('over 10,000 requests', () => {
  /** A reproducible random number below 1. */
  const random = (seed: number) => () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return seed / 2 ** 32
  }

  it.each([1, 2, 3])(
    'every agent gets their share by capacity, and nobody who is away or full (seed %i)',
    (seed) => {
      const next = random(seed)
      // Six agents of a workspace with a capacity of 2, and six with 4: these take twice as many.
      const groups = { small: 2, large: 4 } as const
      const agents = Object.keys(groups).flatMap((group) =>
        Array.from({ length: 6 }, (_, n) => `${group}-${n}`),
      )
      const story = floor()
      for (const [id, capacity] of Object.entries(groups)) story.assigned({ id, capacity })
      const shares = new Map<string, number>()
      const away = new Set<string>()
      const ends: { at: number; conversation: string; agent: string }[] = []
      const waiting = { small: 0, large: 0 }
      let routed = 0
      for (let created = 0; routed < 10_000; story.passes(10)) {
        for (const agent of agents) {
          // Each is away a tenth of the time.
          const isAway = next() < 0.1
          if (isAway) away.add(agent)
          else away.delete(agent)
          story.desks(agent, isAway ? 'away' : 'online', agent.split('-')[0])
        }
        for (const end of ends.filter(({ at }) => at <= story.now))
          story.put(end.conversation, { state: 'ended', agent: { id: end.agent } })
        ends.splice(0, ends.length, ...ends.filter(({ at }) => at > story.now))
        // The queues never run dry.
        for (const workspace of ['small', 'large'] as const)
          for (; waiting[workspace] < 20; waiting[workspace]++) {
            const queuedAt = iso(story.now + created)
            story.put(`c${++created}`, { workspace, queuedAt })
          }
        for (const line of story.decided()) {
          const [conversation = '', act, agent = ''] = line.split(' ')
          expect(act).toBe('offered')
          expect(away.has(agent), `${agent} is away`).toBe(false)
          // The request itself is among them.
          const { workspace = '' } = story.request(conversation) ?? {}
          expect(story.picture.requests.of(agent).size).toBeLessThanOrEqual(groups[workspace as 'small'])
          story.accept(conversation, agent)
          shares.set(agent, (shares.get(agent) ?? 0) + 1)
          ends.push({ at: story.now + 60_000 + next() * 240_000, conversation, agent })
          waiting[workspace as 'small']--
          routed++
        }
      }
      const total = [...shares.values()].reduce((sum, share) => sum + share, 0)
      for (const agent of agents) {
        const expected = (total * groups[agent.split('-')[0] as 'small']) / 36
        expect(Math.abs((shares.get(agent) ?? 0) / expected - 1), agent).toBeLessThan(0.05)
      }
    },
  )
})
