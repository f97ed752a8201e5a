import type { Logger } from 'pino'
import { zoneDataWarning } from '../../../schemas/time-zone.ts'

/** The order in which a long-running command stops what it has started; each phase stops in parallel. */
const phases = ['worker', 'connection', 'server'] as const
type Phase = (typeof phases)[number]

/** Below the ten seconds that a container gets. The next start finds whatever is unfinished. */
const stopTimeoutMs = 8_000
/** A terminal's Ctrl-C reaches a command that npm runs twice: from the terminal, and from npm. */
const sameSignalMs = 500
const parentLookMs = 500
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** Registers what a long-running command has started and depends on. */
export interface Lifetime {
  /** Has something stopped at the end. */
  started(phase: Phase, stop: () => Promise<unknown>): void
  /** Ends the command once the promise rejects. */
  needs(promise: Promise<never>): void
}

/**
 * Runs until a signal, stops everything that was started, and returns the exit code 0. A second signal ends the process
 * at once. If a dependency fails, stops everything and throws its error.
 */
export async function untilStopped(
  log: Logger,
  begin: (lifetime: Lifetime) => Promise<void>,
): Promise<number> {
  const oldZones = zoneDataWarning(Date.now())
  if (oldZones) log.warn(oldZones)
  const stops: { phase: Phase; stop: () => Promise<unknown> }[] = []
  let signalled: (signal: string) => void = () => {}
  let failed: (error: unknown) => void = () => {}
  let isStopping = false
  const end = new Promise<string>((resolve, reject) => {
    signalled = resolve
    failed = reject
  })
  end.catch(() => {})
  let firstAt = Number.POSITIVE_INFINITY
  for (const [signal, code] of Object.entries(signals))
    process.on(signal, () => {
      if (isStopping && Date.now() - firstAt > sameSignalMs) process.exit(code)
      firstAt = Math.min(firstAt, Date.now())
      signalled(signal)
    })
  // npx runs its command in a shell, and ends only that shell on a signal.
  const parent = process.ppid
  if (process.env.npm_command)
    setInterval(() => {
      if (process.ppid !== parent) signalled('the end of npm')
    }, parentLookMs).unref()

  const begun = begin({
    started: (phase, stop) => stops.push({ phase, stop }),
    needs: (promise) => {
      promise.catch((error) => {
        if (!isStopping) failed(error)
      })
    },
  })
  begun.catch(failed)
  try {
    const signal = await end
    log.info({ signal }, 'stopping')
    return 0
  } catch (error) {
    log.error({ error: (error as Error).message }, 'stopping')
    throw error
  } finally {
    isStopping = true
    await stopAll(stops, log)
  }
}

async function stopAll(stops: { phase: Phase; stop: () => Promise<unknown> }[], log: Logger): Promise<void> {
  const stopping = (async () => {
    for (const phase of phases)
      await Promise.all(
        stops
          .filter((entry) => entry.phase === phase)
          .map(({ stop }) =>
            stop().catch((error: Error) => log.warn({ phase, reason: error.message }, 'while stopping')),
          ),
      )
    return true
  })()
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), stopTimeoutMs)
  })
  if (!(await Promise.race([stopping, tooLong])))
    log.warn('NATS does not let everything finish: ending anyway')
  clearTimeout(timer)
}
