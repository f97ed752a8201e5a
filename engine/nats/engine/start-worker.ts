import type { Logger } from 'pino'
import type { Follower } from '../../follow-log.ts'
import { shareWork } from '../../share-work.ts'
import type { Nats } from '../connect.ts'
import { onReconnect } from '../on-reconnect.ts'
import { join } from './presence.ts'
import { serveRoleReads } from './role-reads.ts'
import { untilFollowed } from './until-followed.ts'

/** A running engine or notifier. */
export interface Worker {
  /** The partitions that this worker follows now. */
  held(): number[]
  /** Settles once every partition of the role is followed, by this worker or another one. */
  untilFollowed(): Promise<void>
  /** Finishes what has begun and announces the departure; aborts after a while where NATS does not answer. */
  stop(): Promise<void>
  /** Rejects with the error that ends the worker. */
  readonly failed: Promise<never>
}

/** The time that a stop gives requests to finish; then it aborts their retries. */
const stopTimeoutMs = 3_000

export interface WorkerRole {
  name: 'engine' | 'notifier'
  partitions: number
  /** The name of a partition's cursor. */
  cursorOf(partition: number): string
  follow(partition: number): Promise<Follower>
  /** Throws where a stream has lost its end. */
  checkTails(): Promise<void>
  /** The value of the worker's heartbeats, which others read. */
  status?(): string
  /** Aborts the worker's retries. */
  giveUp: AbortController
}

/** Starts a worker, which follows its share of a role's partitions. */
export async function startWorker(
  nats: Nats,
  worker: string,
  role: WorkerRole,
  log: Logger,
): Promise<Worker> {
  const { name, partitions, cursorOf, follow, checkTails, status, giveUp } = role
  const cursors = Array.from({ length: partitions }, (_, partition) => cursorOf(partition))
  let stopWatching = () => {}
  const share = shareWork({ worker, partitions, follow, log })
  // After a reconnect: the server may have lost messages that it had acknowledged.
  const lost = new Promise<never>((_, reject) => {
    stopWatching = onReconnect(
      nats.connection,
      () => void checkTails().catch((error) => giveUp.signal.aborted || reject(error)),
    )
  })
  const failed = Promise.race([share.failed, lost])
  failed.catch(() => {})
  const reads = serveRoleReads(nats, log)
  const presence = await join(nats, name, worker, { log, signal: giveUp.signal }, share.divide, status)
  return {
    held: share.held,
    untilFollowed: () => untilFollowed(nats, name, cursors, share),
    failed,
    stop: async () => {
      stopWatching()
      reads.stop()
      const givenUp = new Promise((resolve) => giveUp.signal.addEventListener('abort', resolve))
      const timer = setTimeout(() => giveUp.abort(), stopTimeoutMs)
      await share.stop()
      await Promise.race([presence.leave().catch(() => {}), givenUp])
      clearTimeout(timer)
    },
  }
}
