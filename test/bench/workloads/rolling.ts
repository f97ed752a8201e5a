import { setTimeout as sleep } from 'node:timers/promises'
import { handoffNotifications, handoffSteps } from '../conversations.ts'
import { percentile, print, say } from '../report.ts'
import { drained, inWorld, measure, type Workload } from './workload.ts'

const warmUp = 2_000
const inFlight = 64
/** Between two restarts, so that the waits of each can be told apart. */
const restMs = 4_000

export const rolling: Workload = {
  about: 'two engines and two notifiers, each stopped and started in turn, at a third of the saturated rate',
  run: () =>
    inWorld({ engines: 2 }, async (world, load) => {
      await world.startWorker('notifier')
      await load.closed('warm', warmUp, inFlight, handoffSteps)
      const began = performance.now()
      await load.closed('saturated', warmUp, inFlight, handoffSteps)
      const saturated = (1_000 * warmUp) / (performance.now() - began)
      await drained(world, load, 2 * warmUp * handoffNotifications)
      const perSecond = Math.round(saturated / 3)
      const former = [...world.workers]
      const phases = 2 * former.length + 2
      const conversations = Math.ceil((perSecond * phases * restMs) / 1_000)
      say(`  ${perSecond} conversations/s, a third of ${Math.round(saturated)}`)
      const notifications = conversations * handoffNotifications
      const slowestMs: Record<string, number> = {}
      const phase = async (name: string, work: () => Promise<unknown>) => {
        const first = load.latencies.length
        await work()
        await sleep(restMs)
        slowestMs[name] = percentile(load.latencies.slice(first), 1)
        say(`  ${name}: ${slowestMs[name]} ms`)
      }
      const restart = async () => {
        await phase('before', async () => {})
        for (const [n, worker] of former.entries()) {
          const name = `${worker.name} ${n + 1}`
          await phase(`stop of ${name}`, () => worker.stop())
          await phase(`start of ${name}`, () => world.startWorker(worker.name as 'engine' | 'notifier'))
        }
      }
      const line = await measure('rolling', { world, load, conversations }, async () => {
        await Promise.all([load.open('rolling', conversations, perSecond, handoffSteps), restart()])
        await drained(world, load, notifications)
      })
      print({ ...line, perSecond, slowestMs, repeatedNotifications: load.notified - notifications })
      const { CONVERSATIONS: records, WORKSPACE: stored } = line.storedPerConversation
      if (records !== handoffSteps.length || stored !== handoffNotifications)
        throw new Error(`${records} records and ${stored} notifications a conversation`)
    }),
}
