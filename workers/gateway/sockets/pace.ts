import { setTimeout as sleep } from 'node:timers/promises'

/** So many turns may be taken at once after a quiet time, as a multiple of what a second allows. */
const burstSeconds = 2

/** So many turns a second, and no more: who is early waits. */
export class Pace {
  readonly #intervalMs: number
  readonly #burstMs: number
  /** When the next turn would be due at an even pace. */
  #next = 0

  constructor(perSecond: number) {
    this.#intervalMs = 1_000 / perSecond
    this.#burstMs = burstSeconds * 1_000
  }

  /** Whether nothing of late is left to wait for: it may be forgotten. */
  get isIdle(): boolean {
    return this.#next <= Date.now() - this.#burstMs
  }

  /** Settles when it is one's turn, or at once where one has gone: then the turn is given back. */
  async turn(gone: AbortSignal): Promise<void> {
    const now = Date.now()
    this.#next = Math.max(this.#next, now - this.#burstMs) + this.#intervalMs
    if (this.#next <= now) return
    await sleep(this.#next - now, undefined, { signal: gone }).catch(() => {
      this.#next -= this.#intervalMs
    })
  }
}
