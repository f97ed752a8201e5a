import type { Logger } from 'pino'
import type { Follower } from '../../follow-log.ts'
import { shareWork } from '../../share-work.ts'
import type { Nats } from '../connect.ts'
import { join } from './presence.ts'

/** A part of frontdesk that runs: the engine, the notifier. */
export interface Worker {
  /** The partitions of the role's work that are this worker's now. */
  held(): number[]
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
  const { name, partitions, follow, giveUp } = role
  const share = shareWork({ worker, partitions, follow, log })
  const presence = await join(nats, name, worker, log, share.divide)
  return {
    held: share.held,
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
