import type { Pending } from './apply.ts'
import type { RawEvent } from './core/conversation.ts'
import { InOrder } from './in-order.ts'
import type { HeldCursor, Log } from './ports.ts'

/** The cursor is saved after this time, or after this many events, whichever comes first. */
export const saveEveryMs = 1_000
export const saveEveryEvents = 1_000
/** The most conversations of one log that are handled at once. */
export const concurrentMax = 256

export interface Following {
  log: Log
  cursor: HeldCursor
  /** Events with the same key, the conversation, are handled one after another. */
  keyOf(event: RawEvent): string
  /**
   * Returns the handler. `dealtWith()`: the highest sequence up to which every event is handled. The cursor waits for
   * what the handler returns, too.
   */
  handler(dealtWith: () => number): (event: RawEvent) => Promise<Pending>
  late?: Late
}

/** Effects for which the cursor waits after their events are handled. */
export interface Late {
  /** @param isStillOurs saves the cursor, which fails if another worker has taken the log over */
  start(isStillOurs: () => Promise<boolean>): void
  /** No more events come: what is waited for is to settle soon. */
  finish(): void
  /** The log was lost, or is let go: what is left is the successor's, and settles. */
  abandon(): void
}

/** A log that is being followed. */
export interface Follower {
  /** Finishes what has begun, saves the cursor and lets go. */
  stop(): Promise<void>
  /** Settles when it has stopped; rejects with Fenced, or with what a handler or the cursor threw. */
  readonly ended: Promise<void>
}

/** Follows a log strictly in order from its cursor; the cursor passes only events that are handled. */
export function followLog({ log, cursor, keyOf, handler, late }: Following): Follower {
  let failure: unknown
  const handleEvent = handler(() => work.finished)
  const handle = async (event: RawEvent) => {
    try {
      return await handleEvent(event)
    } catch (error) {
      failure ??= error
      // Stop now: on a quiet log the next event, which would find the failure, may be far off.
      reading.stop()
      throw error
    }
  }
  const work: InOrder<RawEvent> = new InOrder(cursor.seq, concurrentMax, handle)
  const reading = log.read(cursor.seq)
  let saved = cursor.seq
  let saving: Promise<void> = Promise.resolve()

  const save = (isForced = false) => {
    saving = saving.then(async () => {
      if (failure || (work.finished === saved && !isForced)) return
      const seq = work.finished
      try {
        await cursor.save(seq)
        saved = seq
      } catch (error) {
        failure = error
        reading.stop()
      }
    })
    return saving
  }
  const timer = setInterval(() => void save(), saveEveryMs)
  late?.start(() => save(true).then(() => failure === undefined))

  const ended = (async () => {
    try {
      let count = 0
      for await (const event of reading) {
        await work.add(event.seq, keyOf(event), event)
        if (++count % saveEveryEvents === 0) void save()
        if (failure) break
      }
      // Handlers that have begun finish even after the log was lost: that does no harm, and frees it sooner.
      if (failure) late?.abandon()
      else late?.finish()
      await work.drain()
      await save()
    } finally {
      clearInterval(timer)
      reading.stop()
      late?.abandon()
    }
    if (failure) throw failure
  })()
  return {
    ended,
    stop: () => {
      reading.stop()
      return ended
    },
  }
}
