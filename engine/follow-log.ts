import type { RawEvent } from './core/conversation.ts'
import { InOrder } from './in-order.ts'
import type { HeldCursor, Log } from './ports.ts'

/** A cursor is saved once so much time has passed, or so many events. */
export const saveEveryMs = 1_000
export const saveEveryEvents = 1_000
/** So many conversations of a log are worked on at once. */
export const concurrentMax = 256

export interface Following {
  log: Log
  cursor: HeldCursor
  /** What is dealt with in turn: the conversation. */
  keyOf(event: RawEvent): string
  /** Deals with one; `dealtWith` says up to where all are. */
  handler(dealtWith: () => number): (event: RawEvent) => Promise<void>
}

/** A log that is being followed. */
export interface Follower {
  /** Finishes what has begun, saves the cursor and lets go. */
  stop(): Promise<void>
  /** Settles when it has stopped; rejects with Fenced, or with what a handler or the cursor threw. */
  readonly ended: Promise<void>
}

/** Follows a log strictly in order from its cursor; the cursor passes only what is dealt with. */
export function followLog({ log, cursor, keyOf, handler }: Following): Follower {
  const dealWith = handler(() => work.finished)
  const handle = async (event: RawEvent) => {
    try {
      await dealWith(event)
    } catch (error) {
      // At once: on a quiet log the next event, which would find it, may be far off.
      reading.stop()
      throw error
    }
  }
  const work: InOrder<RawEvent> = new InOrder(cursor.seq, concurrentMax, handle)
  const reading = log.read(cursor.seq)
  let saved = cursor.seq
  let saving: Promise<void> = Promise.resolve()
  let failure: unknown

  const save = () => {
    saving = saving.then(async () => {
      if (failure || work.finished === saved) return
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
  const timer = setInterval(save, saveEveryMs)

  const ended = (async () => {
    try {
      let count = 0
      for await (const event of reading) {
        await work.add(event.seq, keyOf(event), event)
        if (++count % saveEveryEvents === 0) void save()
        if (failure) break
      }
      // What has begun goes on even after the log was lost: it does no harm, and is out of the way sooner.
      await work.drain()
      await save()
    } finally {
      clearInterval(timer)
      reading.stop()
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
