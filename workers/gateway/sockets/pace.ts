import { setTimeout as sleep } from 'node:timers/promises'

/** The turns that are free after a quiet time, as a multiple of a second's. */
const burstSeconds = 2

/** Limits turns per second: a caller that is early waits. */
export class Pace {
  readonly #intervalMs: number
  readonly #burstMs: number
  /** When the next turn would be due at an even pace. */
  #nextTurnAt = 0

  constructor(perSecond: number) {
    this.#intervalMs = 1_000 / perSecond
    this.#burstMs = burstSeconds * 1_000
  }

  /** Whether the full burst is free again, so that this pace may be forgotten. */
  get isIdle(): boolean {
    return this.#nextTurnAt <= Date.now() - this.#burstMs
  }

  /** Settles when the caller has its turn, or once `gone` aborts: then the turn is given back. */
  async turn(gone: AbortSignal): Promise<void> {
    const now = Date.now()
    this.#nextTurnAt = Math.max(this.#nextTurnAt, now - this.#burstMs) + this.#intervalMs
    if (this.#nextTurnAt <= now) return
    await sleep(this.#nextTurnAt - now, undefined, { signal: gone }).catch(() => {
      this.#nextTurnAt -= this.#intervalMs
    })
  }
}
