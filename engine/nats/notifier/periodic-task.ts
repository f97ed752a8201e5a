import type { Logger } from 'pino'
import { RetryAborted } from '../retry.ts'

/** When a task runs, in milliseconds: for the first time after the notifier became active, and again after each run. */
export interface TaskTimes {
  firstMs: number
  everyMs: number
}

/** A task of the active notifier. */
export interface PeriodicTask {
  /** Runs the task from time to time, until `standBy`. */
  activate(): void
  standBy(): void
}

/** @param name of the task, for the log: a run that fails is logged, and the next one comes in its time */
export function periodicTask(
  name: string,
  { firstMs, everyMs }: TaskTimes,
  log: Logger,
  run: (signal: AbortSignal) => Promise<void>,
): PeriodicTask {
  let active: AbortController | undefined
  const schedule = (ms: number, { signal }: AbortController) => {
    const timer = setTimeout(async () => {
      await run(signal).catch((error) => {
        if (!(error instanceof RetryAborted)) log.error({ err: error }, `${name} failed`)
      })
      if (active && !signal.aborted) schedule(everyMs, active)
    }, ms)
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  }
  return {
    activate() {
      if (active) return
      active = new AbortController()
      schedule(firstMs, active)
    },
    standBy() {
      active?.abort()
      active = undefined
    },
  }
}
