import { chatSteps, handoffNotifications } from '../conversations.ts'
import { percentile, print } from '../report.ts'
import { drained, inWorld, measure, type Workload } from './workload.ts'

const conversations = 64

export const chat: Workload = {
  about: `${conversations} conversations at once in which both sides write --messages`,
  run: ({ messages }) =>
    inWorld({}, async (world, load) => {
      const steps = chatSteps(messages)
      await load.closed('warm', conversations, conversations, chatSteps(2))
      await drained(world, load, conversations * handoffNotifications)
      const line = await measure('chat', { world, load, conversations }, async () => {
        await load.closed('chat', conversations, conversations, steps)
        await drained(world, load, conversations * handoffNotifications)
      })
      // All are at about the same message: a conversation that grows shows itself in its end.
      const tenth = Math.ceil(load.latencies.length / 10)
      const firstP50Ms = percentile(load.latencies.slice(tenth, 2 * tenth), 0.5)
      const lastP50Ms = percentile(load.latencies.slice(-2 * tenth, -tenth), 0.5)
      print({ ...line, messages, firstP50Ms, lastP50Ms })
    }),
}
