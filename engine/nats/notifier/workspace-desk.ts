import type { MsgHdrs } from '@nats-io/transport-node'
import {
  type Notification,
  type OpenRequest,
  openRequest,
} from '../../../schemas/conversation/notification.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import type { Workspaces } from '../../deliver.ts'
import { Bucket } from '../bucket.ts'
import type { Nats } from '../connect.ts'
import { ConversationStore } from '../engine/conversation-store.ts'
import { overwriteSubject, removeMatching } from '../remove-messages.ts'
import { type RetryOptions, retry } from '../retry.ts'
import { buckets, endedRequestTtl, streams, subjects } from '../topology.ts'

/** The stream WORKSPACE and the bucket of open requests. */
export class WorkspaceDesk implements Workspaces {
  readonly #nats: Nats
  readonly #bucket: Bucket
  readonly #retryOptions: RetryOptions
  readonly #conversations: ConversationStore

  constructor(nats: Nats, retryOptions: RetryOptions) {
    this.#nats = nats
    this.#bucket = new Bucket(nats, 'openRequests')
    this.#retryOptions = retryOptions
    this.#conversations = new ConversationStore(nats, retryOptions)
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
    await this.#retry(() => this.#bucket.put(`${workspace}.${conversation}`, JSON.stringify(request), write))
  }

  async publish(notification: Notification, id: string): Promise<void> {
    const subject = subjects.workspace(notification.workspace, notification.action)
    const body = JSON.stringify(notification)
    await this.#retry(() => this.#nats.publisher.publish(subject, body, { 'Nats-Msg-Id': id }))
  }

  async forget(workspace: string, conversation: string, since: string, upTo: number): Promise<void> {
    const isTheirs = (headers: MsgHdrs) => headers.get('Nats-Msg-Id').startsWith(`${conversation}.`)
    await this.#retry(async () => {
      await removeMatching(this.#nats, streams.workspace, isTheirs, new Date(since))
      const key = `${workspace}.${conversation}`
      const { openRequests } = buckets
      await overwriteSubject(this.#nats, `KV_${openRequests}`, `$KV.${openRequests}.${key}`)
      // The marker tells those who watch the bucket.
      await this.#bucket.purge(key)
      // Last: should this notifier die before, the message makes its successor do the rest.
      await overwriteSubject(this.#nats, streams.requests, subjects.request(conversation), upTo)
    })
  }

  #retry<T>(attempt: () => Promise<T>): Promise<T> {
    return retry('the workspaces', this.#retryOptions, attempt)
  }
}
