import { DeliverPolicy } from '@nats-io/jetstream'
import type { KV } from '@nats-io/kv'
import {
  type Notification,
  type OpenRequest,
  openRequest,
} from '../../../schemas/conversation/notification.ts'
import type { Workspaces } from '../../deliver.ts'
import { Conflict } from '../../errors.ts'
import type { Nats } from '../connect.ts'
import { ConversationStore } from '../engine/conversation-store.ts'
import { isConflict } from '../errors.ts'
import type { Headers } from '../publisher.ts'
import { removeMatching } from '../remove-matching.ts'
import { type RetryOptions, retry } from '../retry.ts'
import { buckets, endedRequestTtl, streams, subjects } from '../topology.ts'

/** The stream WORKSPACE and the bucket of open requests. */
export class WorkspaceDesk implements Workspaces {
  readonly #nats: Nats
  readonly #bucket: KV
  readonly #retryOptions: RetryOptions
  readonly #conversations: ConversationStore

  constructor(nats: Nats, bucket: KV, retryOptions: RetryOptions) {
    this.#nats = nats
    this.#bucket = bucket
    this.#retryOptions = retryOptions
    this.#conversations = new ConversationStore(nats, retryOptions)
  }

  async open(workspace: string, conversation: string) {
    const entry = await this.#retry(() => this.#bucket.get(`${workspace}.${conversation}`))
    if (!entry) return { revision: 0, request: null }
    const read = entry.operation === 'PUT' ? openRequest.safeParse(entry.json()) : null
    return { revision: entry.revision, request: read?.success ? read.data : null }
  }

  async isErased(conversation: string): Promise<boolean> {
    const { record } = await this.#conversations.load(conversation, true)
    return record?.state.erased !== undefined
  }

  async keep(request: OpenRequest, revision: number): Promise<void> {
    const { workspace, conversation, state } = request
    const subject = `$KV.${buckets.openRequests}.${workspace}.${conversation}`
    const headers: Headers = { 'Nats-Expected-Last-Subject-Sequence': String(revision) }
    // What is over goes by itself after a while; the bucket is for what is open.
    if (state === 'ended' || state === 'withdrawn') headers['Nats-TTL'] = endedRequestTtl
    try {
      await this.#retry(() => this.#nats.publisher.publish(subject, JSON.stringify(request), headers))
    } catch (error) {
      if (isConflict(error)) throw new Conflict(subject, { cause: error })
      throw error
    }
  }

  async publish(notification: Notification, id: string): Promise<void> {
    const subject = subjects.workspace(notification.workspace, notification.action)
    const body = JSON.stringify(notification)
    await this.#retry(() => this.#nats.publisher.publish(subject, body, { 'Nats-Msg-Id': id }))
  }

  async forget(workspace: string, conversation: string, since: string, upTo: number): Promise<void> {
    const from = { deliver_policy: DeliverPolicy.StartTime, opt_start_time: since }
    await this.#retry(async () => {
      await removeMatching(this.#nats.js, this.#nats.jsm, streams.workspace, from, (headers) =>
        headers.get('Nats-Msg-Id').startsWith(`${conversation}.`),
      )
      await this.#bucket.purge(`${workspace}.${conversation}`)
      // Last: the message itself is among them, by which a successor would find what is left to do.
      await this.#nats.jsm.streams.purge(streams.requests, {
        filter: subjects.request(conversation),
        seq: upTo + 1,
      })
    })
  }

  #retry<T>(attempt: () => Promise<T>): Promise<T> {
    return retry('the workspaces', this.#retryOptions, attempt)
  }
}
