import type { RequestChange } from '../schemas/conversation/record.ts'
import type { Conversation, RawEvent, StoredRecord } from './core/conversation.ts'
import type { Effect } from './core/effects.ts'
import type { Unreadable } from './core/read-event.ts'

/** The ports of the engine, in its own words. `engine/nats` has the one implementation. */

/** One ordered log, or one partition of it. */
export interface Log {
  /** Reads on from after a sequence, in order and without gaps, until stopped. */
  read(after: number): Reading
  /** The last sequence of the whole stream. */
  lastSequence(): Promise<number>
}

export interface Reading extends AsyncIterable<RawEvent> {
  stop(): void
}

/** How far a log is handled, and by which worker. */
export interface Cursors {
  /** Takes a log over from its owner. Throws OperatorNeeded where the log has lost the cursor's message. */
  takeOver(name: string): Promise<HeldCursor>
}

export interface HeldCursor {
  /** All up to this sequence was dealt with when it was taken over. */
  readonly seq: number
  /** Throws Fenced where another has taken it over. */
  save(seq: number): Promise<void>
}

export interface Conversations {
  /** Reads the stored conversation. With `fromLeader` the read is never stale. */
  load(conversation: string, fromLeader?: boolean): Promise<Conversation>
  /** Stores the next record and says its sequence. Throws Conflict where `conversation` is not the latest, TooLarge. */
  commit(conversation: string, latest: Conversation, record: StoredRecord): Promise<number>
}

/** The machines that are not at hand from the start. */
export interface Machines {
  /** Loads a stored machine by its name. */
  load(machine: string): Promise<void>
}

export interface Performer {
  /**
   * Settles once the effect is stored; waits for as long as the weather is bad.
   *
   * @param since when it was to be performed, in epoch milliseconds; absent: now, for the first time
   */
  perform(effect: Effect, since?: number): Promise<void>
}

/** Observes an engine, for metrics and traces. None of its methods throws or waits for itself. */
export interface Observer {
  /** Runs the handling of an event: effects included, wake-ups excepted. */
  handle(event: RawEvent, run: (handling: Handling) => Promise<void>): Promise<void>
  /** A request to NATS is repeated, after a transient error. @param what the attempt, as `retry` names it */
  retried(what: string): void
  /** A notification was published, perhaps once more. */
  notified(action: RequestChange['action']): void
}

/** The handling of one event, as it goes on. */
export interface Handling {
  /** Runs a decision. */
  decide<T>(run: () => T): T
  /** The event's record is stored. @param due of a timer that has fired in it, in epoch milliseconds */
  recorded(due: number | undefined): void
  /** The event is a dead letter. */
  buried(reason: Unreadable['code']): void
}

export interface DeadLetters {
  /** Keeps an event that cannot be dealt with, whole and with the reason. */
  bury(event: RawEvent, cause: Unreadable): Promise<void>
}
