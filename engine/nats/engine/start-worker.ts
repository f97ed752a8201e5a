import type { Logger } from 'pino'
import type { Follower } from '../../follow-log.ts'
import { shareWork } from '../../share-work.ts'
import type { Nats } from '../connect.ts'
import { join } from './presence.ts'
import { untilFollowed } from './until-followed.ts'

/** A part of frontdesk that runs: the engine, the notifier. */
export interface Worker {
  /** The partitions of the role's work that are this worker's now. */
  held(): number[]
  /** Settles once all of the role's work is followed, by this worker or another one. */
  untilFollowed(): Promise<void>
  /** Finishes what has begun, says goodbye; gives up after a while where NATS does not answer. */
  stop(): Promise<void>
  /** Rejects with what makes going on impossible. */
  readonly failed: Promise<never>
}

/** A stop that NATS does not let finish is given up after this. */
const stopTimeoutMs = 3_000

export interface WorkerRole {
  name: 'engine' | 'notifier'
  partitions: number
  /** The name of a partition's cursor. */
  cursorOf(partition: number): string
  follow(partition: number): Promise<Follower>
  /** Is aborted where a stop has to give up what it waits for. */
  giveUp: AbortController
}

/** Does its share of a role's work, among the other workers of that role. */
export async function startWorker(
  nats: Nats,
  worker: string,
  role: WorkerRole,
  log: Logger,
): Promise<Worker> {
  const { name, partitions, cursorOf, follow, giveUp } = role
  const cursors = Array.from({ length: partitions }, (_, partition) => cursorOf(partition))
  const share = shareWork({ worker, partitions, follow, log })
  const presence = await join(nats, name, worker, log, share.divide)
  return {
    held: share.held,
    untilFollowed: () => untilFollowed(nats, name, cursors, share),
    failed: share.failed,
    stop: async () => {
      const givenUp = new Promise((resolve) => giveUp.signal.addEventListener('abort', resolve))
      const timer = setTimeout(() => giveUp.abort(), stopTimeoutMs)
      await share.stop()
      await Promise.race([presence.leave().catch(() => {}), givenUp])
      clearTimeout(timer)
    },
  }
}
