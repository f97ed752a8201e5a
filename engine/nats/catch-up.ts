import { setTimeout as sleep } from 'node:timers/promises'
import type { RoleConnection } from './connect.ts'
import { isWeather } from './errors.ts'
import { onReconnect } from './on-reconnect.ts'

/** Pause between two reads for one sequence, doubled up to the longest. */
const firstPauseMs = 50
const longestPauseMs = 2_000
/** Reads for one sequence, which take some 5 seconds: a message that was erased or lost meanwhile never arrives. */
const readsForOneMax = 7
/**
 * In a cluster a subscription takes a moment to be known everywhere, and a stream is read from a replica that may
 * be a little behind: a message stored in that moment is neither live nor read at first. So it is read once more.
 */
const readAgainAfterMs = 1_000

export interface CatchUpSource {
  /** Reads what the stream holds after the last read; returns the last sequence read, ever. */
  read(): Promise<number>
  /** Handles the next live message in turn; `undefined` where none waits. */
  handleNext?(): Promise<void> | undefined
  /** The connection is back: runs before the stream is read again. */
  reconnected?(): void
  /** A read has failed with a transient error: it is repeated. */
  failed?(error: unknown): void
}

/**
 * Keeps a reader up to date with a stream that also publishes its messages live. It reads the stream when it begins,
 * after each reconnect, and up to any sequence that a live message names. It handles one read or live message at a
 * time, retries transient errors, and rejects with any other.
 */
export class CatchUp {
  readonly #role: RoleConnection
  readonly #source: CatchUpSource
  readonly #stopListening: () => void
  /** The stream has to be read, at least up to this sequence. */
  #upTo: number | undefined
  #isWorking = false
  #isClosed = false
  #timer: NodeJS.Timeout | undefined

  constructor(role: RoleConnection, source: CatchUpSource) {
    this.#role = role
    this.#source = source
    this.#stopListening = onReconnect(role.connection, () => {
      source.reconnected?.()
      void this.readTwice()
    })
  }

  get isOpen(): boolean {
    return !this.#isClosed && !this.#role.connection.isClosed()
  }

  /** Reads now and once more a moment later. Settles as `work`. */
  readTwice(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.readTo(0), readAgainAfterMs).unref()
    return this.readTo(0)
  }

  /** Reads until this sequence is reached; 0: whatever there is now. Settles as `work`. */
  readTo(sequence: number): Promise<void> {
    this.#upTo = Math.max(this.#upTo ?? 0, sequence)
    return this.work()
  }

  /** Settles once nothing is left to read or to handle; at once where that is under way already. */
  async work(): Promise<void> {
    if (this.#isWorking) return
    this.#isWorking = true
    while (this.isOpen) {
      if (this.#upTo !== undefined) await this.#catchUp()
      const handling = this.#source.handleNext?.()
      if (handling !== undefined) await handling
      else if (this.#upTo === undefined) break
    }
    this.#isWorking = false
  }

  close(): void {
    this.#isClosed = true
    this.#stopListening()
    clearTimeout(this.#timer)
  }

  async #catchUp(): Promise<void> {
    let reads = 0
    for (let pause = firstPauseMs; this.isOpen; pause = Math.min(2 * pause, longestPauseMs)) {
      const upTo = this.#upTo ?? 0
      this.#upTo = undefined
      try {
        const last = await this.#source.read()
        if (last >= upTo || ++reads === readsForOneMax) return
      } catch (error) {
        if (!isWeather(error)) throw error
        this.#source.failed?.(error)
      }
      this.#upTo = Math.max(this.#upTo ?? 0, upTo)
      // After a reconnect thousands of readers read: not all at the same moment.
      await sleep(pause * (0.5 + Math.random()))
    }
  }
}
