import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { isWeather } from './errors.ts'

const firstPauseMs = 20
const longestPauseMs = 1_000

/** How somebody waits for better weather: what is said to whom, and until when. */
export interface RetryOptions {
  log: Logger
  signal: AbortSignal
}

/** Why somebody has stopped trying. */
export class RetryAborted extends Error {}

/**
 * Tries until it succeeds: what is asked must be harmless to repeat. Says once that it waits and once that it
 * goes on. Throws what is not weather, and RetryAborted once the signal says so.
 */
export async function retry<T>(what: string, to: RetryOptions, attempt: () => Promise<T>): Promise<T> {
  for (let pause = firstPauseMs, tries = 1; ; tries++, pause = Math.min(pause * 2, longestPauseMs)) {
    try {
      const result = await attempt()
      if (tries > waitsUntilSaid) to.log.info({ what, tries }, 'going on')
      return result
    } catch (error) {
      if (to.signal.aborted) throw new RetryAborted(what, { cause: error })
      if (!isWeather(error)) throw error
      if (tries === waitsUntilSaid)
        to.log.warn({ what, reason: (error as Error).message }, 'waiting for NATS')
      await sleep(pause)
    }
  }
}

const waitsUntilSaid = 3
