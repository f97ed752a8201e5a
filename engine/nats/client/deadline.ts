/** The longest delay of a timer: a longer one would fire at once. */
const delayMsMax = 2 ** 31 - 1

export interface Deadline {
  /** Infinity: no limit. */
  timeoutMs: number
  /** The error once the time is over; by default an AbortError. */
  timeout?(cause: unknown): Error
  /** Each ends the work, with its reason. */
  signals: readonly (AbortSignal | undefined)[]
}

/**
 * Settles with the work; rejects once the time is over or a signal is aborted. The work's own signal is aborted then,
 * and its last error is the cause.
 */
export async function withDeadline<T>(
  { timeoutMs, timeout, signals }: Deadline,
  work: (signal: AbortSignal, failed: (error: unknown) => void) => Promise<T>,
): Promise<T> {
  // Not AbortSignal.any: on Node 20 a signal that lives long keeps something of each signal that was made from it.
  const ending = new AbortController()
  const end = ({ target }: Event) => ending.abort((target as AbortSignal).reason)
  const given = signals.filter((signal) => signal !== undefined)
  for (const signal of given) signal.throwIfAborted()
  for (const signal of given) signal.addEventListener('abort', end)
  let lastError: unknown
  const timer =
    timeoutMs <= delayMsMax ? setTimeout(() => ending.abort(timeout?.(lastError)), timeoutMs) : undefined
  const ended = new Promise<never>((_, reject) => {
    ending.signal.addEventListener('abort', () => reject(ending.signal.reason))
  })
  try {
    const failed = (error: unknown) => {
      lastError = error
    }
    return await Promise.race([work(ending.signal, failed), ended])
  } finally {
    clearTimeout(timer)
    for (const signal of given) signal.removeEventListener('abort', end)
    ending.abort()
  }
}
