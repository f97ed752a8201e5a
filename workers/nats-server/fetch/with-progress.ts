const progressIntervalMs = 2_000

/** Runs a slow task and reports it: at once, every two seconds, and at its end. */
export async function withProgress<T>(
  action: string,
  report: (line: string) => void,
  run: () => Promise<T>,
): Promise<T> {
  const started = Date.now()
  const seconds = () => ((Date.now() - started) / 1_000).toFixed(1)
  report(`${action} …`)
  const timer = setInterval(() => report(`… still running after ${seconds()} s`), progressIntervalMs)
  try {
    const result = await run()
    report(`… ${result === undefined ? 'none there, after' : 'done in'} ${seconds()} s`)
    return result
  } finally {
    clearInterval(timer)
  }
}
