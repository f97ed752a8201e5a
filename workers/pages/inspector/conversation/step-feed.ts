import type { InspectedStep, InspectorFrame } from '../../../../schemas/protocol/inspector.ts'
import { gatewayUrl } from '../../base/ask.ts'
import { readSession } from '../../base/sign-in.ts'

const retryMs = 2_000
/** The pause between two updates: stored steps come faster than they need to be shown. */
const notifyPauseMs = 200

/** `live`: all stored steps have arrived, and new ones follow as they happen. */
export type FeedState = 'reading' | 'live' | 'reconnecting' | { refused: string }

/** The steps of a conversation as the gateway streams them: the stored ones, then live ones. */
export class StepFeed {
  /** Another array with each that comes. */
  steps: readonly InspectedStep[] = []
  state: FeedState = 'reading'
  readonly #conversation: string
  readonly #isRevealed: boolean
  readonly #onChange: () => void
  #events: EventSource | undefined
  #retry = 0
  #notifiedAt = 0

  constructor(conversation: string, isRevealed: boolean, changed: () => void) {
    this.#conversation = conversation
    this.#isRevealed = isRevealed
    this.#onChange = changed
  }

  start(): void {
    const events = new EventSource(this.#address())
    this.#events = events
    events.onmessage = ({ data }) => this.#receive(JSON.parse(data) as InspectorFrame)
    events.onerror = () => {
      if (this.state === 'live') this.#setState('reconnecting')
      // Refused: the browser does not try again, and does not say why.
      if (events.readyState === EventSource.CLOSED) void this.#readRefusal()
    }
  }

  stop(): void {
    clearTimeout(this.#retry)
    this.#events?.close()
    this.#events = undefined
  }

  #receive(frame: InspectorFrame): void {
    if (frame.type === 'live') {
      this.#setState('live')
      return
    }
    if (frame.type === 'failed') {
      this.stop()
      this.#setState({ refused: frame.message })
      return
    }
    const last = this.steps.at(-1)?.seq ?? 0
    // After a reconnect some may arrive again.
    const fresh = frame.steps.filter(({ seq }) => seq > last)
    if (fresh.length === 0) return
    this.steps = [...this.steps, ...fresh]
    if (this.state === 'reading' && performance.now() - this.#notifiedAt < notifyPauseMs) return
    this.#notifiedAt = performance.now()
    this.#onChange()
  }

  #address(): string {
    const query = new URLSearchParams({ after: String(this.steps.at(-1)?.seq ?? 0) })
    if (this.#isRevealed) query.set('reveal', '1')
    return gatewayUrl(`/v1/inspector/conversations/${encodeURIComponent(this.#conversation)}/steps?${query}`)
  }

  async #readRefusal(): Promise<void> {
    const refusal = await refusalOf(this.#address())
    if (this.#events === undefined) return
    if (refusal) this.#setState({ refused: refusal })
    else this.#retry = setTimeout(() => this.start(), retryMs)
  }

  #setState(state: FeedState): void {
    this.state = state
    this.#onChange()
  }
}

/** Why the gateway refuses a stream for good; `undefined` where it would not, or does not answer. */
async function refusalOf(address: string): Promise<string | undefined> {
  const controller = new AbortController()
  try {
    const response = await fetch(address, { signal: controller.signal })
    // The steps stay, and the page says that the sign-in has ended.
    if (response.status === 401) await readSession('engineer')
    if (response.ok || response.status >= 500 || response.status === 401) return undefined
    return ((await response.json()) as { message?: string }).message ?? ''
  } catch {
    return undefined
  } finally {
    controller.abort()
  }
}
