import { createHash } from 'node:crypto'
import type { Subscription } from '@nats-io/transport-node'
import type { OpenRequest } from '../../../../schemas/conversation/notification.ts'
import { customerPresence, deskPresence } from '../../../../schemas/conversation/presence.ts'
import { parseJson } from '../../../../schemas/parse-json.ts'
import type { RoleConnection } from '../../connect.ts'
import { isWeather } from '../../errors.ts'
import { publishEvent } from '../../inbox.ts'
import type { RetryOptions } from '../../retry.ts'
import { subjects } from '../../topology.ts'
import { Agents } from './agents.ts'
import { Customers } from './customers.ts'
import { RoutedRequests } from './requests.ts'
import { type Picture, type RouterEvent, route, teamOf } from './route.ts'
import { watchWorkspaces } from './workspace-watch.ts'

/** Changes are gathered for this long. */
const tickMs = 100
/** Time alone changes what is to be done: silence, hours, waiting times. Teams are published as often. */
const clockMs = 1_000
/** Passes further apart than this have missed something: the process was suspended, or the connection lost. */
const gapMs = 5_000
/** The most events of one pass. */
const eventsMax = 500
/** An event that could not be stored is decided again after this long. */
const failedMs = 1_000

/** How long an agent may be away or gone before they give back what they have, in milliseconds. */
export const agentGraceMs = 60_000

/**
 * Routes waiting requests to agents, and tells desks who is there. Every notifier knows the picture; the active one
 * acts on it. A pass decides nothing where no workspace is configured and nobody’s presence was heard.
 */
export class Router {
  readonly #nats: RoleConnection
  readonly #retryOptions: RetryOptions
  readonly #picture: Picture
  readonly #subscriptions: Subscription[]
  /** As they were published last, by workspace. */
  readonly #teams = new Map<string, string>()
  #stopWatching = () => {}
  readonly #timer: NodeJS.Timeout
  #active: { roster: Subscription } | undefined
  #isChanged = true
  #isPassing = false
  #passedAt = 0

