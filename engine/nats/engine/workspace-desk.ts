import type { MsgHdrs } from '@nats-io/transport-node'
import {
  type Notification,
  type OpenRequest,
  openRequest,
} from '../../../schemas/conversation/notification.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import type { KeptRequest, Workspaces } from '../../deliver.ts'
import { LatestMap } from '../../latest-map.ts'
import { Bucket } from '../bucket.ts'
import type { Nats } from '../connect.ts'
import { overwriteSubject, removeMatching, rewriteBlock } from '../remove-messages.ts'
import { type RetryOptions, retry } from '../retry.ts'
import { buckets, endedRequestTtl, streams, subjects } from '../topology.ts'
import { ConversationStore } from './conversation-store.ts'

/** Requests in memory; one takes about 1 kB. */
const knownMax = 16_000

/** The stream WORKSPACE and the bucket of open requests. */
export class WorkspaceDesk implements Workspaces {
  readonly #nats: Nats
  readonly #bucket: Bucket
  readonly #retryOptions: RetryOptions
  readonly #conversations: ConversationStore
  /** Requests that are not over, as this worker wrote them last. */
  readonly #known = new LatestMap<string, KeptRequest>(knownMax)
  /** Erased conversations whose notifications the next read removes, by the time from which on they have any. */
  #erased = new Map<string, Date>()

  /** A read of WORKSPACE removes the notifications of all conversations that were erased before it began. */
  readonly #removeNotifications = sharedRun(() => {
    const erased = this.#erased
    this.#erased = new Map()
    const isTheirs = (headers: MsgHdrs) => erased.has(headers.get('Nats-Msg-Id').split('.')[0] ?? '')
    const from = new Date(Math.min(...[...erased.values()].map(Number)))
    return this.#retry(() => removeMatching(this.#nats, streams.workspace, isTheirs, from))
  })

  /** Makes earlier revisions unreadable, of all conversations that were erased before it began. */
  readonly #rewriteBlock = sharedRun(() => this.#retry(() => rewriteBlock(this.#nats, buckets.openRequests)))

  constructor(nats: Nats, retryOptions: RetryOptions) {
    this.#nats = nats
    this.#bucket = new Bucket(nats, 'openRequests')
    this.#retryOptions = retryOptions
    this.#conversations = new ConversationStore(nats, retryOptions)
  }

  known(workspace: string, conversation: string): KeptRequest | undefined {
    return this.#known.get(`${workspace}.${conversation}`)
  }

  async open(workspace: string, conversation: string) {
    const entry = await this.#retry(() => this.#bucket.last(`${workspace}.${conversation}`))
    if (!entry) return { revision: 0, request: null }
    const request = entry.value === null ? undefined : openRequest.safeParse(parseJson(entry.value)).data
    return { revision: entry.revision, request: request ?? null }
  }

  async isErased(conversation: string): Promise<boolean> {
    const { record } = await this.#conversations.load(conversation, true)
    return record?.state.erased !== undefined
  }

  async keep(request: OpenRequest, revision: number): Promise<void> {
    const { workspace, conversation, state } = request
    // The bucket is for open requests: one that is over expires after a while.
    const isOver = state === 'ended' || state === 'withdrawn'
    const write = isOver ? { revision, ttl: endedRequestTtl } : { revision }
    const key = `${workspace}.${conversation}`
    this.#known.delete(key)
    const kept = await this.#retry(() => this.#bucket.put(key, JSON.stringify(request), write))
    if (!isOver) this.#known.set(key, { revision: kept, request })
  }

  async publish(notification: Notification, id: string): Promise<void> {
    const subject = subjects.workspace(notification.workspace, notification.action)
    const body = JSON.stringify(notification)
    await this.#retry(() => this.#nats.publisher.publish(subject, body, { 'Nats-Msg-Id': id }))
  }

  async forget(workspace: string, conversation: string, since: string, upTo: number): Promise<void> {
    this.#erased.set(conversation, new Date(since))
    await this.#removeNotifications()
    const key = `${workspace}.${conversation}`
    this.#known.delete(key)
    await this.#retry(async () => {
      const { openRequests } = buckets
      await overwriteSubject(this.#nats, `KV_${openRequests}`, `$KV.${openRequests}.${key}`)
      // The marker tells those who watch the bucket.
      await this.#bucket.purge(key)
    })
    await this.#rewriteBlock()
    // Last: should this worker die before, the message makes its successor do the rest.
    await this.#retry(() =>
      overwriteSubject(this.#nats, streams.requests, subjects.request(conversation), upTo),
    )
  }

  #retry<T>(attempt: () => Promise<T>): Promise<T> {
    return retry('the workspaces', this.#retryOptions, attempt)
  }
}

/**
 * Makes calls of a task share its runs: one that comes during a run waits for the next run, which all that come until
 * then share. A run that fails rejects its calls only.
 */
function sharedRun(run: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve()
  let next: Promise<void> | undefined
  const begin = () => {
    next = undefined
    return run()
  }
  return () => {
    if (!next) {
      next = last.then(begin, begin)
      last = next
    }
    return next
  }
}
