import type { Subscription } from '@nats-io/transport-node'
import {
  type Notification,
  notification,
  type OpenRequest,
} from '../../../schemas/conversation/notification.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import type { QueuePlace } from '../../../schemas/protocol/widget.ts'
import {
  type AcceptedWait,
  meanWaitMs,
  observedMax,
  observedMs,
  type Waiter,
  WaitingLine,
  waitSecondsAt,
} from '../../core/queue.ts'
import type { RoleConnection } from '../connect.ts'
import { directGet } from '../direct-get.ts'
import { RetryAborted, type RetryOptions, retry } from '../retry.ts'
import { streams, subjects } from '../topology.ts'
import { OpenRequests } from '../views/open-requests.ts'

/** Changes are gathered for so long, */
const tellEveryMs = 1_000
/** and so many are told at once: first those who stand in front, then the others in turn. */
const toldAtOnceMax = 2_000
const frontMax = 50
/** With time alone estimates change, too. */
const lookAgainMs = 10_000
/** Whoever stopped waiting so long ago need not be told any more by a successor. */
const leftMs = 30_000

interface Workspace {
  name: string
  line: WaitingLine
  /** In the order of `until`. */
  accepted: (AcceptedWait & { record: number })[]
  /** As of the last round; `null`: too little to say. */
  meanMs: number | null
}

/**
 * The places in the queues of all workspaces, from the bucket of open requests. Every notifier knows them; the
 * active one speaks: it publishes each place that changes, and answers who asks.
 */
export class QueuePlaces {
  readonly #nats: RoleConnection
  readonly #retryOptions: RetryOptions
  readonly #workspaces = new Map<string, Workspace>()
  /** The workspace of each conversation that waits. */
  readonly #waiting = new Map<string, Workspace>()
  /** What was published last, of those that wait. */
  readonly #told = new Map<string, { position: number; waitSeconds: number | undefined }>()
  /** Those that stopped waiting and were not told, with when that was. */
  readonly #left = new Map<string, number>()
  readonly #inTurn = this.#takeTurns()
  #requests: OpenRequests | undefined
  #speech: { timer: NodeJS.Timeout; subscription: Subscription } | undefined
  #isChanged = false
  #lookedAt = 0

  private constructor(nats: RoleConnection, retryOptions: RetryOptions) {
    this.#nats = nats
    this.#retryOptions = retryOptions
  }

  static async watch(nats: RoleConnection, retryOptions: RetryOptions): Promise<QueuePlaces> {
    const places = new QueuePlaces(nats, retryOptions)
    const requests = await OpenRequests.watch(nats, '*', (now, before) => places.#take(now, before))
    places.#requests = requests
    for (const request of requests.waiting()) places.#take(request, null)
    return places
  }

  /** Tells what changes and answers who asks, until `hush`. */
  speak(): void {
    if (this.#speech) return
    const subscription = this.#nats.connection.subscribe(subjects.position('*'), {
      callback: (error, message) => {
        if (!error) message.respond(JSON.stringify(this.#placeOf(message.subject.split('.')[2] ?? '')))
      },
    })
    const timer = setInterval(() => this.#tell(), tellEveryMs)
    this.#speech = { timer, subscription }
    // Whoever spoke before may have told anything.
    this.#told.clear()
    this.#isChanged = true
    this.#readAccepts().catch((error) => {
      if (!(error instanceof RetryAborted))
        this.#retryOptions.log.error({ err: error }, 'cannot read what was accepted')
    })
  }

  hush(): void {
    clearInterval(this.#speech?.timer)
    this.#speech?.subscription.unsubscribe()
    this.#speech = undefined
  }

  close(): void {
    this.hush()
    this.#requests?.close()
  }

  #placeOf(conversation: string): QueuePlace {
    const workspace = this.#waiting.get(conversation)
    const position = workspace?.line.positionOf(conversation) ?? null
    if (!workspace || position === null) return { position: null }
    return place(workspace, position, this.#waitSecondsAt(workspace, position, Date.now()))
  }

  #waitSecondsAt({ line, meanMs }: Workspace, position: number, now: number): number | undefined {
    const from = line.at(position)?.from ?? Number.POSITIVE_INFINITY
    return meanMs === null || now < from ? undefined : waitSecondsAt(position, meanMs)
  }

  #take(now: OpenRequest | null, before: OpenRequest | null): void {
    const { workspace: name, conversation } = (now ?? before) as OpenRequest
    const workspace = this.#workspace(name)
    this.#isChanged = true
    if (now?.state === 'waiting') {
      workspace.line.put(waiterOf(now))
      this.#waiting.set(conversation, workspace)
      this.#left.delete(conversation)
      return
    }
    if (now?.state === 'accepted') noteAccept(workspace, now)
    if (!workspace.line.remove(conversation)) return
    this.#waiting.delete(conversation)
    this.#told.delete(conversation)
    this.#left.set(conversation, Date.now())
    if (!this.#speech) this.#forgetLeft()
  }

  #workspace(name: string): Workspace {
    const known = this.#workspaces.get(name)
    if (known) return known
    const made: Workspace = { name, line: new WaitingLine(), accepted: [], meanMs: null }
    this.#workspaces.set(name, made)
    return made
  }

