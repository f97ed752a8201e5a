import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { deliver } from '../engine/deliver.ts'
import { followLog } from '../engine/follow-log.ts'
import type { Nats } from '../engine/nats/connect.ts'
import { join } from '../engine/nats/presence.ts'
import { StoredCursors } from '../engine/nats/stored-cursors.ts'
import { StoredLog } from '../engine/nats/stored-log.ts'
import { streams, subjects } from '../engine/nats/topology.ts'
import { WorkspaceDesk } from '../engine/nats/workspace-desk.ts'
import { shareWork } from '../engine/share-work.ts'
import type { Worker } from './worker.ts'

/** A stop that NATS does not let finish is given up after this. */
const stopTimeoutMs = 5_000

/**
 * Tells the workspaces of requests, and keeps the bucket of open ones. One notifier is active at a time; others
 * stand by and take over when it goes silent.
 */
export async function startNotifier(nats: Nats, log: Logger): Promise<Worker> {
  const name = randomUUID()
  const giveUp = new AbortController()
  const { signal } = giveUp
  const { publisher, js, jsm } = nats
  const cursors = new StoredCursors(await nats.bucket('cursors'), jsm, streams.requests, name, log, signal)
  const desk = new WorkspaceDesk(publisher, js, jsm, await nats.bucket('openRequests'), log, signal)

  const share = shareWork({
    worker: name,
    partitions: 1,
    log,
    follow: async () => {
      const cursor = await cursors.take('notifier')
      return followLog({
        log: new StoredLog(js, jsm, streams.requests, subjects.requests, log),
        cursor,
        keyOf: (message) => message.subject,
        handle: (message) => deliver(desk, message, log),
      })
    },
  })
  const presence = await join(
    nats.connection,
    await nats.bucket('workers'),
    'notifier',
    name,
    log,
    share.divide,
  )

  return {
    held: share.held,
    failed: share.failed,
    stop: async () => {
      const timer = setTimeout(() => giveUp.abort(), stopTimeoutMs)
      await share.stop()
      if (!signal.aborted) await presence.leave()
      clearTimeout(timer)
    },
  }
}
