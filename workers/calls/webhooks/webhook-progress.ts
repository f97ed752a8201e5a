import type { RetryOptions } from '../../../engine/nats/retry.ts'
import type { WebhookStates } from '../../../engine/nats/webhooks/webhook-states.ts'
import type { WebhookState } from '../../../schemas/webhooks/webhook-state.ts'

const saveEveryMs = 1_000

export interface ProgressOptions {
  webhook: string
  states: WebhookStates
  retryOptions: RetryOptions
  /** The notifications up to the position that are not delivered at present. */
  waiting(): WebhookState['waiting']
  /** Called with what a periodic write throws. */
  failed(error: unknown): void
}

/** How far a webhook has got: its state, which is stored every second while it changes. */
export class WebhookProgress {
  state: WebhookState
  readonly #options: ProgressOptions
  #revision: number
  #isChanged = false
  #timer: NodeJS.Timeout | undefined
  #saving: Promise<void> = Promise.resolve()

  constructor(state: WebhookState, revision: number, options: ProgressOptions) {
    this.state = state
    this.#revision = revision
    this.#options = options
  }

  /** Has the state stored within a second. */
  changed(): void {
    this.#isChanged = true
    this.#timer ??= setTimeout(() => void this.save().catch(this.#options.failed), saveEveryMs)
  }

  /** Settles once all changes are stored. Throws Conflict where another caller has the webhook. */
  save(): Promise<void> {
    this.#saving = this.#saving.catch(() => {}).then(() => this.#store())
    return this.#saving
  }

  async #store(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#isChanged) return
    this.#isChanged = false
    const { webhook, states, retryOptions, waiting } = this.#options
    this.state.waiting = waiting()
    this.#revision = await states.store(webhook, this.state, this.#revision, retryOptions)
  }
}
