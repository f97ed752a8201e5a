import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { deliver } from '../engine/deliver.ts'
import { type Follower, followLog } from '../engine/follow-log.ts'
import type { Nats } from '../engine/nats/connect.ts'
import { StoredCursors } from '../engine/nats/engine/stored-cursors.ts'
import { StoredLog } from '../engine/nats/follow-stream.ts'
import { Inspection } from '../engine/nats/notifier/inspection/inspection.ts'
import { QueuePlaces } from '../engine/nats/notifier/queue-places.ts'
import { WorkspaceDesk } from '../engine/nats/notifier/workspace-desk.ts'
import { streams, subjects } from '../engine/nats/topology.ts'
import { startWorker, type Worker } from './worker.ts'

/**
 * Tells the workspaces of requests, keeps the bucket of open ones, and tells customers their place in the queue.
 * One notifier is active at a time; others stand by and take over when it goes silent. Each of them answers what
 * inspectors ask.
 */
export async function startNotifier(nats: Nats, log: Logger): Promise<Worker> {
  const name = randomUUID()
  const giveUp = new AbortController()
  const patience = { log, signal: giveUp.signal }
  const { js, jsm } = nats
  const cursors = new StoredCursors(nats, await nats.bucket('cursors'), streams.requests, name, patience)
  const desk = new WorkspaceDesk(nats, await nats.bucket('openRequests'), patience)

  // The queue is told from the bucket, beside the log: neither waits for the other.
  const places = QueuePlaces.watch(nats, patience)
  places.catch((error) => log.error({ err: error }, 'nobody is told their place in the queue'))
  const speakWhile = async (follower: Follower) => {
    const ended = follower.ended.catch(() => {})
    const known = await Promise.race([places, ended])
    known?.speak()
    await ended
    known?.hush()
  }

  const worker = await startWorker(
    nats,
    name,
    {
      name: 'notifier',
      partitions: 1,
      giveUp,
      follow: async () => {
        const cursor = await cursors.take('notifier')
        const follower = followLog({
          log: new StoredLog(js, jsm, streams.requests, subjects.requests, log),
          cursor,
          keyOf: (message) => message.subject,
          handler: () => (message) => deliver(desk, message, log),
        })
        speakWhile(follower).catch(() => {})
        return follower
      },
    },
    log,
  )
  const inspection = new Inspection(nats, log)
  const close = () => {
    inspection.close()
    void places.then((known) => known.close()).catch(() => {})
  }
  return { ...worker, stop: () => worker.stop().finally(close) }
}
