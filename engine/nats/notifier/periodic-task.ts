import type { Logger } from 'pino'

/** When a task runs, in milliseconds: after the notifier became active or a run has failed, and after each other run. */
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

/** @param name of the task, for the log: a run that fails is logged */
export function periodicTask(
  name: string,
  { firstMs, everyMs }: TaskTimes,
  log: Logger,
  run: (signal: AbortSignal) => Promise<void>,
): PeriodicTask {
  let active: AbortController | undefined
  let timer: NodeJS.Timeout | undefined
  const schedule = (ms: number, signal: AbortSignal) => {
    timer = setTimeout(async () => {
      let nextMs = everyMs
      await run(signal).catch((error) => {
        nextMs = firstMs
        if (!signal.aborted) log.error({ err: error }, `${name} failed`)
      })
      if (!signal.aborted) schedule(nextMs, signal)
    }, ms)
  }
  return {
    activate() {
      if (active) return
      active = new AbortController()
      schedule(firstMs, active.signal)
    },
    standBy() {
      active?.abort()
      clearTimeout(timer)
      active = undefined
    },
  }
}
