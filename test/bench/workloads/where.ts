import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsMsg } from '@nats-io/jetstream'
import type { Msg } from '@nats-io/transport-node'
import { readToEnd } from '../../../engine/nats/read-to-end.ts'
import { streams } from '../../../engine/nats/topology.ts'
import { handoffNotifications, handoffSteps } from '../conversations.ts'
import type { Load } from '../load.ts'
import { readAreas } from '../profile-areas.ts'
import { percentile, print, rounded, say, tableOf } from '../report.ts'
import type { BenchWorld } from '../world.ts'
import { drained, inWorld, type Line, measure, type Workload } from './workload.ts'

const perSecond = 100
const workers = ['engine', 'notifier']

export const where: Workload = {
  about: `where an event's time goes at ${perSecond} conversations/s, as a table: its way by the servers' times of
           storage, and the workers' processor time by area, while their profilers run`,
  run: async ({ seconds }) => {
    const profiles = await mkdtemp(join(tmpdir(), 'frontdesk-profile-'))
    try {
      const { line, way, skippedMs } = await inWorld({ profiles }, (world, load) =>
        trace(world, load, seconds),
      )
      const areas: Record<string, Record<string, number>> = {}
      for (const worker of workers) {
        const spent = line.cpuUsPerEvent[worker] ?? Number.NaN
        const shares = await readAreas(join(profiles, worker), skippedMs.get(worker) ?? 0)
        areas[worker] = Object.fromEntries(shares.map(([area, share]) => [area, rounded(share * spent, 1)]))
      }
      print({ ...line, way, cpuAreasUsPerEvent: areas })
      say(`\n${wayTable(way)}\n\n${areaTable(line, areas)}\n`)
    } finally {
      await rm(profiles, { recursive: true, force: true })
    }
  },
}

async function trace(world: BenchWorld, load: Load, seconds: number) {
  const run = async (prefix: string, conversations: number) => {
    await load.open(prefix, conversations, perSecond, handoffSteps)
    await drained(world, load, conversations * handoffNotifications)
  }
  await run('warm', perSecond * 4)
  // A profile begins with its process; the time up to now is left out.
  const skippedMs = new Map(
    world.workers.map(({ name, launchedAt }) => [name, performance.now() - launchedAt]),
  )
  const readWay = observeWay(world, load)
  const conversations = perSecond * seconds
  const line = await measure('where', { world, load, conversations }, () => run('where', conversations))
  return { line, way: await readWay(), skippedMs }
}

/** The times of the parts of an event's way. */
type Way = Record<string, { p50Ms: number; p99Ms: number }>

/** Notes when events are published and answers seen from now on; returns the way of all of them, when they are stored. */
function observeWay({ nats }: BenchWorld, load: Load): () => Promise<Way> {
  const now = () => performance.timeOrigin + performance.now()
  const answers = new Map<string, { sentAt: number; storedAt: number; seenAt: number }>()
  const notifications = new Map<string, { record: number; seenAt: number }>()
  const recordAt = new Map<number, number>()
  load.onAnswer = (id, { message }, sentAt) => {
    const storedAt = instantOf(message.headers?.get('Nats-Time-Stamp') ?? '')
    recordAt.set(Number(message.headers?.get('Nats-Sequence')), storedAt)
    answers.set(id, { sentAt: performance.timeOrigin + sentAt, storedAt, seenAt: now() })
  }
  load.onNotification = (message) =>
    notifications.set(idOf(message), { record: message.json<{ record: number }>().record, seenAt: now() })
  return async () => {
    const parts = new Map<string, number[]>()
    const add = (part: string, ms: number) => {
      const times = parts.get(part) ?? []
      parts.set(part, times)
      times.push(ms)
    }
    for await (const message of readToEnd(nats, streams.events, { isHeadersOnly: true })) {
      const answer = answers.get(idOf(message))
      if (!answer) continue
      const storedAt = Number(message.timestampNanos) / 1e6
      add('published → event stored', storedAt - answer.sentAt)
      add('event stored → record stored', answer.storedAt - storedAt)
      add('record stored → record seen', answer.seenAt - answer.storedAt)
      add('published → record seen', answer.seenAt - answer.sentAt)
    }
    for await (const message of readToEnd(nats, streams.workspace, { isHeadersOnly: true })) {
      const notification = notifications.get(idOf(message))
      if (!notification) continue
      const storedAt = Number(message.timestampNanos) / 1e6
      add('record stored → notification stored', storedAt - (recordAt.get(notification.record) ?? Number.NaN))
      add('notification stored → seen', notification.seenAt - storedAt)
    }
    return Object.fromEntries(
      [...parts].map(([part, times]) => [
        part,
        { p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) },
      ]),
    )
  }
}

function idOf({ headers }: Msg | JsMsg): string {
  return headers?.get('Nats-Msg-Id') ?? ''
}

/** Epoch milliseconds with their fraction, of a time with nanoseconds. */
function instantOf(time: string): number {
  const [seconds = '', fraction = ''] = time.split(/[.Z]/)
  return Date.parse(`${seconds}Z`) + Number(`0.${fraction}`) * 1_000
}

function wayTable(way: Way): string {
  const rows = Object.entries(way).map(([part, { p50Ms, p99Ms }]) => [part, p50Ms, p99Ms])
  return tableOf([['way of an event', 'p50 ms', 'p99 ms'], ...rows])
}

/** A table of processor time by worker and area; the server and the client are not divided. */
function areaTable({ cpuUsPerEvent }: Line, areas: Record<string, Record<string, number>>): string {
  const rows = Object.entries(cpuUsPerEvent).flatMap(([process, us]): [string, number][] => [
    [process, us],
    ...Object.entries(areas[process] ?? {}).map(([area, spent]): [string, number] => [`  ${area}`, spent]),
  ])
  return tableOf([['processor time of an event', 'µs'], ...rows])
}
