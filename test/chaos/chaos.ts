import { connectNats } from '../../engine/nats/connect.ts'
import { createStreams, startCluster } from '../server-cluster.ts'
import type { Verdict } from './oracle.ts'
import { Random } from './random.ts'
import { configure, settle } from './settle.ts'
import { SupervisedWorker } from './supervised-worker.ts'
import { type Climate, forecast, weather } from './weather.ts'
import { plan, play } from './workload.ts'

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
    await configure(nats)
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
    const { violations, figures } = await settle(nats, published, { partitions, engines, notifiers, report })
    return {
      violations,
      figures: {
        seed,
        seconds: options.seconds,
        replicas,
        ...climate,
        failedStarts: workers.flatMap(({ failedStarts }) => failedStarts).length,
        ...figures,
      },
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.abandon()))
    await nats.close()
    await cluster.stop()
  }
}
