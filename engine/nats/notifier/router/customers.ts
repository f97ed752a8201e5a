import { type CustomerPresence, presenceLostMs } from '../../../../schemas/conversation/presence.ts'

/** Whether customers are there, as far as anything was heard of them. */
export class Customers {
  /** When each was heard last, and whether they are gone; by conversation. */
  readonly #heard = new Map<string, { at: number; isGone: boolean }>()
  readonly #gone = new Set<string>()
  #listeningSince: number

  constructor(now: number) {
    this.#listeningSince = now
  }

  get size(): number {
    return this.#heard.size
  }

  /** The conversations of those who are gone. */
  get gone(): ReadonlySet<string> {
    return this.#gone
  }

  hear(conversation: string, { state }: CustomerPresence, now: number): void {
    const isGone = state === 'gone'
    this.#heard.set(conversation, { at: now, isGone })
    if (isGone) this.#gone.add(conversation)
    else this.#gone.delete(conversation)
  }

  /** From now on: messages may have been missed, so the silence before says nothing. */
  listenAnew(now: number): void {
    this.#listeningSince = now
  }

  /** `undefined`: nothing was heard of them. */
  isGone(conversation: string): boolean | undefined {
    return this.#heard.get(conversation)?.isGone
  }

  /** @param isNeeded whether a customer who is gone is to be remembered */
  update(now: number, isNeeded: (conversation: string) => boolean): void {
    for (const [conversation, heard] of this.#heard) {
      if (Math.max(heard.at, this.#listeningSince) + presenceLostMs > now) continue
      if (isNeeded(conversation)) {
        heard.isGone = true
        this.#gone.add(conversation)
      } else {
        this.#heard.delete(conversation)
        this.#gone.delete(conversation)
      }
    }
  }
}
