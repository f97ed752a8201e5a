import { writeFile } from 'node:fs/promises'
import { handoffNotifications, handoffSteps } from '../conversations.ts'
import { latencyPlot } from '../latency-plot.ts'
import { numbersOf, print, say } from '../report.ts'
import { drained, inWorld, type Line, measure, type Workload } from './workload.ts'

const warmUpS = 2

export const rate: Workload = {
  about: 'conversations that begin at fixed rates, whatever the answers take; with --plot, drawn',
  run: async ({ rates, seconds, plot }) => {
    const lines: (Line & { conversationsPerSecond: number })[] = []
    for (const conversationsPerSecond of numbersOf(rates)) {
      const line = await inWorld({}, async (world, load) => {
        const run = async (prefix: string, forS: number) => {
          const count = Math.ceil(conversationsPerSecond * forS)
          await load.open(prefix, count, conversationsPerSecond, handoffSteps)
          await drained(world, load, count * handoffNotifications)
        }
        await run('warm', warmUpS)
        const conversations = Math.ceil(conversationsPerSecond * seconds)
        return await measure('rate', { world, load, conversations }, () => run('rate', seconds))
      })
      lines.push({ ...line, conversationsPerSecond })
      print(lines.at(-1) ?? {})
    }
    if (plot === '') return
    const points = lines.map((line) => ({
      eventsPerSecond: line.conversationsPerSecond * handoffSteps.length,
      p50Ms: line.p50Ms,
      p99Ms: line.p99Ms,
    }))
    await writeFile(plot, latencyPlot(points))
    say(`drawn in ${plot}`)
  },
}
