import { setTimeout as sleep } from 'node:timers/promises'

/** The default burst, in seconds: after a quiet time, the turns of so many seconds are free at once. */
const burstSeconds = 2

/** Limits turns per second: a caller that is early waits. */
export class Pace {
  readonly #intervalMs: number
  readonly #burstMs: number
  /** When the next turn would be due at an even pace. */
  #nextTurnAt = 0

  /** @param burst the seconds whose turns are free at once after a quiet time */
  constructor(perSecond: number, burst = burstSeconds) {
    this.#intervalMs = 1_000 / perSecond
    this.#burstMs = burst * 1_000
  }

  /** Whether the full burst is free again, so that this pace may be forgotten. */
  get isIdle(): boolean {
    return this.#nextTurnAt <= Date.now() - this.#burstMs
  }

  /** Whether a turn is free now. */
  get isFree(): boolean {
    return this.freeInMs === 0
  }

  /** How long until a turn is free, in milliseconds. */
  get freeInMs(): number {
    return Math.max(0, this.#after(1) - Date.now())
  }

  /** Settles when the caller has its turns, or once `gone` aborts: then the turns are given back. */
  async turn(gone: AbortSignal, turns = 1): Promise<void> {
    this.charge(turns)
    const earlyMs = this.#nextTurnAt - Date.now()
    if (earlyMs <= 0) return
    await sleep(earlyMs, undefined, { signal: gone }).catch(() => {
      this.#nextTurnAt -= turns * this.#intervalMs
    })
  }

  /** Uses turns without waiting for them; later callers wait for longer. A negative number gives turns back. */
  charge(turns: number): void {
    this.#nextTurnAt = this.#after(turns)
  }

  #after(turns: number): number {
    return Math.max(this.#nextTurnAt, Date.now() - this.#burstMs) + turns * this.#intervalMs
  }
}

/** Limits a client's frames a second, and their bytes. */
export class FramePace {
  readonly #frames: Pace
  readonly #bytes: Pace

  constructor(framesPerSecond: number, bytesPerSecond: number) {
    this.#frames = new Pace(framesPerSecond)
    this.#bytes = new Pace(bytesPerSecond)
  }

  get isIdle(): boolean {
    return this.#frames.isIdle && this.#bytes.isIdle
  }

  /** Settles when a frame of so many bytes has its turn, or once `gone` aborts. */
  async turn(bytes: number, gone: AbortSignal): Promise<void> {
    await this.#frames.turn(gone)
    await this.#bytes.turn(gone, bytes)
  }

  /** Makes later frames wait as if so many had been sent. */
  charge(frames: number): void {
    this.#frames.charge(frames)
  }
}
