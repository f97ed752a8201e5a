import { handoffSteps, waitingSteps } from '../conversations.ts'
import { Meter } from '../meter.ts'
import { print, rounded, say } from '../report.ts'
import type { BenchWorld } from '../world.ts'
import { inWorld, measure, notified, type Workload } from './workload.ts'

const among = 200

export const idle: Workload = {
  about:
    '--waiting conversations wait for agents: memory, a restart, and conversations one at a time among them',
  run: ({ waiting, 'in-flight': inFlight }) =>
    inWorld({}, async (world, load) => {
      const began = performance.now()
      await load.closed('idle', waiting, inFlight, waitingSteps('waiting'))
      await notified(load, waiting)
      const fillSeconds = rounded((performance.now() - began) / 1_000)
      const filled = memoryOf(world)
      say(`  ${waiting} wait after ${fillSeconds} s`)
      const restartMs: Record<string, number> = {}
      for (const old of world.workers.splice(0)) {
        await old.stop()
        const stoppedAt = performance.now()
        await world.startWorker(old.name as 'engine' | 'notifier')
        restartMs[old.name] = Math.round(performance.now() - stoppedAt)
      }
      await load.closed('warm', among, 1, handoffSteps)
      const line = await measure('idle', { world, load, conversations: among }, () =>
        load.closed('among', among, 1, handoffSteps),
      )
      const restarted = memoryOf(world)
      print({ ...line, waiting, fillSeconds, rssMb: filled, restartMs, restartedRssMb: restarted })
    }),
}

function memoryOf({ servers, workers }: BenchWorld): Record<string, number> {
  return new Meter([...servers, ...workers]).read().rssMb
}
