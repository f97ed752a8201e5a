/** While whoever answers still reads. */
const soonMs = 400
const laterMs = 5_000

/** Asks, and again: what is shown stays so as it is. Nobody asks for a page that nobody sees. */
export class Asking {
  readonly #ask: () => Promise<boolean>
  #timer = 0
  #round = 0

  /** @param ask says whether there is more to come soon */
  constructor(ask: () => Promise<boolean>) {
    this.#ask = ask
  }

  /** At once, whatever was asked before. */
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
