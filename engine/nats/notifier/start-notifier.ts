import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { OpenRequest } from '../../../schemas/conversation/notification.ts'
import { requestRecord } from '../../../schemas/conversation/request-record.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import { dealWithRequest } from '../../deliver.ts'
import type { FileStore } from '../../files.ts'
import { type Follower, followLog } from '../../follow-log.ts'
import type { Nats } from '../connect.ts'
import { CursorStore } from '../engine/cursor-store.ts'
import { startWorker, type Worker } from '../engine/start-worker.ts'

import { WorkspaceDesk } from '../engine/workspace-desk.ts'
import { NatsFiles } from '../files/nats-files.ts'
import { removeFiles, sweepFiles, unsentFileMs } from '../files/sweep-files.ts'
import { type RetryOptions, retry } from '../retry.ts'
import { StreamLog } from '../stream-log.ts'
import { streams, subjects } from '../topology.ts'
import { OpenRequests } from '../views/open-requests.ts'
import { eraseExpired } from './erase-expired.ts'
import { Inspection } from './inspection/inspection.ts'
import { periodicTask, type TaskTimes } from './periodic-task.ts'
import { QueuePlaces } from './queues/queue-places.ts'
import { waiterOf } from './queues/workspace-queue.ts'
import { agentGraceMs, Router } from './router/router.ts'
import { type Room, readRooms, StorageWatch } from './storage-watch.ts'
import { rememberEnds } from './stream-ends.ts'

const cursor = 'notifier'

/** Looking for conversations that are older than their retention reads the last record of each. */
const retentionTimes: TaskTimes = { firstMs: 60_000, everyMs: 24 * 3_600_000 }
/** A look at every file's name; a new one costs a look at its conversation, too. */
const fileTimes: TaskTimes = { firstMs: 60_000, everyMs: 3_600_000 }
const storageTimes: TaskTimes = { firstMs: 1_000, everyMs: 60_000 }
/** Shorter than what a power cut may take: the server syncs every two minutes. */
const endTimes: TaskTimes = { firstMs: 1_000, everyMs: 5_000 }

export interface NotifierOptions {
  /** Unique among the notifiers, random by default. */
  name?: string
  retentionTimes?: TaskTimes
  /** The store of files; absent: NATS. */
  files?: FileStore | undefined
  fileTimes?: TaskTimes
  /** How long a file that no message carries is kept. */
  unsentFileMs?: number
  /** On the disk of the server; absent: the server's disk is not this machine's. */
  dataFolder?: string | undefined
  /** How long an agent may be away or gone before they give back what they have. */
  agentGraceMs?: number
  /** Called once: gives access to the notifier's present view, for metrics. */
  observer?: ((view: NotifierView) => void) | undefined
  /** The memory that the texts of a search over conversations take at most, in bytes. */
  searchBytes?: number
}

/** A notifier's present view. */
export interface NotifierView {
  isActive(): boolean
  queues(): Iterable<QueueSize>
  /** The number of agents with a desk, by state. */
  agents(): ReadonlyMap<string, number>
  /** Storage that may fill up, as it was read last. */
  rooms(): readonly Room[]
}

/** The open requests of a workspace. */
export interface QueueSize {
  workspace: string
  /** Offered ones are not counted here. */
  waiting: number
  offered: number
  accepted: number
  /** Since when the oldest waits, opening hours aside; in epoch milliseconds. */
  oldestWaitsSince: number | undefined
}

/**
 * Starts a notifier: it routes requests to agents, publishes places in the queues and who is there, removes the requests and notifications of conversations that
 * were erased, has those erased that are older than their retention, and warns of storage that fills up. It delivers
 * the requests that engines of earlier versions left to it. One notifier is active at a time; others stand by and take
 * over when it goes silent. Every one answers inspectors.
 */