  private constructor(nats: RoleConnection, retryOptions: RetryOptions, graceMs: number) {
    this.#nats = nats
    this.#retryOptions = retryOptions
    const now = Date.now()
    this.#picture = {
      requests: new RoutedRequests(),
      agents: new Agents(now),
      customers: new Customers(now),
      workspaces: new Map(),
      agentGraceMs: graceMs,
    }
    this.#timer = setInterval(() => void this.#tick(), tickMs)
    this.#subscriptions = [
      this.#hear(subjects.desk('*'), (body, workspace) => {
        const { data } = deskPresence.safeParse(parseJson(body))
        if (data) this.#picture.agents.hear(workspace, data, Date.now())
        return data !== undefined
      }),
      this.#hear(subjects.presence('*'), (body, conversation) => {
        const { data } = customerPresence.safeParse(parseJson(body))
        if (!data) return false
        const was = this.#picture.customers.isGone(conversation)
        this.#picture.customers.hear(conversation, data, Date.now())
        return was !== this.#picture.customers.isGone(conversation)
      }),
    ]
  }

  /** @param graceMs as `agentGraceMs` */
  static async watch(nats: RoleConnection, retryOptions: RetryOptions, graceMs: number): Promise<Router> {
    const router = new Router(nats, retryOptions, graceMs)
    router.#stopWatching = await watchWorkspaces(nats, retryOptions.log, (workspaces) => {
      router.#picture.workspaces = workspaces
      router.#isChanged = true
    })
    return router
  }

  /** Takes over a request that is open already. */
  list(request: OpenRequest): void {
    const { requests, agents } = this.#picture
    requests.change(request, undefined)
    // One whose desk has vanished while no notifier ran is missed like any other.
    if (request.state === 'accepted' && request.atDesk && request.agent) agents.expect(request.agent)
  }

  /** Takes over a change of a request. */
  change(now: OpenRequest | null, before: OpenRequest | null): void {
    const { requests } = this.#picture
    if (now) requests.change(now, Date.now())
    else if (before) requests.forget(before)
    this.#isChanged = true
  }

  /** The number of agents with a desk, by state. */
  agents(): ReadonlyMap<string, number> {
    const counts = new Map([
      ['online', 0],
      ['away', 0],
    ])
    for (const { state } of this.#picture.agents.all.values())
      if (state !== 'gone') counts.set(state, (counts.get(state) ?? 0) + 1)
    return counts
  }

  /** Acts and answers, until `standBy`. */
  activate(): void {
    if (this.#active) return
    const roster = this.#nats.connection.subscribe(subjects.roster('*'), {
      callback: (error, message) => {
        if (error) return
        this.#updateAgents(Date.now())
        message.respond(JSON.stringify(teamOf(this.#picture, message.subject.split('.')[2] ?? '')))
      },
    })
    // Another notifier may have published other teams meanwhile.
    this.#teams.clear()
    this.#isChanged = true
    this.#active = { roster }
  }

  standBy(): void {
    this.#active?.roster.unsubscribe()
    this.#active = undefined
  }

  close(): void {
    this.standBy()
    clearInterval(this.#timer)
    this.#stopWatching()
    for (const subscription of this.#subscriptions) subscription.unsubscribe()
  }

  /** @param handle returns whether something has changed */
  #hear(subject: string, handle: (body: string, token: string) => boolean): Subscription {
    return this.#nats.connection.subscribe(subject, {
      callback: (error, message) => {
        if (!error && handle(message.string(), message.subject.split('.')[2] ?? '')) this.#isChanged = true
      },
    })
  }

  /** Whether there is anything to decide or to publish at all. */
  get #isNeeded(): boolean {
    const { agents, customers, requests, workspaces } = this.#picture
    return agents.size > 0 || workspaces.size > 0 || customers.size > 0 || requests.held.size > 0
  }

  async #tick(): Promise<void> {
    const isDue = Date.now() - this.#passedAt >= clockMs
    if (this.#isPassing || !(this.#isChanged || isDue) || !this.#isNeeded) return
    // On standby it only forgets those who are gone.
    if (!this.#active) {
      if (isDue) this.#update(Date.now())
      return
    }
    this.#isPassing = true
    try {
      // Messages that were sent to this process until now are heard first, also after it was suspended.
      await this.#nats.flush()
      if (this.#active) this.#pass(Date.now(), isDue)
    } catch (error) {
      if (!isWeather(error)) this.#retryOptions.log.error({ err: error }, 'cannot route requests')
    } finally {
      this.#isPassing = false
    }
  }

  #pass(now: number, isDue: boolean): void {
    const { agents, customers } = this.#picture
    if (now - this.#passedAt > gapMs) {
      agents.listenAnew(now)
      customers.listenAnew(now)
    }
    this.#isChanged = false
    if (isDue) this.#update(now)
    else this.#updateAgents(now)
    const events = route(this.#picture, now, eventsMax)
    for (const event of events) void this.#publish(event)
    if (events.length === eventsMax) this.#isChanged = true
    if (isDue) this.#publishTeams()
  }

  #update(now: number): void {
    const { customers, requests } = this.#picture
    this.#passedAt = now
    this.#updateAgents(now)
    customers.update(now, (conversation) => requests.get(conversation) !== undefined)
  }

  #updateAgents(now: number): void {
    const { agents, requests } = this.#picture
    agents.update(now, (agent) => requests.of(agent).size > 0)
  }

  async #publish({ conversation, type, payload }: RouterEvent): Promise<void> {
    const { requests } = this.#picture
    const known = requests.get(conversation)
    const record = known?.request.record ?? 0
    // The same decision about the same state of the request is the same event, whoever makes it.
    const digest = createHash('sha256').update(JSON.stringify(payload)).digest('base64url').slice(0, 16)
    try {
      await publishEvent(this.#nats, conversation, type, payload, `${type}.${record}.${digest}`)
    } catch (error) {
      if (!isWeather(error))
        this.#retryOptions.log.error({ conversation, err: error }, 'cannot route a request')
      if (known?.sent) known.sent.until = Date.now() + failedMs
    }
  }

  #publishTeams(): void {
    const { agents } = this.#picture
    const workspaces = new Set([...agents.all.values()].flatMap(({ workspaces }) => [...workspaces]))
    for (const workspace of this.#teams.keys()) if (!workspaces.has(workspace)) this.#teams.delete(workspace)
    for (const workspace of workspaces) {
      const team = JSON.stringify(teamOf(this.#picture, workspace))
      if (this.#teams.get(workspace) === team) continue
      this.#teams.set(workspace, team)
      this.#nats.connection.publish(subjects.team(workspace), team)
    }
  }
}
