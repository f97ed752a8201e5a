/** The pause while the gateway still reads. */
const soonMs = 400
const laterMs = 5_000

/** Polls, so that the page shows the present state. A hidden page does not poll. */
export class Asking {
  readonly #ask: () => Promise<boolean>
  #timer = 0
  #round = 0

  /** @param ask whether the answer was partial: poll again soon */
  constructor(ask: () => Promise<boolean>) {
    this.#ask = ask
  }

  /** Asks at once, and drops the request before. */
  start(): void {
    this.stop()
    void this.#next(this.#round)
  }

  stop(): void {
    this.#round++
    clearTimeout(this.#timer)
  }

  async #next(round: number): Promise<void> {
    const isMore = await this.#ask()
    if (round === this.#round) this.#timer = setTimeout(() => this.#again(round), isMore ? soonMs : laterMs)
  }

  #again(round: number): void {
    if (document.visibilityState === 'visible') void this.#next(round)
    else this.#timer = setTimeout(() => this.#again(round), laterMs)
  }
}
