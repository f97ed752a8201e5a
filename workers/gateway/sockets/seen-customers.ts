import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { onPresence } from '../../../engine/nats/views/signals.ts'
import { type CustomerPresence, presenceLostMs } from '../../../schemas/conversation/presence.ts'

/** The sweeps for silent customers within the time after which one is gone. */
const sweeps = 15

interface SeenCustomersListener {
  /** A customer has come, gone, or turned to the page or away from it. */
  changed(conversation: string, presence: CustomerPresence): void
  /** The conversations whose customers desks look at. */
  open(): string[]
}

interface Seen {
  presence: CustomerPresence
  /** When this gateway last heard of the customer: clocks of other machines do not count. */
  heardAt: number
}

/** The customers who are there, as all widget gateways tell. One who is not among them is gone. */
export class SeenCustomers {
  readonly #seen = new Map<string, Seen>()
  readonly #listener: SeenCustomersListener
  readonly #lostMs: number
  /** From then on, everybody who is there has been heard of. */
  readonly #completeAt: number
  #isComplete = false
  readonly #stop: () => void

  /**
   * @param nats in the role of an agent workspace
   * @param lostMs a customer of whom nothing was heard for this long is gone
   */
  constructor(nats: RoleConnection, listener: SeenCustomersListener, lostMs = presenceLostMs) {
    this.#listener = listener
    this.#lostMs = lostMs
    this.#completeAt = Date.now() + lostMs
    const stop = onPresence(nats, '*', (presence, conversation) => this.#hear(conversation, presence))
    const sweeper = setInterval(() => this.#sweep(Date.now()), lostMs / sweeps)
    this.#stop = () => {
      clearInterval(sweeper)
      stop()
    }
  }

  /** Whether a customer is there; `undefined`: not known yet. */
  presenceOf(conversation: string): CustomerPresence | undefined {
    return this.#seen.get(conversation)?.presence ?? (this.#isComplete ? gone() : undefined)
  }

  stop(): void {
    this.#stop()
  }

  #hear(conversation: string, presence: CustomerPresence): void {
    const before = this.#seen.get(conversation)?.presence.state
    if (presence.state === 'gone') this.#seen.delete(conversation)
    else this.#seen.set(conversation, { presence, heardAt: Date.now() })
    if (presence.state !== before) this.#listener.changed(conversation, presence)
  }

  #sweep(now: number): void {
    for (const [conversation, { heardAt }] of this.#seen)
      if (now - heardAt > this.#lostMs) this.#hear(conversation, gone())
    if (this.#isComplete || now < this.#completeAt) return
    this.#isComplete = true
    for (const conversation of this.#listener.open())
      if (!this.#seen.has(conversation)) this.#listener.changed(conversation, gone())
  }
}

function gone(): CustomerPresence {
  return { state: 'gone', at: new Date().toISOString() }
}
