import { durationMs } from '../../../../schemas/configuration/channel.ts'
import type { WorkspaceSettings } from '../../../../schemas/configuration/workspace.ts'
import { workspaceDefaults } from '../../../../schemas/configuration/workspace-defaults.ts'
import type { EventType, Payload } from '../../../../schemas/conversation/event.ts'
import type { Team } from '../../../../schemas/conversation/presence.ts'
import type { OpeningHours } from '../../../core/hours/opening-hours.ts'
import type { Agents, PresentAgent } from './agents.ts'
import type { Customers } from './customers.ts'
import { agentOf, type KnownRequest, type RoutedRequests } from './requests.ts'

/** A configured workspace. */
export interface RoutedWorkspace {
  settings: WorkspaceSettings
  /** Absent: always open. */
  hours?: OpeningHours | undefined
}

/** Everything that the router decides by. */
export interface Picture {
  requests: RoutedRequests
  agents: Agents
  customers: Customers
  /** The configured workspaces, by id. */
  workspaces: ReadonlyMap<string, RoutedWorkspace>
  /** An agent who is away or gone for longer gives back what they have, in milliseconds. */
  agentGraceMs: number
}

type Routed = Extract<EventType, 'agent.left' | `request.${string}`>
/** An event that the router publishes. */
export type RouterEvent = { conversation: string } & {
  [T in Routed]: { type: T; payload: Payload<T> }
}[Routed]

/** An event whose effect is not visible in the request after this long, in milliseconds, is published again. */
const effectMs = 30_000

/**
 * Decides the events to publish now, and notes them in the picture as sent: each is decided once as long as its effect
 * is awaited.
 *
 * @param max the most events
 */
export function route(picture: Picture, now: number, max: number): RouterEvent[] {
  picture.requests.expireSent(now)
  const events: RouterEvent[] = []
  for (const decided of [leaves, recalls, overflows, holds, offers])
    for (const event of decided(picture, now)) {
      if (events.length >= max) return events
      const until = now + effectMs
      if (event.type === 'request.offered')
        picture.requests.send(event.conversation, { agent: event.payload.agent.id, until }, now)
      else if (event.type === 'request.recalled')
        picture.requests.send(event.conversation, { recalledFrom: event.payload.agent.id, until }, now)
      else picture.requests.send(event.conversation, { until }, now)
      events.push(event)
    }
  return events
}

/** Lists who is there in a workspace, and what waits. */
export function teamOf({ requests, agents, workspaces }: Picture, workspace: string): Team {
  const online = new Map<string, number>()
  for (const id of [...workspaces.keys(), ...requests.workspaces]) online.set(id, 0)
  for (const agent of agents.all.values())
    for (const id of agent.workspaces) {
      const count = online.get(id) ?? 0
      online.set(id, agent.state === 'online' ? count + 1 : count)
    }
  return {
    agents: [...agents.all.values()]
      .flatMap(({ id, name, state, workspaces: theirs }) => {
        if (state === 'gone' || !theirs.has(workspace)) return []
        const known = [...requests.of(id)].map((conversation) => requests.get(conversation)?.request)
        const accepted = known.filter((request) => request?.state === 'accepted').length
        return [
          { id, ...(name !== undefined && { name }), state, accepted, offered: known.length - accepted },
        ]
      })
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    waiting: requests.lineOf(workspace)?.length ?? 0,
    workspaces: [...online]
      .map(([id, count]) => {
        const name = workspaces.get(id)?.settings.name
        const waiting = requests.lineOf(id)?.length ?? 0
        return { id, ...(name !== undefined && { name }), online: count, waiting }
      })
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  }
}

/** Agents who are away or gone for longer than the grace time give back what they have, and what they are offered. */
function* leaves({ requests, agents, agentGraceMs }: Picture, now: number): Generator<RouterEvent> {
  for (const agent of agents.all.values()) {
    if (agent.absentSince === undefined || agents.absentFor(agent, now) < agentGraceMs) continue
    for (const conversation of [...requests.of(agent.id)]) {
      const known = requests.get(conversation)
      if (!known || known.sent || agentOf(known.request) !== agent.id) continue
      // One who accepts while they are away has the grace time for it.
      const isNew = known.request.state === 'accepted' && now - known.since < agentGraceMs
      if (isNew && !agent.hasSignedOut) continue
      yield { conversation, type: 'agent.left', payload: { agent: { id: agent.id } } }
    }
  }
}

/** An offer is recalled if its agent has accepted another request meanwhile, and has no room for it any more. */
function* recalls({ requests, workspaces }: Picture): Generator<RouterEvent> {
  for (const conversation of [...requests.routed]) {
    const known = requests.get(conversation)
    const agent = known?.request.offer?.agent.id
    if (!known || known.sent || agent === undefined) continue
    const capacity = workspaces.get(known.request.workspace)?.settings.capacity ?? workspaceDefaults.capacity
    if (requests.of(agent).size <= capacity) continue
    const { request } = known.request
    yield { conversation, type: 'request.recalled', payload: { agent: { id: agent }, request } }
  }
}

