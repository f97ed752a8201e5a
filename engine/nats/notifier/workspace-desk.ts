import type { MsgHdrs } from '@nats-io/transport-node'
import {
  type Notification,
  type OpenRequest,
  openRequest,
} from '../../../schemas/conversation/notification.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import type { KeptRequest, Workspaces } from '../../deliver.ts'
import { Bucket } from '../bucket.ts'
import type { Nats } from '../connect.ts'
import { ConversationStore } from '../engine/conversation-store.ts'
import { overwriteSubject, removeMatching, rewriteBlock } from '../remove-messages.ts'
import { type RetryOptions, retry } from '../retry.ts'
import { buckets, endedRequestTtl, streams, subjects } from '../topology.ts'

/** Requests in memory; one takes about 1 kB. */
const knownMax = 16_000

/** The stream WORKSPACE and the bucket of open requests. */
export class WorkspaceDesk implements Workspaces {
  readonly #nats: Nats
  readonly #bucket: Bucket
  readonly #retryOptions: RetryOptions
  readonly #conversations: ConversationStore
  /** Requests that are not over, as this notifier wrote them last, in that order. */
  readonly #known = new Map<string, KeptRequest>()
  /** Erased conversations, by the time from which on they have notifications: those that the next read removes. */
  #erased: Map<string, Date> | undefined
  /** The last read. */
  #removed: Promise<void> = Promise.resolve()

  #rewriting: Promise<void> = Promise.resolve()
  /** The one that begins after `#rewriting`. */
  #nextRewriting: Promise<void> | undefined

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
    if (!isOver) this.#remember(key, { revision: kept, request })
  }

  async publish(notification: Notification, id: string): Promise<void> {
    const subject = subjects.workspace(notification.workspace, notification.action)
    const body = JSON.stringify(notification)
    await this.#retry(() => this.#nats.publisher.publish(subject, body, { 'Nats-Msg-Id': id }))
  }

  async forget(workspace: string, conversation: string, since: string, upTo: number): Promise<void> {
    await this.#removeNotifications(conversation, new Date(since))
    const key = `${workspace}.${conversation}`
    this.#known.delete(key)
    await this.#retry(async () => {
      const { openRequests } = buckets
      await overwriteSubject(this.#nats, `KV_${openRequests}`, `$KV.${openRequests}.${key}`)
      // The marker tells those who watch the bucket.
      await this.#bucket.purge(key)
    })
    await this.#rewriteBlock()
    // Last: should this notifier die before, the message makes its successor do the rest.
    await this.#retry(() =>
      overwriteSubject(this.#nats, streams.requests, subjects.request(conversation), upTo),
    )
  }

  /** Makes earlier revisions unreadable, of all that were erased before it began. */
  #rewriteBlock(): Promise<void> {
    this.#nextRewriting ??= this.#rewriting.then(() => {
      this.#nextRewriting = undefined
      this.#rewriting = this.#retry(() => rewriteBlock(this.#nats, buckets.openRequests))
      return this.#rewriting
    })
    return this.#nextRewriting
  }

  #remember(key: string, kept: KeptRequest): void {
    this.#known.set(key, kept)
    if (this.#known.size <= knownMax) return
    const [oldest] = this.#known.keys()
    this.#known.delete(oldest as string)
  }

  /** A read of the stream removes the notifications of all conversations that were erased before it began. */
  #removeNotifications(conversation: string, since: Date): Promise<void> {
    if (!this.#erased) {
      const erased = new Map<string, Date>()
      this.#erased = erased
      const isTheirs = (headers: MsgHdrs) => erased.has(headers.get('Nats-Msg-Id').split('.')[0] ?? '')
      const remove = () => {
        this.#erased = undefined
        const from = new Date(Math.min(...[...erased.values()].map(Number)))
        return this.#retry(() => removeMatching(this.#nats, streams.workspace, isTheirs, from))
      }
      this.#removed = this.#removed.then(remove, remove)
    }
    this.#erased.set(conversation, since)
    return this.#removed
  }

  #retry<T>(attempt: () => Promise<T>): Promise<T> {
    return retry('the workspaces', this.#retryOptions, attempt)
  }
}
