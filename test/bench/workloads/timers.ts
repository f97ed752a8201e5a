import { setTimeout as sleep } from 'node:timers/promises'
import { waitingChannel, waitingSteps } from '../conversations.ts'
import type { SeenRecord } from '../load.ts'
import { percentile, print } from '../report.ts'
import { inWorld, measure, type Workload } from './workload.ts'

/** After the last conversation has begun, the first reminder is due this much later. */
const marginS = 3
const lostAfterMs = 60_000

export const timers: Workload = {
  about:
    '--timers reminders that come due --within seconds: how late they are, none early, lost or twice there',
  run: ({ timers: count, within }) => {
    const afterS = within + marginS
    const documents = { 'channel.reminded': waitingChannel('reminded', `PT${afterS}S`) }
    return inWorld({ documents }, async (world, load) => {
      const due = new Map<string, number>()
      const lateMs: number[] = []
      const found = { early: 0, twice: 0, lost: 0 }
      const seen = new Set<string>()
      load.onOther = ({ conversation, text }: SeenRecord) => {
        const { at, event } = JSON.parse(text)
        if (event.type !== 'timer.unanswered') return
        const dueAt = due.get(conversation) ?? Number.NaN
        if (seen.has(conversation)) found.twice++
        else if (Date.parse(at) < dueAt) found.early++
        seen.add(conversation)
        lateMs.push(Date.now() - dueAt)
      }
      const steps = waitingSteps('reminded')
      const line = await measure('timers', { world, load, conversations: count }, async () => {
        await load.open('timer', count, count / within, steps, 0, (conversation, { text }) =>
          due.set(conversation, Date.parse(JSON.parse(text).at) + afterS * 1_000),
        )
        const lastDue = Math.max(...due.values())
        // A created request each, and a reminder each.
        while (seen.size < count || load.notified < 2 * count) {
          if (Date.now() > lastDue + lostAfterMs) break
          await sleep(20)
        }
      })
      found.lost = count - seen.size
      print({
        ...line,
        timers: count,
        withinSeconds: within,
        lateP50Ms: percentile(lateMs, 0.5),
        lateP99Ms: percentile(lateMs, 0.99),
        lateMaxMs: percentile(lateMs, 1),
        ...found,
        remindersNotified: load.notified - count,
      })
      if (found.early + found.lost + found.twice > 0) process.exitCode = 1
    })
  },
}
