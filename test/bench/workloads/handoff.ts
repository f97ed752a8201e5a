import { botNotifications, botSteps } from '../bots.ts'
import { handoffNotifications, handoffSteps, type Step } from '../conversations.ts'
import { undisturbed } from '../meter.ts'
import { launchScript } from '../processes.ts'
import { medianOf, print, say } from '../report.ts'
import type { BenchWorld, WorldOptions } from '../world.ts'
import { sampleWrites, type WritesOfStep } from './sample-writes.ts'
import { drained, inWorld, type Line, measure, type Sizes, type Workload } from './workload.ts'

/** Runs conversations, `in-flight` of them at a time, until agents have been told of all and no wake-up is scheduled. */
async function atOnce(
  workload: string,
  sizes: Sizes,
  options: Partial<WorldOptions>,
  { steps, notifications }: { steps: Step[]; notifications: number },
  prepare: (world: BenchWorld) => Promise<void> = async () => {},
): Promise<Line> {
  const { conversations, 'in-flight': inFlight } = sizes
  const run = () =>
    inWorld(options, async (world, load) => {
      await prepare(world)
      const warmUp = Math.ceil(conversations / 8)
      await load.closed('warm', warmUp, inFlight, steps)
      await drained(world, load, warmUp * notifications)
      return await measure(workload, { world, load, conversations }, async () => {
        await load.closed(workload, conversations, inFlight, steps)
        await drained(world, load, conversations * notifications)
      })
    })
  return (await undisturbed(sizes, run)).result
}

const script = { steps: handoffSteps, notifications: handoffNotifications }
const botScript = { steps: botSteps, notifications: botNotifications }

export function runHandoff(sizes: Sizes, options: Partial<WorldOptions> = {}): Promise<Line> {
  return atOnce('handoff', sizes, options, script)
}

/** The same messages, written by a process that decides nothing. */
function runFloor(sizes: Sizes, writes: WritesOfStep[]): Promise<Line> {
  return atOnce('floor', sizes, { engines: 0, notifier: false }, script, async ({ url, workers }) => {
    const floor = launchScript('floor', 'workloads/floor.ts', [url, JSON.stringify(writes)])
    workers.push(floor)
    await floor.message()
  })
}

export const handoff: Workload = {
  about: `conversations at once, until the last notification and wake-up; in turn with
           floor, the same messages written without deciding (ratioToFloor), and
           bot, a conversation with a bot (costToHandoff: its engine's processor time an event by handoff's)`,
  run: async (sizes) => {
    const writes = await inWorld({}, sampleWrites)
    const turns: { floor: Line; real: Line; bot: Line }[] = []
    for (let pair = 1; pair <= sizes.pairs; pair++) {
      say(`pair ${pair} of ${sizes.pairs}`)
      const floor = await runFloor(sizes, writes)
      const real = await runHandoff(sizes)
      turns.push({ floor, real, bot: await atOnce('bot', sizes, {}, botScript) })
    }
    const ratio = (one: (turn: (typeof turns)[number]) => number) => medianOf(turns.map(one))
    print(middle(turns.map(({ floor }) => floor)))
    print({
      ...middle(turns.map(({ real }) => real)),
      ratioToFloor: ratio(({ real, floor }) => real.eventsPerSecond / floor.eventsPerSecond),
    })
    print({
      ...middle(turns.map(({ bot }) => bot)),
      costToHandoff: ratio(({ bot, real }) => bot.engineCpuUsPerEvent / real.engineCpuUsPerEvent),
    })
  },
}

/** The line of the middle speed. */
function middle(lines: Line[]): Line {
  return lines.sort((a, b) => a.eventsPerSecond - b.eventsPerSecond)[Math.floor(lines.length / 2)] as Line
}
