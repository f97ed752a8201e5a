import { DiscardPolicy, type StreamInfo } from '@nats-io/jetstream'
import type { Logger } from 'pino'
import { z } from 'zod'
import { frameBytesMax } from '../../../schemas/limits.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import type { RawEvent } from '../../core/conversation.ts'
import { Bucket } from '../bucket.ts'
import type { Nats, RoleConnection } from '../connect.ts'
import type { StreamLog } from '../stream-log.ts'
import { buckets, streams } from '../topology.ts'

const lookEveryMs = 2_000
/** A warning of events that wait is repeated after this. */
const warnEveryMs = 60_000
/** Events that wait for longer than this are logged, in seconds. */
const warnFromSeconds = 10

/** The streams without which no customer is served. */
const needed = [
  streams.events,
  streams.conversations,
  streams.timers,
  streams.workspace,
  `KV_${buckets.openRequests}`,
]

const engineStatus = z.object({
  /** The number of partitions of the log, this engine's or another one's. */
  partitions: z.int().positive(),
  /** The partitions that this engine follows. */
  held: z.array(z.int().min(0)),
  /** The stored events of these partitions that are not handled. */
  behind: z.int().min(0),
  /** How long the oldest event that is not handled has waited, in seconds. */
  lagSeconds: z.number().min(0),
  /** The streams that this engine found without a leader, missing, or full. */
  unwritable: z.array(z.string()),
})

/** An engine as it sees itself: the value of its heartbeat in the bucket of workers. */
export type EngineStatus = z.infer<typeof engineStatus>

/** How far an engine is behind in a partition. */
export interface PartitionLag {
  partition: number
  behind: number
  lagSeconds: number
}

/** The statuses of the engines with a stored heartbeat; `undefined`: an earlier version, which tells none. */
export async function readEngineStatuses(connection: RoleConnection): Promise<(EngineStatus | undefined)[]> {
  const entries = await new Bucket(connection, 'workers').list('engine.*')
  return entries.map(({ value }) => engineStatus.safeParse(parseJson(value)).data)
}

interface Followed {
  log: StreamLog
  /** When each event that is being handled was stored, in epoch milliseconds, by its sequence: oldest first. */
  handling: Map<number, number>
  handled: number
  lag: PartitionLag
  /** Since when events wait while none is handled, in epoch milliseconds. */
  stalledAt: number | undefined
}

/** Looks every two seconds how far an engine is behind, and whether the streams can be written. */
export class EngineWatch {
  readonly #nats: Nats
  readonly #partitions: number
  readonly #log: Logger
  readonly #followed = new Map<number, Followed>()
  readonly #timer: NodeJS.Timeout
  #unwritable: string[] = []
  #warnedAt = Number.NEGATIVE_INFINITY
  #isLooking = false

  constructor(nats: Nats, partitions: number, log: Logger) {
    this.#nats = nats
    this.#partitions = partitions
    this.#log = log
    this.#timer = setInterval(() => void this.#look(), lookEveryMs)
    this.#timer.unref()
    void this.#look()
  }

  /** Watches a partition that was taken over; returns its handler, observed. */
  follow<T>(
    partition: number,
    log: StreamLog,
    handler: (event: RawEvent) => Promise<T>,
  ): (event: RawEvent) => Promise<T> {
    const handling = new Map<number, number>()
    const lag = { partition, behind: 0, lagSeconds: 0 }
    const followed: Followed = { log, handling, handled: 0, lag, stalledAt: undefined }
    this.#followed.set(partition, followed)
    return async (event) => {
      handling.set(event.seq, event.at)
      const result = await handler(event)
      // One whose handler threw is not handled.
      handling.delete(event.seq)
      followed.handled++
      return result
    }
  }

  /** Forgets a partition that was let go. */
  leave(partition: number, log: StreamLog): void {
    if (this.#followed.get(partition)?.log === log) this.#followed.delete(partition)
  }

  /** The partitions' lags, as of the last look. */
  lags(): PartitionLag[] {
    return [...this.#followed.values()].map(({ lag }) => lag)
  }

  status(): EngineStatus {
    const lags = this.lags()
    return {
      partitions: this.#partitions,
      held: lags.map(({ partition }) => partition).sort((a, b) => a - b),
      behind: lags.reduce((sum, { behind }) => sum + behind, 0),
      lagSeconds: Math.max(0, ...lags.map(({ lagSeconds }) => lagSeconds)),
      unwritable: this.#unwritable,
    }
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      const states = await Promise.all(needed.map((stream) => this.#isWritable(stream)))
      this.#unwritable = needed.filter((_, n) => !states[n])
      await Promise.all([...this.#followed.values()].map(measure))
      this.#warn()
    } catch (err) {
      this.#log.debug({ err }, 'cannot look at the streams')
    } finally {
      this.#isLooking = false
    }
  }

  async #isWritable(stream: string): Promise<boolean> {
    try {
      return hasRoom(await this.#nats.jsm.streams.info(stream))
    } catch {
      return false
    }
  }

  #warn(): void {
    const { behind, lagSeconds } = this.status()
    const now = Date.now()
    if (lagSeconds < warnFromSeconds || now - this.#warnedAt < warnEveryMs) return
    this.#warnedAt = now
    this.#log.warn({ behind, lagSeconds }, 'customers wait: events are not handled in time')
  }
}

/** Whether a stream has a leader and takes one more event of any size. */
function hasRoom({ config, state, cluster }: StreamInfo): boolean {
  if (cluster?.replicas && !cluster.leader) return false
  if (config.discard !== DiscardPolicy.New) return true
  const { max_bytes, max_msgs } = config
  const hasBytes = max_bytes <= 0 || state.bytes + frameBytesMax <= max_bytes
  return hasBytes && (max_msgs <= 0 || state.messages < max_msgs)
}

async function measure(followed: Followed): Promise<void> {
  const { log, handling, handled, lag } = followed
  const unread = await log.unread()
  const now = Date.now()
  const [oldestAt] = handling.values()
  lag.behind = unread + Math.max(0, log.given - handled)
  if (lag.behind === 0 || oldestAt !== undefined) followed.stalledAt = undefined
  else followed.stalledAt ??= now
  lag.lagSeconds = Math.max(0, now - (oldestAt ?? followed.stalledAt ?? now)) / 1_000
}
