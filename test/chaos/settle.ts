import { setTimeout as sleep } from 'node:timers/promises'
import type { World } from '../../engine/core/running.ts'
import { builtIn } from '../../engine/machines/bots/built-in.ts'
import { botDefinition } from '../../engine/machines/bots/definition.ts'
import { definitionsOf } from '../../engine/machines/definitions.ts'
import { Bucket } from '../../engine/nats/bucket.ts'
import type { Nats } from '../../engine/nats/connect.ts'
import { streams, subjects } from '../../engine/nats/topology.ts'
import { readAllHistory } from '../../engine/nats/views/history.ts'
import { replayConversations } from '../../workers/cli/conversations/replay-conversations.ts'
import { judge, type Verdict } from './oracle.ts'
import { behind, endOf, type Goal, lagging, overdue, readBack } from './read-back.ts'
import type { SupervisedWorker } from './supervised-worker.ts'
import { bot, channels, type Published } from './workload.ts'

/** After the last event the short timers come due, and what has piled up is worked off. */
const settleMs = 8_000
/** And a wake-up takes a moment. */
const onItsWayMs = 1_000
const drainTimeoutMs = 180_000
const lookEveryMs = 2_000

export interface Settling {
  partitions: number
  engines: SupervisedWorker[]
  notifiers: SupervisedWorker[]
  report(line: string): void
}

/** Configures the channels and the bot of the conversations. */
export async function configure(nats: Nats): Promise<void> {
  const bucket = new Bucket(nats, 'configuration')
  for (const channel of channels) await bucket.put(`channel.${channel.id}`, JSON.stringify(channel))
  await bucket.put(`bot.${bot.id}`, JSON.stringify(bot))
}

/** Waits until all that was due is done, stops the workers, and judges what is stored then. */
export async function settle(
  nats: Nats,
  published: Published[],
  { partitions, engines, notifiers, report }: Settling,
): Promise<Verdict> {
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
      ...[...engines, ...notifiers].flatMap(({ crashes }) => crashes),
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
    figures: { ...figures, replayed: replay.events },
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
