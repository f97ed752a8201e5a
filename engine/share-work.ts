import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { Fenced } from './errors.ts'
import type { Follower } from './follow-log.ts'
import { partitionsOf } from './rendezvous.ts'

/** Workers that start together see each other a moment later: a fenced one looks again after this. */
const afterFencedMs = 300

export interface Sharing {
  worker: string
  partitions: number
  /** Takes a partition over and follows it. */
  follow(partition: number): Promise<Follower>
  log: Logger
}

/** The part of a role's partitions that is this worker's, as workers come and go. */
export interface Share {
  /** Divides among the live workers: to be called first, and after each change of them. */
  divide(alive: string[]): void
  /** The partitions that this worker follows now. */
  held(): number[]
  stop(): Promise<void>
  /** Rejects with the failure of a partition, other than its loss or a stop. */
  readonly failed: Promise<never>
}

export function shareWork({ worker, partitions, follow, log }: Sharing): Share {
  const followers = new Map<number, Follower>()
  const busy = new Map<number, Promise<void>>()
  let own = new Set<number>()
  let stopped = false
  let fail: (error: unknown) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  failed.catch(() => {})

  /** Holds a partition for as long as it is this worker's. */
  async function hold(partition: number) {
    while (own.has(partition)) {
      try {
        const follower = await follow(partition)
        followers.set(partition, follower)
        if (!own.has(partition)) await follower.stop()
        await follower.ended
      } catch (error) {
        if (stopped && !(error instanceof Fenced)) log.warn({ partition, err: error }, 'ended while stopping')
        else if (!(error instanceof Fenced)) {
          // The failure ends the worker. Followed again, the partition may fail at once, without a pause, for ever.
          own.delete(partition)
          return fail(error)
        } else log.info({ partition, reason: error.message }, 'let go of a partition')
        if (!stopped) await sleep(afterFencedMs * (1 + Math.random()))
      } finally {
        followers.delete(partition)
      }
    }
  }

  function divide(alive: string[]) {
    if (stopped) return
    own = partitionsOf(worker, alive, partitions)
    settle()
  }

  /** Releases partitions that are no longer this worker's, and takes those that are. */
  function settle() {
    for (const [partition, follower] of followers) if (!own.has(partition)) follower.stop().catch(() => {})
    for (const partition of own) {
      if (busy.has(partition)) continue
      const holding = hold(partition).finally(() => {
        busy.delete(partition)
        // It may have become this worker's again while it was letting go.
        if (own.has(partition)) settle()
      })
      busy.set(partition, holding)
    }
  }

  return {
    divide,
    held: () => [...followers.keys()].sort((a, b) => a - b),
    failed,
    stop: async () => {
      stopped = true
      own = new Set()
      settle()
      await Promise.all(busy.values())
    },
  }
}
