import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { NatsAccess } from '../../../engine/nats/connect-options.ts'
import { isRefusal, serversOf } from '../shell/connect-to-running.ts'

/** NATS may be starting at the same time. */
const connectTimeoutMs = 10_000
const connectPauseMs = 250

/** Connects to a NATS that may not answer yet. */
export async function connectPatiently<C>(
  connect: (to: NatsAccess, name: string) => Promise<C>,
  to: NatsAccess,
  name: string,
  log: Logger,
): Promise<C> {
  const until = Date.now() + connectTimeoutMs
  for (let tries = 1; ; tries++) {
    try {
      return await connect(to, name)
    } catch (error) {
      if (isRefusal(error as Error)) throw error
      const { message: reason } = error as Error
      const nats = serversOf(to.url)
      if (Date.now() > until)
        throw new Error(`no NATS server could be reached at ${nats}: ${reason}`, { cause: error })
      if (tries === 1) log.warn({ nats, reason }, 'NATS cannot be reached yet: trying for 10 seconds')
      await sleep(connectPauseMs)
    }
  }
}
