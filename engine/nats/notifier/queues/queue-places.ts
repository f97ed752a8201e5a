import type { Subscription } from '@nats-io/transport-node'
import { notification, type OpenRequest } from '../../../../schemas/conversation/notification.ts'
import { parseJson } from '../../../../schemas/parse-json.ts'
import type { QueuePlace } from '../../../../schemas/protocol/widget.ts'
import type { RoleConnection } from '../../connect.ts'
import { directGet } from '../../direct-get.ts'
import { RetryAborted, type RetryOptions, retry } from '../../retry.ts'
import { streams, subjects } from '../../topology.ts'
import { observedMs } from './waiting-time.ts'
import { WorkspaceQueue } from './workspace-queue.ts'

/** Changes are gathered for this long and published together. */
const roundMs = 1_000
/** At most this many places are published in a round: the front of each queue first, then the others in turn. */
const publishedMax = 2_000
const frontMax = 50
/** Estimates change with time alone, too. */
const estimateEveryMs = 10_000
/** Conversations that left are remembered this long, so that a successor can notify them. */
const leftMs = 30_000

/**
 * The places in the queues of all workspaces, from the bucket of open requests. Every notifier knows them; the active
 * one publishes each place that changes, and answers requests for a place.
 */
export class QueuePlaces {
  readonly #nats: RoleConnection
  readonly #retryOptions: RetryOptions
  readonly #queues = new Map<string, WorkspaceQueue>()
  /** The queue of each waiting conversation. */
  readonly #waiting = new Map<string, WorkspaceQueue>()
  /** The position and the estimate that were published last, of waiting conversations. */
  readonly #published = new Map<string, string>()
  /** Conversations that stopped waiting and were not told so yet, by the time when they stopped, in order. */
  readonly #left = new Map<string, number>()
  #active: { timer: NodeJS.Timeout; subscription: Subscription } | undefined
  #isChanged = false
  #roundAt = 0
  /** Index in `#waiting` at which the next round continues. */
  #nextIndex = 0

  constructor(nats: RoleConnection, retryOptions: RetryOptions) {
    this.#nats = nats
    this.#retryOptions = retryOptions
  }

  /** Publishes changes and answers, until `standBy`. */
  activate(): void {
    if (this.#active) return
    const subscription = this.#nats.connection.subscribe(subjects.position('*'), {
      callback: (error, message) => {
        if (!error) message.respond(JSON.stringify(this.#placeOf(message.subject.split('.')[2] ?? '')))
      },
    })
    const timer = setInterval(() => this.#runRound(), roundMs)
    this.#active = { timer, subscription }
    // Another notifier may have published other places meanwhile.
    this.#published.clear()
    this.#isChanged = true
    this.#readAccepted().catch((error) => {
      if (!(error instanceof RetryAborted))
        this.#retryOptions.log.error({ err: error }, 'cannot read the accepted requests')
    })
  }

  standBy(): void {
    clearInterval(this.#active?.timer)
    this.#active?.subscription.unsubscribe()
    this.#active = undefined
  }

  #placeOf(conversation: string): QueuePlace {
    return this.#waiting.get(conversation)?.placeOf(conversation, Date.now()) ?? { position: null }
  }

  /** Takes over a change of a request. */
  change(now: OpenRequest | null, before: OpenRequest | null): void {
    const { workspace, conversation } = (now ?? before) as OpenRequest
    const queue = this.#queueOf(workspace)
    this.#isChanged = true
    if (now?.state === 'waiting') {
      queue.put(now)
      this.#waiting.set(conversation, queue)
      this.#left.delete(conversation)
      return
    }
    if (now?.state === 'accepted') queue.observe(now)
    // One that was moved waits in its new workspace before it is withdrawn from the former one.
    if (!queue.remove(conversation) || this.#waiting.get(conversation) !== queue) return
    this.#waiting.delete(conversation)
    this.#published.delete(conversation)
    this.#left.set(conversation, Date.now())
    if (!this.#active) this.#dropLeft()
  }

  #queueOf(workspace: string): WorkspaceQueue {
    const known = this.#queues.get(workspace)
    if (known) return known
    const queue = new WorkspaceQueue()
    this.#queues.set(workspace, queue)
    return queue
  }

  #dropLeft(): void {
    for (const [conversation, leftAt] of this.#left) {
      if (leftAt > Date.now() - leftMs) return
      this.#left.delete(conversation)
    }
  }

  /** Requests that were accepted lately, also before this notifier ran. */
  async #readAccepted(): Promise<void> {
    const subject = subjects.workspace('*', 'accepted')
    await retry('reading the accepted requests', this.#retryOptions, async () => {
      const since = new Date(Date.now() - observedMs)
      for await (const { body } of directGet(this.#nats, streams.workspace, subject, since)) {
        const { data } = notification.safeParse(parseJson(body))
        if (data) this.#queueOf(data.workspace).observe(data)
      }
    })
    this.#isChanged = true
  }

  #runRound(): void {
    const now = Date.now()
    if (!this.#isChanged && now - this.#roundAt < estimateEveryMs) return
    this.#roundAt = now
    for (const conversation of this.#left.keys()) this.#send(conversation, { position: null })
    this.#left.clear()
    for (const [workspace, queue] of this.#queues) {
      queue.estimate(now)
      if (queue.isIdle(now)) this.#queues.delete(workspace)
    }
    this.#isChanged = !this.#publishChanges(now)
  }

  /** Whether all changes were published: of very many only a part is. */
  #publishChanges(now: number): boolean {
    let left = publishedMax
    for (const queue of this.#queues.values())
      for (let position = 1; position <= frontMax && left > 0; position++) {
        const conversation = queue.conversationAt(position)
        if (conversation === undefined) break
        if (this.#publish(conversation, queue, now)) left--
      }
    // In turn, from where the last round ended: however much changes in front, every place is published in time.
    const waiting = [...this.#waiting]
    for (let looked = 0; looked < waiting.length; looked++) {
      if (left === 0) return false
      this.#nextIndex = (this.#nextIndex + 1) % waiting.length
      const [conversation, queue] = waiting[this.#nextIndex] as [string, WorkspaceQueue]
      if (this.#publish(conversation, queue, now)) left--
    }
    return true
  }

  /** Whether the place has changed. */
  #publish(conversation: string, queue: WorkspaceQueue, now: number): boolean {
    const place = queue.placeOf(conversation, now)
    if (place.position === null) return false
    // A place is unchanged where only the number of later waiters has changed.
    const known = `${place.position} ${place.waitSeconds}`
    if (this.#published.get(conversation) === known) return false
    this.#published.set(conversation, known)
    this.#send(conversation, place)
    return true
  }

  #send(conversation: string, place: QueuePlace): void {
    if (!this.#nats.connection.isClosed())
      this.#nats.connection.publish(subjects.queue(conversation), JSON.stringify(place))
  }
}
