import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { isWeather } from './errors.ts'

const firstPauseMs = 20
const longestPauseMs = 1_000

/** As `RetryOptions` for code that may have no log. */
export interface QuietRetryOptions {
  log?: Pick<Logger, 'info' | 'warn'>
  signal: AbortSignal
  /** Called with each error that is retried, and with the attempt. */
  failed?: ((error: unknown, what: string) => void) | undefined
}

/** The log for waiting, and the signal that ends it. */
export interface RetryOptions extends QuietRetryOptions {
  log: Logger
}

/** The retries were aborted. */
export class RetryAborted extends Error {}

/**
 * Retries an idempotent attempt with backoff for as long as it fails with a transient error. Logs once that it waits
 * and once that it continues. Throws any other error, and RetryAborted once the signal is aborted.
 *
 * @param what the attempt, for the log
 */
export async function retry<T>(
  what: string,
  { log, signal, failed }: QuietRetryOptions,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let pause = firstPauseMs, tries = 1; ; tries++, pause = Math.min(pause * 2, longestPauseMs)) {
    try {
      const result = await attempt()
      if (tries > waitsUntilSaid) log?.info({ what, tries }, 'going on')
      return result
    } catch (error) {
      if (signal.aborted) throw new RetryAborted(what, { cause: error })
      if (!isWeather(error)) throw error
      failed?.(error, what)
      if (tries === waitsUntilSaid) log?.warn({ what, reason: (error as Error).message }, 'waiting for NATS')
      await sleep(pause)
    }
  }
}

const waitsUntilSaid = 3
