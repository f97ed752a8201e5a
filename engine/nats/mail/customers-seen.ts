import { type CustomerPresence, presenceLostMs } from '../../../schemas/conversation/presence.ts'
import type { RoleConnection } from '../connect.ts'
import { onReconnect } from '../on-reconnect.ts'
import { onPresence } from '../views/signals.ts'

/** A dead connection counts as a page in sight until its gateway notices: it pings every 30 s, and waits for one pong. */
const deadConnectionMs = 60_000
/** A page that is out of sight for this long is as good as gone. */
const awayMs = 15 * 60_000
/** Longer than an e-mail waits for customers. */
const keptMs = 60 * 60_000
const sweepMs = 60_000
/** A tick that comes later than this has missed something: the process was suspended. */
const tickMs = 1_000
const gapMs = 5_000

interface Heard {
  at: number
  state: CustomerPresence['state']
  /** When they were surely there last, in epoch milliseconds. */
  hereUntil: number
  awaySince: number
}

/** `unknown`: this mailer has not listened for long enough. */
export type Whereabouts = CustomerPresence['state'] | 'unknown'

/** Whether customers are there, as gateways tell. */
export class CustomersSeen {
  readonly #heard = new Map<string, Heard>()
  #listeningSince: number
  #sweptAt: number

  constructor(now: number) {
    this.#listeningSince = this.#sweptAt = now
  }

  /** Listens to gateways until the returned function is called. */
  listen(role: RoleConnection): () => void {
    const stopHearing = onPresence(role, '*', ({ state }, conversation) =>
      this.hear(conversation, state, Date.now()),
    )
    const stopWatching = onReconnect(role.connection, () => this.listenAnew(Date.now()))
    let tickedAt = Date.now()
    const timer = setInterval(() => {
      const now = Date.now()
      if (now - tickedAt > gapMs) this.listenAnew(now)
      tickedAt = now
      this.#sweep(now)
    }, tickMs)
    return () => {
      stopHearing()
      stopWatching()
      clearInterval(timer)
    }
  }

  hear(conversation: string, state: CustomerPresence['state'], now: number): void {
    const before = this.#heard.get(conversation)
    this.#heard.set(conversation, {
      at: now,
      state,
      hereUntil: state === 'here' ? now - deadConnectionMs : (before?.hereUntil ?? 0),
      awaySince: state !== 'away' ? 0 : before?.awaySince || now,
    })
  }

  /** From now on: messages may have been missed. */
  listenAnew(now: number): void {
    this.#listeningSince = now
  }

  whereabouts(conversation: string, now: number): Whereabouts {
    const heard = this.#heard.get(conversation)
    if (heard?.state === 'gone') return 'gone'
    if (heard && heard.at + presenceLostMs > now)
      return heard.state === 'away' && heard.awaySince + awayMs <= now ? 'gone' : heard.state
    return this.#listeningSince + presenceLostMs > now ? 'unknown' : 'gone'
  }

  /** When `unknown` has an answer at the latest, in epoch milliseconds. */
  get knownFrom(): number {
    return this.#listeningSince + presenceLostMs
  }

  /** Messages that are older than this were on the customer's screen; 0 where that is not known. */
  hereUntil(conversation: string): number {
    return this.#heard.get(conversation)?.hereUntil ?? 0
  }

  #sweep(now: number): void {
    if (now - this.#sweptAt < sweepMs) return
    this.#sweptAt = now
    for (const [conversation, { at }] of this.#heard) if (at + keptMs < now) this.#heard.delete(conversation)
  }
}
