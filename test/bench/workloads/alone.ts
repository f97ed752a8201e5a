import { handoffNotifications, handoffSteps } from '../conversations.ts'
import { print } from '../report.ts'
import { drained, inWorld, measure, type Workload } from './workload.ts'

const warmUp = 50
const conversations = 300

export const alone: Workload = {
  about: 'one conversation at a time',
  run: () =>
    inWorld({}, async (world, load) => {
      await load.closed('warm', warmUp, 1, handoffSteps)
      await drained(world, load, warmUp * handoffNotifications)
      const line = await measure('alone', { world, load, conversations }, async () => {
        await load.closed('alone', conversations, 1, handoffSteps)
        await drained(world, load, conversations * handoffNotifications)
      })
      print(line)
    }),
}
