import { randomUUID } from 'node:crypto'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { onPresence, publishPresence } from '../../../engine/nats/views/signals.ts'
import {
  type CustomerPresence,
  presenceEveryMs,
  presenceLostMs,
} from '../../../schemas/conversation/presence.ts'

type PresenceState = CustomerPresence['state']

/** In milliseconds. */
export interface PresenceTimes {
  /** How often presence is repeated. */
  every: number
  /** A gateway that was silent for this long has gone, or its connection has. */
  lost: number
  /** A page that reloads comes back within this time: its customer has not gone. */
  grace: number
}

const presenceTimes: PresenceTimes = { every: presenceEveryMs, lost: presenceLostMs, grace: 5_000 }
/** The parts of the interval, in each of which presence is repeated for a part of the customers. */
const slices = 30

const rank = { gone: 0, away: 1, here: 2 } as const

interface Customer {
  conversation: string
  /** The customer's pages with a connection here. */
  pages: Set<Page>
  /** The state of the pages when it was last compared. */
  state: PresenceState
  /** The last that any gateway told. */
  told: { state: PresenceState; at: number; isOurs: boolean } | undefined
  leaving: NodeJS.Timeout | undefined
  slice: number
}

interface Page {
  isInSight: boolean
}

/** A page's connection, for its customer's presence. */
export interface PagePresence {
  turned(isInSight: boolean): void
  leave(): void
}

/**
 * Tells of each customer with a connection here whether they are there.
 *
 * A customer may have pages at several gateways, so these hear each other. The one that has told last repeats it, and
 * takes it back; another one is silent, unless it knows of more: `here` is more than `away`, and that more than `gone`.
 */
export class CustomerPresences {
  readonly #nats: RoleConnection
  readonly #times: PresenceTimes
  readonly #name = randomUUID()
  readonly #customers = new Map<string, Customer>()
  /** The customers of each slice of the interval. */
  readonly #slices = Array.from({ length: slices }, () => new Set<Customer>())
  #slice = 0
  readonly #timer: NodeJS.Timeout
  readonly #stopHearing: () => void

  /** @param nats in the role of a widget gateway */
  constructor(nats: RoleConnection, times = presenceTimes) {
    this.#nats = nats
    this.#times = times
    this.#stopHearing = onPresence(nats, '*', (presence, conversation) => this.#hear(conversation, presence))
    this.#timer = setInterval(() => this.#repeat(), times.every / slices)
  }

  /** Counts a page until it leaves. */
  join(conversation: string, isInSight: boolean): PagePresence {
    const page: Page = { isInSight }
    const customer = this.#customers.get(conversation) ?? this.#add(conversation)
    clearTimeout(customer.leaving)
    customer.pages.add(page)
    this.#compare(customer)
    return {
      turned: (isInSight) => {
        page.isInSight = isInSight
        this.#compare(customer)
      },
      leave: () => {
        customer.pages.delete(page)
        // A gateway that stops has forgotten its customers.
        if (this.#customers.get(conversation) !== customer) return
        if (customer.pages.size > 0) this.#compare(customer)
        else customer.leaving = setTimeout(() => this.#remove(customer), this.#times.grace)
      },
    }
  }

  /** The pages come back to other gateways. */
  stop(): void {
    this.#stopHearing()
    clearInterval(this.#timer)
    for (const { leaving } of this.#customers.values()) clearTimeout(leaving)
    this.#customers.clear()
  }

  #add(conversation: string): Customer {
    const slice = this.#customers.size % slices
    const customer: Customer = {
      conversation,
      pages: new Set(),
      state: 'gone',
      told: undefined,
      leaving: undefined,
      slice,
    }
    this.#customers.set(conversation, customer)
    this.#slices[slice]?.add(customer)
    return customer
  }

  #remove(customer: Customer): void {
    this.#compare(customer)
    this.#customers.delete(customer.conversation)
    this.#slices[customer.slice]?.delete(customer)
  }

  #compare(customer: Customer): void {
    const state = stateOf(customer)
    if (state === customer.state) return
    customer.state = state
    this.#tell(customer)
  }

  #repeat(): void {
    this.#slice = (this.#slice + 1) % slices
    for (const customer of this.#slices[this.#slice] ?? []) if (customer.pages.size > 0) this.#tell(customer)
  }

  #tell(customer: Customer): void {
    const { conversation, state, told } = customer
    // One message may be lost.
    const silentMs = this.#times.lost - this.#times.every
    const isOthers = told && !told.isOurs && Date.now() - told.at < silentMs
    if (isOthers && rank[state] <= rank[told.state]) return
    customer.told = { state, at: Date.now(), isOurs: true }
    publishPresence(this.#nats, conversation, state, this.#name)
  }

  #hear(conversation: string, { state, gateway }: CustomerPresence): void {
    const customer = this.#customers.get(conversation)
    if (!customer) return
    const isOurs = gateway === this.#name
    customer.told = { state, at: Date.now(), isOurs }
    if (!isOurs && customer.pages.size > 0 && rank[customer.state] > rank[state]) this.#tell(customer)
  }
}

function stateOf({ pages }: Customer): PresenceState {
  if (pages.size === 0) return 'gone'
  return [...pages].some(({ isInSight }) => isInSight) ? 'here' : 'away'
}
