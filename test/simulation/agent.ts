import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Nats } from '../../engine/nats/connect.ts'
import { publishEvent } from '../../engine/nats/inbox.ts'
import { OpenRequests } from '../../engine/nats/views/open-requests.ts'
import { publishDesk } from '../../engine/nats/views/signals.ts'
import type { OpenRequest } from '../../schemas/conversation/notification.ts'
import type { DeskPresence } from '../../schemas/conversation/presence.ts'
import type { Random } from '../chaos/random.ts'

const heartbeatMs = 2_000

/** A stretch of time in which an agent was at a desk and online. */
export interface Shift {
  from: number
  until: number
}

/** An agent with desks in some workspaces, who works, and now and then vanishes, goes away, comes back. */
export class SimulatedAgent {
  readonly id: string
  /** When they were online, in epoch milliseconds. */
  readonly shifts: Shift[] = []
  readonly #nats: Nats
  readonly #random: Random
  readonly #workspaces: readonly string[]
  readonly #desk = randomUUID()
  readonly #requests = new Map<string, OpenRequests>()
  #state: DeskPresence['state'] = 'gone'
  #heartbeat: NodeJS.Timeout | undefined

  constructor(nats: Nats, random: Random, id: string, workspaces: readonly string[]) {
    this.#nats = nats
    this.#random = random
    this.id = id
    this.#workspaces = workspaces
  }

  /** Works until then, in epoch milliseconds. */
  async work(until: number): Promise<void> {
    for (const workspace of this.#workspaces)
      this.#requests.set(workspace, await OpenRequests.watch(this.#nats, workspace, () => {}))
    this.#arrive()
    while (Date.now() < until) {
      await sleep(this.#random.between(200, 900))
      if (this.#random.happens(0.012)) await this.#interruption()
      await this.#act()
    }
  }

  async stop(): Promise<void> {
    this.#leave('gone')
    for (const requests of this.#requests.values()) requests.close()
  }

  /** The laptop is closed, or the agent is away, or signs out; and comes back. */
  async #interruption(): Promise<void> {
    const how = this.#random.pick(['vanishes', 'vanishes', 'away', 'signs out'] as const)
    if (how === 'vanishes') this.#leave(null)
    else if (how === 'away') this.#leave('away')
    else {
      for (const { conversation } of this.#mine())
        await publishEvent(this.#nats, conversation, 'agent.left', { agent: { id: this.id } }, randomUUID())
      this.#leave('gone')
    }
    await sleep(this.#random.between(5_000, how === 'vanishes' ? 60_000 : 15_000))
    this.#arrive()
  }

  async #act(): Promise<void> {
    const open = [...this.#requests.values()].flatMap((requests) => requests.waiting())
    const offered = open.filter(({ offer }) => offer?.agent.id === this.id)
    for (const request of offered) {
      if (this.#random.happens(0.15)) continue
      if (this.#random.happens(0.1)) await this.#do(request, 'agent.released')
      else await this.#do(request, 'agent.accepted', { request: request.request })
    }
    const mine = this.#mine()
    const free = open.filter(({ workspace, offer }) => workspace === 'night' && !offer)
    if (free.length > 0 && mine.length < 3 && this.#random.happens(0.3))
      await this.#do(this.#random.pick(free), 'agent.accepted')
    for (const request of mine) {
      if (this.#random.happens(0.5)) continue
      const what = this.#random.next()
      if (what < 0.75) await this.#do(request, 'agent.message', { text: `Hello from ${this.id}` })
      else if (what < 0.8) await this.#do(request, 'agent.released', { reason: 'not mine' })
      else if (what < 0.84)
        await this.#do(request, 'agent.transferred', { to: { workspace: 'night' }, note: 'for the night' })
      else if (what < 0.88)
        await this.#do(request, 'agent.transferred', { to: { agent: { id: 'agent-1' } }, note: 'for you' })
      else if (what < 0.92) await this.#do(request, 'agent.noted', { text: 'be nice' })
      else await this.#do(request, 'agent.ended')
    }
    const others = [...this.#requests.values()]
      .flatMap((requests) => requests.accepted())
      .filter(({ agent, unattendedSince }) => agent?.id !== this.id && unattendedSince !== undefined)
    if (others.length > 0 && mine.length < 3 && this.#random.happens(0.2))
      await this.#do(this.#random.pick(others), 'agent.accepted', { takeOver: true })
  }

  #mine(): OpenRequest[] {
    return [...this.#requests.values()].flatMap((requests) => requests.accepted(this.id))
  }

  async #do({ conversation }: OpenRequest, type: string, payload: object = {}): Promise<void> {
    const body = { agent: { id: this.id, name: this.id }, ...payload }
    await publishEvent(this.#nats, conversation, type as 'agent.accepted', body, randomUUID())
  }

  #arrive(): void {
    this.shifts.push({ from: Date.now(), until: Number.POSITIVE_INFINITY })
    this.#state = 'online'
    // One who was away has kept theirs.
    clearInterval(this.#heartbeat)
    this.#heartbeat = setInterval(() => this.#tell(), heartbeatMs)
    this.#tell()
  }

  /** @param state `null`: without a word */
  #leave(state: 'away' | 'gone' | null): void {
    const shift = this.shifts.at(-1)
    if (shift) shift.until = Math.min(shift.until, Date.now())
    if (state !== 'away') clearInterval(this.#heartbeat)
    if (state === null) return
    this.#state = state
    this.#tell()
  }

  #tell(): void {
    for (const workspace of this.#workspaces)
      publishDesk(this.#nats, workspace, {
        desk: `${this.#desk}-${workspace}`,
        agent: { id: this.id, name: this.id },
        state: this.#state,
      })
  }
}
