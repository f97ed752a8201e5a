import type { GatewaySettings } from '../settings.ts'
import { Pace } from './pace.ts'

type Limits = GatewaySettings['limits']

interface Address {
  connections: number
  pace: Pace
}

/** Addresses that have gone quiet are forgotten this often. */
const sweepMs = 10_000

/** Who may connect: so many in all, so many of an address, at such a pace. */
export class Admission {
  readonly #limits: Limits
  readonly #addresses = new Map<string, Address>()
  readonly #sweeper: NodeJS.Timeout
  #connections = 0

  constructor(limits: Limits) {
    this.#limits = limits
    this.#sweeper = setInterval(() => this.#sweep(), sweepMs)
    this.#sweeper.unref()
  }

  get connections(): number {
    return this.#connections
  }

  /** Why one more connection of an address is one too many; nothing where it may come. */
  refusal(address: string): { status: 429 | 503; message: string } | undefined {
    const { connectionsMax, connectionsPerAddressMax } = this.#limits
    if (this.#connections >= connectionsMax)
      return { status: 503, message: `the gateway has ${connectionsMax} connections, its limit` }
    if ((this.#addresses.get(address)?.connections ?? 0) >= connectionsPerAddressMax)
      return { status: 429, message: `this address has ${connectionsPerAddressMax} connections, the limit` }
    return undefined
  }

  /** Counts a connection; says its paces (its own and its address's), and how it is given back. */
  enter(address: string): { paces: Pace[]; leave: () => void } {
    const { eventsPerSecondMax, eventsPerSecondPerAddressMax } = this.#limits
    const entry = this.#addresses.get(address) ?? {
      connections: 0,
      pace: new Pace(eventsPerSecondPerAddressMax),
    }
    this.#addresses.set(address, entry)
    entry.connections++
    this.#connections++
    return {
      paces: [new Pace(eventsPerSecondMax), entry.pace],
      leave: () => {
        entry.connections--
        this.#connections--
      },
    }
  }

  stop(): void {
    clearInterval(this.#sweeper)
  }

  #sweep(): void {
    for (const [address, { connections, pace }] of this.#addresses)
      if (connections === 0 && pace.isIdle) this.#addresses.delete(address)
  }
}
