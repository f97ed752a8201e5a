import { isIPv6 } from 'node:net'
import type { GatewaySettings } from '../../settings/gateway.ts'
import type { Paces } from './client.ts'
import { Pace } from './pace.ts'

type Limits = GatewaySettings['limits']

interface Address {
  connections: number
  pace: Pace
}

/** How often idle addresses are forgotten. */
const sweepMs = 10_000

/** Limits connections, in all and of an address, and the pace of their frames. */
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

  /** Whether one more connection would exceed the limit: of its address, or in total. */
  isFull(ip: string): 'address' | 'gateway' | false {
    const { connectionsMax, connectionsPerAddressMax } = this.#limits
    if (this.#connections >= connectionsMax) return 'gateway'
    const { connections = 0 } = this.#addresses.get(addressOf(ip)) ?? {}
    return connections >= connectionsPerAddressMax && 'address'
  }

  /** Counts a connection until `leave`; returns the paces of its frames. */
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
 * The key of an address. A household has 2^64 IPv6 addresses and more (RFC 6177) with the same first half: that half
 * is the key. An IPv6 address that stands for an IPv4 address counts as the latter.
 */
function addressOf(ip: string): string {
  const ipv4 = /^::ffff:([\d.]+)$/i.exec(ip)?.[1]
  if (ipv4 !== undefined || !isIPv6(ip)) return ipv4 ?? ip
  // The URL parser normalizes it: no leading zeros.
  const { hostname } = new URL(`http://[${ip.replace(/%.*/, '')}]`)
  const [before, after] = hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter(Boolean))
  if (!before || !after) return hostname.slice(1, -1).split(':').slice(0, 4).join(':')
  const zeros = Array(8 - before.length - after.length).fill('0')
  return [...before, ...zeros, ...after].slice(0, 4).join(':')
}
