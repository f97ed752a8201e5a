import { type OpenRequest, openRequest } from '../../../schemas/conversation/notification.ts'
import { byAge, isOpenRequest, isStaleRequest } from '../../../schemas/conversation/request-state.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import { contextOf, isRunning } from '../../core/conversation.ts'
import { requestOf } from '../../core/effects.ts'
import { readRecord } from '../../core/record.ts'
import { Bucket, type BucketEntry } from '../bucket.ts'
import type { RoleConnection } from '../connect.ts'
import { directGetLast } from '../direct-get.ts'
import { streams, subjects } from '../topology.ts'

/**
 * Called for each change of a request that is open (waits or is accepted) now or was before. `null`: it was not there
 * before, or was erased.
 */
export type RequestChanged = (now: OpenRequest | null, before: OpenRequest | null) => void

/** A workspace's open requests, kept up to date. */
export class OpenRequests {
  readonly #workspace: string
  readonly #onChange: RequestChanged
  /** Open requests by key in the bucket. */
  readonly #open = new Map<string, OpenRequest>()
  /** While the bucket is listed: the keys that were not listed yet. */
  #unconfirmed = new Set<string>()
  #stop: () => void = () => {}

  private constructor(workspace: string, changed: RequestChanged) {
    this.#workspace = workspace
    this.#onChange = changed
  }

  /**
   * Settles once all requests are known that are open now; `changed` is called for later changes.
   *
   * @param workspace `*` for all
   */
  static async watch(
    role: RoleConnection,
    workspace: string,
    changed: RequestChanged,
  ): Promise<OpenRequests> {
    let isKnown = false
    const open = new OpenRequests(workspace, (now, before) => {
      if (isKnown) changed(now, before)
    })
    open.#stop = await new Bucket(role, 'openRequests').watch(`${workspace}.*`, {
      listing: () => {
        open.#unconfirmed = new Set(open.#open.keys())
      },
      changed: (entry) => open.#update(entry),
      listed: () => {
        for (const key of open.#unconfirmed) open.#put(key, null)
        isKnown = true
      },
    })
    return open
  }

  /** All of them, in no order. */
  all(): Iterable<OpenRequest> {
    return this.#open.values()
  }

  /** The waiting requests, the oldest first. */
  waiting(): OpenRequest[] {
    return this.#inOrder(({ state }) => state === 'waiting')
  }

  /** The requests that an agent, or any agent, has accepted, the oldest first. */
  accepted(agent?: string): OpenRequest[] {
    return this.#inOrder(
      (request) => request.state === 'accepted' && (agent === undefined || request.agent?.id === agent),
    )
  }

  /** A conversation's open request. */
  get(conversation: string): OpenRequest | undefined {
    return this.#open.get(`${this.#workspace}.${conversation}`)
  }

  close(): void {
    this.#stop()
  }

  #inOrder(matches: (request: OpenRequest) => boolean): OpenRequest[] {
    return [...this.#open.values()].filter(matches).sort(byAge)
  }

  #update({ key, value }: BucketEntry): void {
    this.#unconfirmed.delete(key)
    this.#put(key, value === null ? null : readOpenRequest(value))
  }

  #put(key: string, now: OpenRequest | null): void {
    const before = this.#open.get(key) ?? null
    // A stale replica may list all of them again.
    if (now && isStaleRequest(now, before)) return
    const open = now && isOpenRequest(now) ? now : null
    if (open) this.#open.set(key, open)
    else this.#open.delete(key)
    if ((open || before) && now?.record !== before?.record) this.#onChange(now, before)
  }
}

/**
 * A conversation's request as the agents of a workspace may read it: also once it has ended, at any time, but not while
 * it is another workspace's. `null`: they may read nothing of the conversation.
 */
export async function readRequestForAgents(
  role: RoleConnection,
  workspace: string,
  conversation: string,
): Promise<OpenRequest | null> {
  const stored = await readRequest(role, workspace, conversation)
  return stored && stored.movedTo === undefined ? stored : readEndedRequest(role, workspace, conversation)
}

/** A conversation's request, open or ended; ended ones are stored for a week. */
export async function readRequest(
  role: RoleConnection,
  workspace: string,
  conversation: string,
): Promise<OpenRequest | null> {
  const entry = await new Bucket(role, 'openRequests').get(`${workspace}.${conversation}`)
  return entry ? readOpenRequest(entry.value) : null
}

/**
 * The request of a conversation that has ended, at any time, as its last record has it: for the workspace that it was in
 * last, and those that it was transferred from. `null`: it is none of theirs, has not ended, or was erased.
 */
async function readEndedRequest(
  role: RoleConnection,
  workspace: string,
  conversation: string,
): Promise<OpenRequest | null> {
  const last = await directGetLast(role, streams.conversations, subjects.conversation(conversation))
  const record = last && readRecord(Buffer.from(last.body).toString())
  if (!last || !record || !isRunning(record.state) || record.state.snapshot.status !== 'done') return null
  const request = requestOf(conversation, last.seq, record.at, record.state)
  const { request: number, formerWorkspaces = [] } = request
  const isTheirs = request.workspace === workspace || formerWorkspaces.includes(workspace)
  return isTheirs && number > 0 ? { ...request, workspace } : null
}

/** Whose conversation it is: the external id of its customer, once a login has verified it; `null`: nobody's. */
export async function readOwner(
  role: RoleConnection,
  conversation: string,
): Promise<ConversationOwner | null> {
  const last = await directGetLast(role, streams.conversations, subjects.conversation(conversation))
  const record = last && readRecord(Buffer.from(last.body).toString())
  if (!record || !isRunning(record.state)) return null
  const { customer, pinned } = contextOf(record.state.snapshot)
  const { externalId, verified } = customer
  return externalId !== null && verified ? { externalId, channel: pinned.channel } : null
}

export interface ConversationOwner {
  externalId: string
  channel: string
}

function readOpenRequest(json: string): OpenRequest | null {
  return openRequest.safeParse(parseJson(json)).data ?? null
}
