import type { StoredDocumentAnswer } from '../../../schemas/protocol/admin.ts'
import { ask, gatewayUrl } from '../base/ask.ts'
import { type StoredConfiguration, storedOf } from './stored.ts'

const coalesceMs = 100
const retryMs = 3_000

/** Keeps the configuration up to date: reads it again with each change that the gateway announces. */
export class StoredWatch {
  /** `undefined` until it is known. */
  stored: StoredConfiguration | undefined
  /** Whether changes of others arrive. */
  isLive = false
  readonly #onChange: () => void
  #events: EventSource | undefined
  #timer = 0
  #asked = 0

  constructor(changed: () => void) {
    this.#onChange = changed
  }

  start(): void {
    this.stop()
    const events = new EventSource(gatewayUrl('/v1/admin/changes'))
    this.#events = events
    // The list that is read now has the changes before the first event and during a break.
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
      this.#onChange()
      // The browser does not retry a refused stream.
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
    // A later request may have been answered first.
    if (!answer.ok || asked < this.#asked) return
    this.stored = storedOf(answer.value.documents)
    this.#onChange()
  }
}