export async function startNotifier(nats: Nats, log: Logger, options: NotifierOptions = {}): Promise<Worker> {
  const { name = randomUUID() } = options
  const giveUp = new AbortController()
  const retryOptions = { log, signal: giveUp.signal }
  const { js, jsm } = nats
  const cursors = new CursorStore(nats, streams.requests, name, retryOptions)
  const desk = new WorkspaceDesk(nats, retryOptions)
  const files = options.files ?? (await NatsFiles.open(nats))
  const sentFiles = new Set<string>()

  // Requests come from the bucket, independent of the log: neither waits for the other.
  const queues = watchQueues(nats, retryOptions, options.agentGraceMs ?? agentGraceMs)
  queues.catch((error) => log.error({ err: error }, 'requests are not routed, places not published'))
  const storage = new StorageWatch(log)
  let rooms: Room[] = []
  let isActive = false
  let present: Awaited<typeof queues> | undefined
  queues.then(
    (known) => {
      present = known
    },
    () => {},
  )
  options.observer?.({
    isActive: () => isActive,
    queues: () => present?.sizes() ?? [],
    agents: () => present?.agents() ?? new Map(),
    rooms: () => (isActive ? rooms : []),
  })
  const tasks = [
    periodicTask('retention', options.retentionTimes ?? retentionTimes, log, (signal) =>
      eraseExpired(nats, { log, signal }),
    ),
    periodicTask('the look at files', options.fileTimes ?? fileTimes, log, (signal) =>
      sweepFiles(nats, files, { log, signal }, sentFiles, options.unsentFileMs ?? unsentFileMs),
    ),
    periodicTask('the look at storage', storageTimes, log, async (signal) => {
      const read = () => readRooms(nats, options.dataFolder)
      rooms = await retry('the limits of storage', { log, signal }, read)
      storage.check(rooms)
    }),
    periodicTask('the look at the ends of streams', endTimes, log, (signal) =>
      retry('the ends of streams', { log, signal }, () => rememberEnds(nats)),
    ),
  ]
  const activateWhile = async (follower: Follower) => {
    const ended = follower.ended.catch(() => {})
    for (const task of tasks) task.activate()
    isActive = true
    const known = await Promise.race([queues, ended])
    known?.activate()
    await ended
    isActive = false
    known?.standBy()
    for (const task of tasks) task.standBy()
  }

  const worker = await startWorker(
    nats,
    name,
    {
      name: 'notifier',
      partitions: 1,
      cursorOf: () => cursor,
      giveUp,
      checkTails: () => cursors.checkTails(),
      follow: async () => {
        const held = await cursors.takeOver(cursor)
        const follower = followLog({
          log: new StreamLog(js, jsm, streams.requests, subjects.requests, log),
          cursor: held,
          keyOf: (message) => message.subject,
          handler: () => async (message) => {
            const { data } = requestRecord.safeParse(parseJson(message.body))
            // Before the message is removed: should this worker die between, its successor does the rest.
            if (data?.files) await removeFiles(files, data.request.conversation, data.files, retryOptions)
            await dealWithRequest(desk, message, log)
            return []
          },
        })
        activateWhile(follower).catch(() => {})
        return follower
      },
    },
    log,
  )
  const inspection = new Inspection(nats, log, options.searchBytes)
  const stop = async () => {
    try {
      await worker.stop()
    } finally {
      void queues.then((known) => known.close()).catch(() => {})
      await inspection.close()
    }
  }
  return { ...worker, stop }
}

/** The places in the queues and the router, which work on one view of the open requests. */
async function watchQueues(nats: Nats, retryOptions: RetryOptions, graceMs: number) {
  const places = new QueuePlaces(nats, retryOptions)
  const router = await Router.watch(nats, retryOptions, graceMs)
  const requests = await OpenRequests.watch(nats, '*', (now, before) => {
    places.change(now, before)
    router.change(now, before)
  })
  for (const request of requests.waiting()) places.change(request, null)
  for (const request of requests.all()) router.list(request)
  return {
    sizes: () => sizesOf(requests.all()),
    agents: () => router.agents(),
    activate: () => {
      places.activate()
      router.activate()
    },
    standBy: () => {
      places.standBy()
      router.standBy()
    },
    close: () => {
      places.standBy()
      router.close()
      requests.close()
    },
  }
}

function sizesOf(requests: Iterable<OpenRequest>): Iterable<QueueSize> {
  const sizes = new Map<string, QueueSize>()
  const oldest = new Map<string, OpenRequest>()
  for (const request of requests) {
    const { workspace, state, offer } = request
    const known = sizes.get(workspace)
    const size = known ?? { workspace, waiting: 0, offered: 0, accepted: 0, oldestWaitsSince: undefined }
    if (!known) sizes.set(workspace, size)
    if (state === 'accepted') size.accepted++
    else {
      if (offer) size.offered++
      else size.waiting++
      const before = oldest.get(workspace)
      // Parsing the instants of 10,000 requests takes milliseconds.
      if (!before || beginsAt(request) < beginsAt(before)) oldest.set(workspace, request)
    }
  }
  for (const [workspace, request] of oldest) {
    const { from } = waiterOf(request)
    const size = sizes.get(workspace)
    if (size && Number.isFinite(from)) size.oldestWaitsSince = from
  }
  return sizes.values()
}

/** When its wait begins, as `waiterOf` says, to compare: ISO 8601 in UTC, or a text behind all of them. */
function beginsAt({ hours, queuedAt, opensAt }: OpenRequest): string {
  const queued = queuedAt ?? ''
  if (hours === 'during') return queued
  if (opensAt === null) return '~'
  return opensAt > queued ? opensAt : queued
}
