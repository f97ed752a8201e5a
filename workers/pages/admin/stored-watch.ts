import type { StoredDocumentAnswer } from '../../../schemas/protocol/admin.ts'
import { ask } from '../base/ask.ts'
import { type Stored, storedOf } from './stored.ts'

const coalesceMs = 100
const retryMs = 3_000

/** Keeps what is configured up to date: asks for it, and again with each change that the gateway tells of. */
export class StoredWatch {
  /** `undefined` until it is known. */
  stored: Stored | undefined
  /** Whether changes of others arrive. */
  isLive = false
  readonly #changed: () => void
  #events: EventSource | undefined
  #timer = 0
  #asked = 0

  constructor(changed: () => void) {
    this.#changed = changed
  }

  start(): void {
    this.stop()
    const events = new EventSource('/v1/admin/changes')
    this.#events = events
    // What changed before the first event, or while nobody listened, is in the list that is asked for now.
    events.onopen = () => {
      this.isLive = true
      void this.refresh()
    }
    events.onmessage = () => {
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.refresh(), coalesceMs)
    }
    events.onerror = () => {
      this.isLive = false
      this.#changed()
      // Refused: the browser does not try again.
      if (events.readyState === EventSource.CLOSED) this.#timer = setTimeout(() => this.start(), retryMs)
    }
    void this.refresh()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#events?.close()
  }

  async refresh(): Promise<void> {
    const asked = ++this.#asked
    const answer = await ask<{ documents: StoredDocumentAnswer[] }>('GET', '/v1/admin/configuration')
    // A later question may have been answered before.
    if (!answer.ok || asked < this.#asked) return
    this.stored = storedOf(answer.body.documents)
    this.#changed()
  }
}
