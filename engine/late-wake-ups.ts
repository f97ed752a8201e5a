import type { Effect } from './core/effects.ts'
import type { Late } from './follow-log.ts'
import type { Performer } from './ports.ts'

/** A wake-up is armed this long after its record, in milliseconds. */
export const armAfterMs = 1_000
const lookEveryMs = 250

type Wake = Extract<Effect, { kind: 'wake' }>

interface Held {
  wake: Wake
  /** When it was put here, in epoch milliseconds. */
  since: number
  /** No wake-up of the conversation was ever armed. */
  isFirst: boolean
  settle(armed?: Promise<void>): void
  /** Settles once it is armed, replaced or not needed. */
  settled: Promise<void>
}

/**
 * Arms wake-ups a moment after their records. A conversation that moves on within that moment replaces its wake-up, and
 * one that ends needs none: both then cost no message. A wake-up that comes due soon is armed at once.
 *
 * Before any are armed, the worker makes sure that the log is still its own: a successor may have ended their
 * conversations.
 *
 * The promise of a held wake-up settles once it is armed or not needed. The cursor waits for it; the conversation's next
 * event does not.
 */
export class LateWakeUps implements Performer, Late {
  readonly #performer: Performer
  /** Keyed by conversation, in the order in which they came. */
  readonly #held = new Map<string, Held>()
  /** Settle once nothing of a conversation is being armed any more. */
  readonly #arming = new Map<string, Promise<void>>()
  #isStillOurs: () => Promise<boolean> = async () => true
  #timer: NodeJS.Timeout | undefined
  #state: 'holding' | 'finishing' | 'abandoned' = 'holding'

  constructor(performer: Performer) {
    this.#performer = performer
  }

  start(isStillOurs: () => Promise<boolean>): void {
    this.#isStillOurs = isStillOurs
  }

  /** @param since a wake-up with a time may be armed already */
  async perform(effect: Effect, since?: number): Promise<void> {
    if (effect.kind === 'wake') return this.#hold(effect, since === undefined)
    if (effect.kind === 'disarm' || effect.kind === 'forget') {
      const held = this.#drop(effect.conversation)
      if (effect.kind === 'disarm' && held?.isFirst) return
      // One that is stored after the removal would be left, also one that another has replaced meanwhile.
      await this.#arming.get(effect.conversation)
    }
    return this.#performer.perform(effect, since)
  }

  /** Arms what is held at once, and what comes after. */
  finish(): void {
    this.#state = 'finishing'
    for (const held of [...this.#held.values()]) this.#arm(held, 0)
  }

  /** Arms nothing more: the successor does. */
  abandon(): void {
    this.#state = 'abandoned'
    clearTimeout(this.#timer)
    for (const held of this.#held.values()) held.settle()
    this.#held.clear()
  }

  #hold(wake: Wake, isNew: boolean): Promise<void> {
    if (this.#state === 'abandoned') return Promise.resolve()
    const { conversation, generation, at } = wake
    const before = this.#held.get(conversation)
    if (before) before.isFirst &&= isNew
    if (before && before.wake.generation >= generation) return before.settled
    const isFirst = (before ? before.isFirst : isNew && generation === 1) && !this.#arming.has(conversation)
    this.#drop(conversation)
    const since = Date.now()
    if (this.#state === 'finishing' || at < since + 2 * armAfterMs) return this.#perform(wake)
    let settle: Held['settle'] = () => {}
    const settled = new Promise<void>((resolve) => {
      settle = resolve
    })
    this.#held.set(conversation, { wake, since, isFirst, settle, settled })
    this.#timer ??= setTimeout(() => void this.#look(), armAfterMs)
    return settled
  }

  /** Lets a conversation’s held wake-up go. */
  #drop(conversation: string): Held | undefined {
    const held = this.#held.get(conversation)
    this.#held.delete(conversation)
    held?.settle()
    return held
  }

  async #look(): Promise<void> {
    const due = Date.now() - armAfterMs
    const ready: Held[] = []
    for (const held of this.#held.values()) {
      if (held.since > due) break
      ready.push(held)
    }
    if (ready.length > 0 && !(await this.#isStillOurs())) return
    // Meanwhile one may have been replaced, or its conversation may have ended.
    for (const held of ready) if (this.#held.get(held.wake.conversation) === held) this.#arm(held, held.since)
    this.#timer = this.#held.size > 0 ? setTimeout(() => void this.#look(), lookEveryMs) : undefined
  }

  /** @param since the performer checks that the wake-up is still needed if that was long ago */
  #arm(held: Held, since: number): void {
    this.#held.delete(held.wake.conversation)
    held.settle(this.#perform(held.wake, since))
  }

  #perform(wake: Wake, since?: number): Promise<void> {
    const { conversation } = wake
    const armed = this.#performer.perform(wake, since)
    const all = Promise.allSettled([this.#arming.get(conversation), armed]).then(() => {
      if (this.#arming.get(conversation) === all) this.#arming.delete(conversation)
    })
    this.#arming.set(conversation, all)
    return armed
  }
}
