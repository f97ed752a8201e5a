import { type CustomerPresence, presenceLostMs } from '../../../../schemas/conversation/presence.ts'

/** Whether customers are there, as far as anything was heard of them. */
export class Customers {
  /** When each was heard last, and since when they are gone; by conversation. */
  readonly #heard = new Map<string, { at: number; goneSince?: number }>()
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
    const { goneSince = now } = this.#heard.get(conversation) ?? {}
    this.#heard.set(conversation, isGone ? { at: now, goneSince } : { at: now })
    if (isGone) this.#gone.add(conversation)
    else this.#gone.delete(conversation)
  }

  /** From now on: messages may have been missed, so the silence before says nothing. */
  listenAnew(now: number): void {
    this.#listeningSince = now
  }

  /** `undefined`: nothing was heard of them. */
  isGone(conversation: string): boolean | undefined {
    const heard = this.#heard.get(conversation)
    return heard && heard.goneSince !== undefined
  }

  /** How long a customer has been gone, in milliseconds. */
  goneFor(conversation: string, now: number): number {
    return Math.max(0, now - (this.#heard.get(conversation)?.goneSince ?? now))
  }

  /** @param isNeeded whether a customer who is gone is to be remembered */
  update(now: number, isNeeded: (conversation: string) => boolean): void {
    for (const [conversation, heard] of this.#heard) {
      if (Math.max(heard.at, this.#listeningSince) + presenceLostMs > now) continue
      if (isNeeded(conversation)) {
        // They were gone since then, if not before.
        heard.goneSince ??= heard.at
        this.#gone.add(conversation)
      } else {
        this.#heard.delete(conversation)
        this.#gone.delete(conversation)
      }
    }
  }
}
