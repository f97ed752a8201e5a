import { setTimeout as sleep } from 'node:timers/promises'
import { streams } from '../../../engine/nats/topology.ts'
import { documents } from '../conversations.ts'
import { Load } from '../load.ts'
import { Meter, quietDefaults } from '../meter.ts'
import { percentile, rounded, say } from '../report.ts'
import { type BenchWorld, startWorld, type WorldOptions } from '../world.ts'

/** The sizes of all workloads, from the command line. */
export const sizes = {
  conversations: 10_000,
  pairs: 3,
  'in-flight': 1_000,
  rates: '50,100,200,400',
  seconds: 8,
  plot: '',
  messages: 100,
  waiting: 10_000,
  timers: 4_000,
  within: 5,
  storm: 5_000,
  ...quietDefaults,
}
export type Sizes = typeof sizes

export interface Workload {
  about: string
  /** Prints its lines. */
  run(sizes: Sizes): Promise<void>
}

const standstillMs = 60_000

/** Figures that every workload has; of processors and memory `null` where there is no /proc. */
export interface Line {
  workload: string
  conversations: number
  /** Published events, all of which were applied. */
  events: number
  seconds: number
  eventsPerSecond: number
  /** From an event's publication, or its due time, to its record on `frontdesk.live`. */
  p50Ms: number
  p99Ms: number
  maxMs: number
  engineCpuUsPerEvent: number
  engineRssMb: number
  cpuUsPerEvent: Record<string, number>
  othersPercent: number
  storedPerConversation: Record<string, number>
}

/** Runs work in a world of its own, with a client. */
export async function inWorld<T>(
  options: Partial<WorldOptions>,
  work: (world: BenchWorld, load: Load) => Promise<T>,
): Promise<T> {
  const world = await startWorld({ ...options, documents: { ...documents, ...options.documents } })
  try {
    return await work(world, await Load.on(world.nats))
  } finally {
    await world.stop()
  }
}

/** Does the work of so many conversations, and measures it. */
export async function measure(
  workload: string,
  { world, load, conversations }: { world: BenchWorld; load: Load; conversations: number },
  work: () => Promise<void>,
): Promise<Line> {
  load.latencies = []
  load.notified = 0
  const before = await countStored(world)
  const meter = new Meter([...world.servers, ...world.workers, { name: 'client', pid: process.pid }])
  await work()
  const { seconds, cpuS, rssMb, othersPercent } = meter.read()
  const after = await countStored(world)
  const { latencies } = load
  const events = latencies.length
  const cpuUs = Object.entries(cpuS).map(([name, cpu]) => [name, rounded((1e6 * cpu) / events, 1)] as const)
  const stored = [...after].map(
    ([stream, count]) => [stream, rounded((count - (before.get(stream) ?? 0)) / conversations)] as const,
  )
  const engineCpu = cpuS.engine ?? cpuS.floor ?? Number.NaN
  say(`  ${workload}: ${Math.round(events / seconds)} events/s, others ${othersPercent} %`)
  return {
    workload,
    conversations,
    events,
    seconds: rounded(seconds),
    eventsPerSecond: Math.round(events / seconds),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    maxMs: percentile(latencies, 1),
    engineCpuUsPerEvent: rounded((1e6 * engineCpu) / events, 1),
    engineRssMb: rssMb.engine ?? rssMb.floor ?? Number.NaN,
    cpuUsPerEvent: Object.fromEntries(cpuUs),
    othersPercent,
    storedPerConversation: Object.fromEntries(stored.filter(([, count]) => count > 0)),
  }
}

/** Waits until agents have had so many notifications, and no wake-up is scheduled any more. */
export async function drained({ nats }: BenchWorld, load: Load, notifications: number): Promise<void> {
  await notified(load, notifications)
  await untilNone('scheduled wake-ups', async () => {
    return (await nats.jsm.streams.info(streams.timers)).state.messages
  })
}

/** Waits until agents have had so many notifications. */
export function notified(load: Load, notifications: number): Promise<void> {
  return untilNone('missing notifications', async () => notifications - load.notified)
}

/** Throws where it stands still for too long. */
async function untilNone(what: string, count: () => Promise<number>): Promise<void> {
  let deadline = Date.now() + standstillMs
  for (let before = Number.NaN; ; await sleep(5)) {
    const now = await count()
    if (now <= 0) return
    if (now !== before) deadline = Date.now() + standstillMs
    else if (Date.now() > deadline) throw new Error(`${now} ${what}, and none fewer for ${standstillMs} ms`)
    before = now
  }
}

/** The messages that each stream has ever stored; the workers' own are left out. */
async function countStored({ nats }: BenchWorld): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for await (const { config, state } of nats.jsm.streams.list())
    if (!/cursors|workers/.test(config.name)) counts.set(config.name, state.last_seq)
  return counts
}