  /** In the order of leaving, so the first who left late enough ends it. */
  #forgetLeft(): void {
    for (const [conversation, at] of this.#left) {
      if (at > Date.now() - leftMs) return
      this.#left.delete(conversation)
    }
  }

  /** What was accepted lately, also before this notifier was there. */
  async #readAccepts(): Promise<void> {
    const accepted = subjects.workspace('*', 'accepted')
    await retry('the accepts of late', this.#retryOptions, async () => {
      const since = new Date(Date.now() - observedMs)
      for await (const { body } of directGet(this.#nats, streams.workspace, accepted, since)) {
        const read = notification.safeParse(parseJson(body))
        if (read.success) noteAccept(this.#workspace(read.data.workspace), read.data)
      }
    })
    this.#isChanged = true
  }

  #tell(): void {
    const now = Date.now()
    if (!this.#isChanged && now - this.#lookedAt < lookAgainMs) return
    this.#lookedAt = now
    this.#isChanged = false
    for (const conversation of this.#left.keys()) this.#publish(conversation, { position: null })
    this.#left.clear()
    for (const workspace of this.#workspaces.values()) {
      const { line, accepted } = workspace
      workspace.meanMs = meanWaitMs(accepted, line.waitedSince(now), now)
      if (line.length === 0 && accepted.every(({ until }) => until < now - observedMs))
        this.#workspaces.delete(workspace.name)
    }
    let left = toldAtOnceMax
    for (const workspace of this.#workspaces.values())
      for (let position = 1; position <= frontMax && workspace.line.at(position) && left > 0; position++)
        if (this.#tellAt(workspace, position, now)) left--
    // In turn, from where the last round ended: nobody is forgotten, however much changes in front.
    for (let looks = this.#waiting.size; looks > 0; looks--) {
      if (left === 0) {
        this.#isChanged = true
        return
      }
      const next = this.#inTurn.next().value
      if (next && this.#tellAt(next.workspace, next.position, now)) left--
    }
  }

  /** All places again and again; nothing where there is none just now. */
  *#takeTurns(): Generator<{ workspace: Workspace; position: number } | undefined, never> {
    for (;;) {
      for (const workspace of this.#workspaces.values())
        for (let position = 1; position <= workspace.line.length; position++) yield { workspace, position }
      yield undefined
    }
  }

  /** Says whether there was something to tell. */
  #tellAt(workspace: Workspace, position: number, now: number): boolean {
    const conversation = workspace.line.at(position)?.conversation
    if (conversation === undefined) return false
    const waitSeconds = this.#waitSecondsAt(workspace, position, now)
    const told = this.#told.get(conversation)
    if (told?.position === position && told.waitSeconds === waitSeconds) return false
    this.#told.set(conversation, { position, waitSeconds })
    this.#publish(conversation, place(workspace, position, waitSeconds))
    return true
  }

  #publish(conversation: string, told: QueuePlace): void {
    if (!this.#nats.connection.isClosed())
      this.#nats.connection.publish(subjects.queue(conversation), JSON.stringify(told))
  }
}

function place({ line }: Workspace, position: number, waitSeconds: number | undefined): QueuePlace {
  return { position, waiting: line.length, ...(waitSeconds !== undefined && { waitSeconds }) }
}

function waiterOf(request: OpenRequest | Notification): Waiter {
  const { conversation, queuedAt, hours, opensAt } = request
  const queued = queuedAt === null ? 0 : Date.parse(queuedAt)
  if (hours === 'during') return { conversation, queuedAt: queued, from: queued }
  const from = opensAt === null ? Number.POSITIVE_INFINITY : Math.max(queued, Date.parse(opensAt))
  return { conversation, queuedAt: queued, from }
}

/** Once, whether the bucket tells of it or the stream. */
function noteAccept({ accepted }: Workspace, request: OpenRequest | Notification): void {
  const { record, at } = request
  if (accepted.some((known) => known.record === record)) return
  const until = Date.parse(at)
  const isLast = (accepted.at(-1)?.until ?? 0) <= until
  accepted.push({ from: waiterOf(request).from, until, record })
  if (!isLast) accepted.sort((a, b) => a.until - b.until)
  // One more than counts: the one before the first that does says since when.
  if (accepted.length > observedMax + 1) accepted.shift()
}
