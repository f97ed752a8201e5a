import { setTimeout as sleep } from 'node:timers/promises'
import { handoffNotifications, handoffSteps } from '../conversations.ts'
import { print, rounded, say } from '../report.ts'
import { drained, inWorld, measure, type Workload } from './workload.ts'

const perSecond = 100

export const failover: Workload = {
  about: `two engines at ${perSecond} conversations/s, one of which is killed and started again: the longest wait`,
  run: ({ seconds }) =>
    inWorld({ engines: 2 }, async (world, load) => {
      const [victim] = world.workers
      const conversations = perSecond * Math.max(seconds, 8)
      const durationMs = (1_000 * conversations) / perSecond
      const kill = async () => {
        await sleep(durationMs / 4)
        await victim?.stop('SIGKILL')
        say('  killed an engine')
        await sleep(durationMs / 2)
        await world.startWorker('engine')
        say('  started it again')
      }
      const line = await measure('failover', { world, load, conversations }, async () => {
        await Promise.all([load.open('failover', conversations, perSecond, handoffSteps), kill()])
        await drained(world, load, conversations * handoffNotifications)
      })
      const late = load.latencies.filter((ms) => ms > 1_000).length
      print({ ...line, laterThan1S: late, laterThan1SPercent: rounded((100 * late) / line.events) })
    }),
}
