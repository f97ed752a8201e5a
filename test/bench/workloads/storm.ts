import { handoffNotifications, handoffSteps } from '../conversations.ts'
import { print } from '../report.ts'
import { drained, inWorld, measure, notified, type Workload } from './workload.ts'

const warmUp = 500

export const storm: Workload = {
  about: '--storm customers who begin at the same moment, up to the notification of their request',
  run: ({ storm: conversations }) =>
    inWorld({}, async (world, load) => {
      await load.closed('warm', warmUp, warmUp, handoffSteps)
      await drained(world, load, warmUp * handoffNotifications)
      const line = await measure('storm', { world, load, conversations }, async () => {
        await load.closed('storm', conversations, conversations, handoffSteps.slice(0, 3))
        await notified(load, conversations)
      })
      print(line)
    }),
}
