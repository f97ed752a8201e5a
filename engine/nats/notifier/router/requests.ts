import type { OpenRequest } from '../../../../schemas/conversation/notification.ts'
import { isOpenRequest } from '../../../../schemas/conversation/request-state.ts'
import { LatestMap } from '../../../latest-map.ts'
import { WaitingLine } from '../queues/waiting-time.ts'
import { waiterOf } from '../queues/workspace-queue.ts'

/** An open request as the router knows it; instants are epoch milliseconds. */
export interface KnownRequest {
  request: OpenRequest
  /** Since when it waits in this workspace, or its agent has it; Infinity: its channel never opens. */
  since: number
  /** When it changed last. */
  changedAt: number
  /** An event of the router's that is not visible in the request yet; after `until` it counts as lost. */
  sent?: { agent?: string; recalledFrom?: string; until: number }
  /** The router, not an agent's transfer, has made its offer. */
  isRouted?: true
}

/** Agents whose last request is remembered. */
const agentsMax = 10_000
const nobody: ReadonlySet<string> = new Set()

/** All open requests: the queue of each workspace, and what each agent has. */
export class RoutedRequests {
  /** All of them, by conversation. */
  readonly #known = new Map<string, KnownRequest>()
  readonly #lines = new Map<string, WaitingLine>()
  /** The conversations that each agent has accepted or is offered, by the agent's id. */
  readonly #byAgent = new Map<string, Set<string>>()
  /** The number of open requests of each workspace. */
  readonly #counts = new Map<string, number>()
  readonly #held = new Set<string>()
  readonly #routed = new Set<string>()
  readonly #sent = new Set<string>()
  readonly #lastGot = new LatestMap<string, number>(agentsMax)

  /** Workspaces with open requests. */
  get workspaces(): Iterable<string> {
    return this.#counts.keys()
  }

  /** Conversations whose escalation is held back. */
  get held(): ReadonlySet<string> {
    return this.#held
  }

  /** Conversations that are offered to an agent by this router. */
  get routed(): ReadonlySet<string> {
    return this.#routed
  }

  get(conversation: string): KnownRequest | undefined {
    return this.#known.get(conversation)
  }

  lineOf(workspace: string): WaitingLine | undefined {
    return this.#lines.get(workspace)
  }

  /** The conversations that an agent has accepted or is offered. */
  of(agent: string): ReadonlySet<string> {
    return this.#byAgent.get(agent) ?? nobody
  }

  /** When the agent last accepted a request or was offered one; 0: not that it is known. */
  lastGotAt(agent: string): number {
    return this.#lastGot.get(agent) ?? 0
  }

  /**
   * Takes over a request as it stands now.
   *
   * @param now when the change was observed; `undefined`: it was listed, and may be older
   */
  change(request: OpenRequest, now: number | undefined): void {
    const { conversation, workspace } = request
    const known = this.#known.get(conversation)
    // A request that was moved may wait in its new workspace before it is withdrawn from the former one.
    if (
      known &&
      known.request.workspace !== workspace &&
      (known.request.record > request.record || !isOpenRequest(request))
    )
      return
    const changedAt = now ?? Date.parse(request.at)
    const sentTo = known?.sent?.agent
    if (known) this.#remove(known)
    if (!isOpenRequest(request)) return
    const agent = agentOf(request)
    const wasRouted = known?.isRouted && agent === agentOf(known.request)
    const isRouted = request.offer && (wasRouted || sentTo === agent)
    this.#add({
      request,
      since: sinceOf(request, known, now),
      changedAt,
      ...(isRouted && { isRouted }),
    })
    if (agent !== undefined && agent !== (known && agentOf(known.request)))
      this.#lastGot.set(agent, Math.max(changedAt, this.lastGotAt(agent)))
  }

  /** Forgets an erased request. */
  forget({ conversation, workspace }: Pick<OpenRequest, 'conversation' | 'workspace'>): void {
    const known = this.#known.get(conversation)
    if (known?.request.workspace === workspace) this.#remove(known)
  }

  /** Notes that an event was published, until it is visible in the request. */
  send(conversation: string, sent: NonNullable<KnownRequest['sent']>, now: number): void {
    const known = this.#known.get(conversation)
    if (!known) return
    this.#withdrawSent(known)
    known.sent = sent
    this.#sent.add(conversation)
    if (sent.recalledFrom !== undefined) this.#unassign(sent.recalledFrom, conversation)
    if (sent.agent === undefined) return
    this.#assign(sent.agent, conversation)
    this.#lastGot.set(sent.agent, now)
  }

  /** Gives up on events that had no effect. */
  expireSent(now: number): void {
    for (const conversation of this.#sent) {
      const known = this.#known.get(conversation)
      if (known?.sent && known.sent.until <= now) this.#withdrawSent(known)
    }
  }

  #add(known: KnownRequest): void {
    const { request } = known
    const { conversation, workspace, held } = request
    if (known.isRouted) this.#routed.add(conversation)
    this.#known.set(conversation, known)
    this.#counts.set(workspace, (this.#counts.get(workspace) ?? 0) + 1)
    if (request.state === 'waiting') {
      const line = this.#lines.get(workspace) ?? new WaitingLine()
      this.#lines.set(workspace, line)
      line.put(waiterOf(request))
      if (held) this.#held.add(conversation)
    }
    const agent = agentOf(request)
    if (agent !== undefined) this.#assign(agent, conversation)
  }

  #remove(known: KnownRequest): void {
    const { request } = known
    const { conversation, workspace } = request
    this.#withdrawSent(known)
    this.#known.delete(conversation)
    this.#held.delete(conversation)
    this.#routed.delete(conversation)
    const count = (this.#counts.get(workspace) ?? 1) - 1
    if (count > 0) this.#counts.set(workspace, count)
    else this.#counts.delete(workspace)
    const line = this.#lines.get(workspace)
    if (line?.remove(conversation) && line.length === 0) this.#lines.delete(workspace)
    const agent = agentOf(request)
    if (agent !== undefined) this.#unassign(agent, conversation)
  }

  #withdrawSent(known: KnownRequest): void {
    const { conversation } = known.request
    const { agent, recalledFrom } = known.sent ?? {}
    if (agent !== undefined && agent !== agentOf(known.request)) this.#unassign(agent, conversation)
    if (recalledFrom !== undefined) this.#assign(recalledFrom, conversation)
    delete known.sent
    this.#sent.delete(conversation)
  }

  #assign(agent: string, conversation: string): void {
    const assigned = this.#byAgent.get(agent) ?? new Set()
    this.#byAgent.set(agent, assigned.add(conversation))
  }

  #unassign(agent: string, conversation: string): void {
    const assigned = this.#byAgent.get(agent)
    assigned?.delete(conversation)
    if (assigned?.size === 0) this.#byAgent.delete(agent)
  }
}

/** The id of the agent who has it or is offered it. */
export function agentOf({ agent, offer }: OpenRequest): string | undefined {
  return (agent ?? offer?.agent)?.id
}

function sinceOf(request: OpenRequest, known: KnownRequest | undefined, now: number | undefined): number {
  const before = known?.request
  const isSame =
    before?.state === request.state &&
    before.workspace === request.workspace &&
    before.agent?.id === request.agent?.id
  if (known && isSame) return known.since
  const { state, waitingSince, formerWorkspaces } = request
  const isFirstWait = state === 'waiting' && before?.state !== 'accepted' && !formerWorkspaces
  if (state === 'waiting' && waitingSince !== undefined) return Date.parse(waitingSince)
  return isFirstWait ? waiterOf(request).from : (now ?? Date.parse(request.at))
}
