import { setTimeout as sleep } from 'node:timers/promises'
import type { World } from '../../engine/core/running.ts'
import { builtIn } from '../../engine/machines/bots/built-in.ts'
import { botDefinition } from '../../engine/machines/bots/definition.ts'
import { definitionsOf } from '../../engine/machines/definitions.ts'
import { Bucket } from '../../engine/nats/bucket.ts'
import { connectNats, type Nats } from '../../engine/nats/connect.ts'
import { streams, subjects } from '../../engine/nats/topology.ts'
import { readAllHistory } from '../../engine/nats/views/history.ts'
import { replayConversations } from '../../workers/cli/conversations/replay-conversations.ts'
import { createStreams, startCluster } from '../server-cluster.ts'
import { judge, type Verdict } from './oracle.ts'
import { Random } from './random.ts'
import { behind, endOf, type Goal, lagging, overdue, readBack } from './read-back.ts'
import { SupervisedWorker } from './supervised-worker.ts'
import { type Climate, forecast, weather } from './weather.ts'
import { bot, channels, plan, play } from './workload.ts'

export interface ChaosOptions extends Climate {
  /** Decides what is published and what happens when. */
  seed: number
  conversations: number
  engines: number
  notifiers: number
  partitions: number
  /** Replicas of each stream, on as many servers. */
  replicas: number
  /** For so long events are published and things happen. */
  seconds: number
  report(line: string): void
}

/** After the last event the short timers come due, and what has piled up is worked off. */
const settleMs = 8_000
/** And a wake-up takes a moment. */
const onItsWayMs = 1_000
const drainTimeoutMs = 180_000
const lookEveryMs = 2_000

/**
 * Runs conversations on servers and workers of its own, while these are killed, put to sleep and started again;
 * waits until all that was due is done, and judges what is stored then.
 */
export async function runChaos(options: ChaosOptions): Promise<Verdict> {
  const { seed, conversations, partitions, replicas, kills, sleeps, notifierKills, serverKills } = options
  const durationMs = options.seconds * 1_000
  const scripts = plan(new Random(seed), conversations, durationMs)
  const climate = { kills, sleeps, notifierKills, serverKills }
  const incidents = forecast(new Random(seed + 1), climate, durationMs)

  const cluster = await startCluster(replicas)
  const { url, servers } = cluster
  const nats = await connectNats(url, 'chaos')
  const crew = (role: 'engine' | 'notifier', count: number) =>
    Array.from(
      { length: count },
      (_, i) => new SupervisedWorker(role, i + 1, { natsUrl: url, partitions, replicas }),
    )
  const engines = crew('engine', options.engines)
  const notifiers = crew('notifier', options.notifiers)
  const workers = [...engines, ...notifiers]
  try {
    await createStreams(nats, { partitions, replicas })
    const bucket = new Bucket(nats, 'configuration')
    for (const channel of channels) await bucket.put(`channel.${channel.id}`, JSON.stringify(channel))
    await bucket.put(`bot.${bot.id}`, JSON.stringify(bot))
    for (const worker of workers) worker.start()
    await Promise.all(workers.map((worker) => worker.ready()))

    const beganAt = Date.now()
    const report = (line: string) =>
      options.report(`${((Date.now() - beganAt) / 1_000).toFixed(1).padStart(6)} s  ${line}`)
    report(`${scripts.length} conversations begin, ${scripts.flat().length} events, seed ${seed}`)
    const [published] = await Promise.all([
      play(scripts, nats.publisher, beganAt),
      weather(incidents, { engines, notifiers, servers, nats }, beganAt, report),
    ])
    report('all is published, and the weather is fine')
    const left = await drain(nats, partitions, report)
    const badStops = await stopAll(engines)
    const told = await endOf(nats, 'notifier', streams.requests, subjects.requests)
    left.push(...(await untilNone(() => behind(nats, [told]), report)))
    badStops.push(...(await stopAll(notifiers)))
    report('the workers have stopped')
    left.push(...(await untilNone(() => lagging(nats), report)))
    const world: World = {
      configuration: {
        channels: new Map(channels.map((channel) => [channel.id, channel])),
        schedules: new Map(),
        bots: new Map([[bot.id, { document: bot, definition: botDefinition(bot) }]]),
        strictChannels: false,
      },
      definitions: definitionsOf(...builtIn, botDefinition(bot)),
    }
    const { violations, figures } = judge(await readBack(nats, partitions), published, world)
    // The engine's own word, from what is stored alone, against the oracle's, which knows what was configured.
    const replay = await replayConversations(readAllHistory(nats), {
      definitions: definitionsOf(...builtIn, botDefinition(bot)),
      machines: { load: async () => {} },
    })
    return {
      violations: [
        ...workers.flatMap(({ crashes }) => crashes),
        ...badStops,
        ...left.map((what) => `not done in time: ${what}`),
        ...violations,
        ...replay.differing.map(
          ({ conversation, seq, path }) => `${conversation}: event ${seq} replayed: ${path}`,
        ),
        ...Object.entries(replay.passedOver)
          .filter(([why]) => why !== 'erased')
          .map(([why, count]) => `not replayed, ${why}: ${count}`),
      ],
      figures: {
        seed,
        seconds: options.seconds,
        replicas,
        ...climate,
        failedStarts: workers.flatMap(({ failedStarts }) => failedStarts).length,
        ...figures,
        replayed: replay.events,
      },
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.abandon()))
    await nats.close()
    await cluster.stop()
  }
}

/** Waits until all that was due is done; says what is not after a long while. */
async function drain(nats: Nats, partitions: number, report: (line: string) => void): Promise<string[]> {
  const dueBy = Date.now() + settleMs
  await sleep(settleMs + onItsWayMs)
  const goals: Goal[] = []
  for (let partition = 0; partition < partitions; partition++)
    goals.push(await endOf(nats, `event.${partition}`, streams.events, subjects.events(partition)))
  return untilNone(async () => [...(await behind(nats, goals)), ...(await overdue(nats, dueBy))], report)
}

async function untilNone(look: () => Promise<string[]>, report: (line: string) => void): Promise<string[]> {
  const until = Date.now() + drainTimeoutMs
  for (;;) {
    const left = await look()
    if (left.length === 0 || Date.now() > until) return left
    report(`still to do: ${left.length}, first ${left[0]}`)
    await sleep(lookEveryMs)
  }
}

/** Says what was wrong with it. */
async function stopAll(workers: SupervisedWorker[]): Promise<string[]> {
  return (await Promise.all(workers.map((worker) => worker.stop()))).filter((wrong) => wrong !== null)
}
