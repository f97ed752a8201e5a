import { isIPv6 } from 'node:net'
import type { GatewaySettings } from '../../settings/settings.ts'
import type { Paces } from './client.ts'
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
  refusal(ip: string): { status: 429 | 503; message: string } | undefined {
    const { connectionsMax, connectionsPerAddressMax } = this.#limits
    if (this.#connections >= connectionsMax)
      return { status: 503, message: `the gateway has ${connectionsMax} connections, its limit` }
    if ((this.#addresses.get(addressOf(ip))?.connections ?? 0) >= connectionsPerAddressMax)
      return { status: 429, message: `this address has ${connectionsPerAddressMax} connections, the limit` }
    return undefined
  }

  /** Counts a connection; says its paces (its own and its address's), and how it is given back. */
  enter(ip: string): { paces: Paces; leave: () => void } {
    const { eventsPerSecondMax, eventsPerSecondPerAddressMax } = this.#limits
    const address = addressOf(ip)
    const entry = this.#addresses.get(address) ?? {
      connections: 0,
      pace: new Pace(eventsPerSecondPerAddressMax),
    }
    this.#addresses.set(address, entry)
    entry.connections++
    this.#connections++
    return {
      paces: { session: new Pace(eventsPerSecondMax), address: entry.pace },
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

/**
 * What counts as one address. Of IPv6 a household has 2^64 and more (RFC 6177), of which the first half is the same;
 * one that stands for an address of IPv4 is that.
 */
function addressOf(ip: string): string {
  const ipv4 = /^::ffff:([\d.]+)$/i.exec(ip)?.[1]
  if (ipv4 !== undefined || !isIPv6(ip)) return ipv4 ?? ip
  // A URL writes it in one way only, without leading zeros.
  const { hostname } = new URL(`http://[${ip.replace(/%.*/, '')}]`)
  const [before, after] = hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter(Boolean))
  if (!before || !after) return hostname.slice(1, -1).split(':').slice(0, 4).join(':')
  const zeros = Array(8 - before.length - after.length).fill('0')
  return [...before, ...zeros, ...after].slice(0, 4).join(':')
}