/** Requests go to another workspace outside the hours, where too many wait, or where they wait too long. */
function* overflows(picture: Picture, now: number): Generator<RouterEvent> {
  for (const [id, { settings, hours }] of picture.workspaces) {
    const { overflow } = settings
    const line = picture.requests.lineOf(id)
    if (!overflow || !line) continue
    const isClosed = hours?.isOpen(now) === false
    const { queue = Number.POSITIVE_INFINITY } = overflow
    const waitMs = overflow.wait === undefined ? Number.POSITIVE_INFINITY : durationMs(overflow.wait)
    if (!isClosed && line.length <= queue && waitMs === Number.POSITIVE_INFINITY) continue
    for (const [index, { conversation }] of line.all.entries()) {
      const known = picture.requests.get(conversation)
      if (!known || known.sent || known.request.offer) continue
      if (!isClosed && index < queue && now - known.since <= waitMs) continue
      const workspace = targetOf(picture, known, now)
      if (workspace === undefined) continue
      const { request } = known.request
      yield { conversation, type: 'request.moved', payload: { request, workspace } }
    }
  }
}

/** The next workspace on the way that is open; none where the request has been in it. */
function targetOf({ workspaces }: Picture, { request }: KnownRequest, now: number): string | undefined {
  const passed = new Set([request.workspace, ...(request.formerWorkspaces ?? [])])
  let target = workspaces.get(request.workspace)?.settings.overflow?.workspace
  while (target !== undefined && !passed.has(target)) {
    const next = workspaces.get(target)
    if (next?.hours?.isOpen(now) !== false) return target
    passed.add(target)
    target = next.settings.overflow?.workspace
  }
  return undefined
}

/** The escalation of a customer is held back once they have been gone for this long, in milliseconds. */
const heldAfterMs = 15_000

/** The escalation of a customer who is gone is held back while one who is there waits behind. */
function* holds({ requests, customers }: Picture, now: number): Generator<RouterEvent> {
  const isGone = (conversation: string) => customers.isGone(conversation) ?? requests.held.has(conversation)
  const lastPresent = new Map<string, number>()
  for (const conversation of new Set([...requests.held, ...customers.gone])) {
    const known = requests.get(conversation)
    if (known?.request.state !== 'waiting' || known.sent) continue
    const { workspace, request } = known.request
    const line = requests.lineOf(workspace)
    if (!line) continue
    let last = lastPresent.get(workspace)
    if (last === undefined) {
      last = line.length
      while (last > 0 && isGone(line.at(last)?.conversation ?? '')) last--
      lastPresent.set(workspace, last)
    }
    const held = isGone(conversation) && (line.positionOf(conversation) ?? 0) < last
    // Most who are gone are back within moments.
    if (held && !known.request.held && customers.goneFor(conversation, now) < heldAfterMs) continue
    if (held !== Boolean(known.request.held))
      yield { conversation, type: 'request.held', payload: { request, held } }
  }
}

/** In workspaces with assigned routing, requests are offered to one agent at a time. */
function* offers(picture: Picture, now: number): Generator<RouterEvent> {
  const { requests, agents, workspaces } = picture
  for (const [id, { settings }] of workspaces) {
    const line = requests.lineOf(id)
    if (!line || (settings.routing ?? workspaceDefaults.routing) !== 'assigned') continue
    const milliseconds = durationMs(settings.offerTimeout ?? workspaceDefaults.offerTimeout)
    const capacity = settings.capacity ?? workspaceDefaults.capacity
    const hasRoom = (agent: PresentAgent) => requests.of(agent.id).size < capacity
    const team = [...agents.all.values()].filter(
      ({ state, workspaces: theirs }) => state === 'online' && theirs.has(id),
    )
    // Customers who are there before those who are gone.
    let free = team.filter(hasRoom)
    for (const isHeld of [false, true])
      for (const { conversation } of line.all) {
        if (free.length === 0) break
        const known = requests.get(conversation)
        if (!known || known.sent || known.request.offer) continue
        if (Boolean(known.request.held) !== isHeld) continue
        const agent = choose(requests, known, free, now - pauseMs(known, milliseconds))
        if (!agent) continue
        const offered = { id: agent.id, ...(agent.name !== undefined && { name: agent.name }) }
        const { request } = known.request
        yield { conversation, type: 'request.offered', payload: { agent: offered, request, milliseconds } }
        free = team.filter(hasRoom)
      }
  }
}

/**
 * The agent who has waited longest since they last got a request, of those who were not asked yet. Where all were, the
 * request is everybody's for a while, before the one who was asked first is asked again.
 *
 * @param pauseSince a request that has changed later is not offered again to those who were asked
 */
function choose(
  requests: RoutedRequests,
  { request: { asked = [] }, changedAt }: KnownRequest,
  free: readonly PresentAgent[],
  pauseSince: number,
): PresentAgent | undefined {
  const others = free.filter(({ id }) => !asked.includes(id))
  if (others.length === 0 && changedAt > pauseSince) return undefined
  const rank = ({ id }: PresentAgent) => [asked.indexOf(id), requests.lastGotAt(id), requests.of(id).size]
  return (others.length > 0 ? others : free).toSorted(
    (a, b) => compare(rank(a), rank(b)) || (a.id < b.id ? -1 : 1),
  )[0]
}

/** The pause between two rounds of offers doubles up to this, or up to the time of an offer, if that is longer. */
const pauseMsMax = 900_000

/** After each round that nobody took, the next one comes later. */
function pauseMs({ request: { asked = [], offers = 0 } }: KnownRequest, offerMs: number): number {
  const rounds = Math.floor(offers / Math.max(asked.length, 1))
  return Math.min(offerMs * 2 ** Math.max(rounds - 1, 0), Math.max(offerMs, pauseMsMax))
}

/** The first difference decides. */
function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
