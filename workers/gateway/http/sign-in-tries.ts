import { Pace } from './pace.ts'

/** Failed sign-ins in a minute, after a burst of as many: of an address, and of the whole gateway. */
export const failedSignInsPerAddressMax = 20
export const failedSignInsMax = 600

const minuteSeconds = 60
const sweepMs = 60_000

/** Limits sign-ins that fail: somebody who tries many codes or tokens costs time, whether one is right or not. */
export class SignInTries {
  readonly #all = new Pace(failedSignInsMax / minuteSeconds, minuteSeconds)
  readonly #addresses = new Map<string, Pace>()
  readonly #sweeper: NodeJS.Timeout

  constructor() {
    this.#sweeper = setInterval(() => {
      for (const [address, { isIdle }] of this.#addresses) if (isIdle) this.#addresses.delete(address)
    }, sweepMs)
    this.#sweeper.unref()
  }

  /** Counts a try of an address. Returns 0; or the seconds until the next one, and counts nothing. */
  begin(address: string): number {
    const pace =
      this.#addresses.get(address) ?? new Pace(failedSignInsPerAddressMax / minuteSeconds, minuteSeconds)
    const waitMs = Math.max(pace.freeInMs, this.#all.freeInMs)
    if (waitMs > 0) return Math.ceil(waitMs / 1000)
    this.#addresses.set(address, pace)
    pace.charge(1)
    this.#all.charge(1)
    return 0
  }

  /** Gives a try back that did not fail. */
  giveBack(address: string): void {
    this.#addresses.get(address)?.charge(-1)
    this.#all.charge(-1)
  }

  stop(): void {
    clearInterval(this.#sweeper)
  }
}
