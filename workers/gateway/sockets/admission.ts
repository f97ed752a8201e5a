import type { GatewaySettings } from '../../settings/gateway.ts'
import { isLoopback } from '../http/address.ts'
import { FramePace, Pace } from '../http/pace.ts'
import type { BegunRequests } from './begun-requests.ts'
import { Semaphore } from './semaphore.ts'

type Limits = GatewaySettings['limits']

/** How often idle addresses are forgotten. */
const sweepMs = 10_000
/** The most conversations that an address reads from their beginning, or from where it left off, at once. */
const replaysPerAddressMax = 8
const minuteSeconds = 60
const daySeconds = 86_400

/** The limits that all connections of a session share. */
export class SessionLimits {
  readonly pace: FramePace
  /** One read of the stored records at a time. */
  readonly replays = new Semaphore(1)

  constructor({ eventsPerSecondMax, bytesPerSecondMax }: Limits) {
    this.pace = new FramePace(eventsPerSecondMax, bytesPerSecondMax)
  }
}

/** The limits that all sessions of an address share. */
export class AddressLimits {
  readonly pace: FramePace
  readonly replays = new Semaphore(replaysPerAddressMax)
  connections = 0
  /** The paces at which it begins conversations: of a minute, and of a day. */
  readonly #beginnings: Pace[]
  /** Its conversations with an open request. */
  readonly #openRequests = new Set<string>()
  readonly #openRequestsMax: number
  readonly #begun: BegunRequests

  constructor(limits: Limits, isThisMachine: boolean, begun: BegunRequests) {
    this.#begun = begun
    this.pace = new FramePace(limits.eventsPerSecondPerAddressMax, limits.bytesPerSecondPerAddressMax)
    const { conversationsPerMinutePerAddressMax: perMinute, conversationsPerDayPerAddressMax: perDay } =
      limits
    // This machine's address is a program's here, or of a proxy that the gateway was not told of: of many customers.
    this.#openRequestsMax = isThisMachine ? Number.POSITIVE_INFINITY : limits.openRequestsPerAddressMax
    this.#beginnings = isThisMachine
      ? []
      : [new Pace(perMinute / minuteSeconds, minuteSeconds), new Pace(perDay / daySeconds, daySeconds)]
  }

  /** Whether the address has sent nothing for so long that its limits are as if it were new. */
  get isIdle(): boolean {
    if (this.connections > 0 || this.#openRequests.size > 0) return false
    return [this.pace, ...this.#beginnings].every(({ isIdle }) => isIdle)
  }

  /** Counts a conversation that begins; `false`: the address has begun too many, or has too many open requests. */
  begin(conversation: string): boolean {
    const isFree = this.#beginnings.every((pace) => pace.isFree)
    if (!isFree || this.#openRequests.size >= this.#openRequestsMax) return false
    for (const pace of this.#beginnings) pace.charge(1)
    if (Number.isFinite(this.#openRequestsMax)) this.#begun.remember(conversation, this.#openRequests)
    return true
  }
}

/** The limits that a connection counts to. */
export interface ClientLimits {
  session: SessionLimits
  address: AddressLimits
}

/** Limits connections, in all and of an address, and what they may ask. */
export class Admission {
  readonly #limits: Limits
  readonly #begun: BegunRequests
  readonly #addresses = new Map<string, AddressLimits>()
  readonly #sweeper: NodeJS.Timeout
  #connections = 0

  constructor(limits: Limits, begun: BegunRequests) {
    this.#limits = limits
    this.#begun = begun
    this.#sweeper = setInterval(() => this.#sweep(), sweepMs)
    this.#sweeper.unref()
  }

  get connections(): number {
    return this.#connections
  }

  /** Whether one more connection would exceed the limit: of its address, or in total. */
  isFull(address: string): 'address' | 'gateway' | false {
    const { connectionsMax, connectionsPerAddressMax } = this.#limits
    if (this.#connections >= connectionsMax) return 'gateway'
    const { connections = 0 } = this.#addresses.get(address) ?? {}
    return connections >= connectionsPerAddressMax && 'address'
  }

  /** Counts a connection until `leave`; returns the limits of what it asks. */
  enter(address: string): { limits: ClientLimits; leave: () => void } {
    const entry =
      this.#addresses.get(address) ?? new AddressLimits(this.#limits, isLoopback(address), this.#begun)
    this.#addresses.set(address, entry)
    entry.connections++
    this.#connections++
    return {
      limits: { session: new SessionLimits(this.#limits), address: entry },
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
    for (const [address, { isIdle }] of this.#addresses) if (isIdle) this.#addresses.delete(address)
  }
}
