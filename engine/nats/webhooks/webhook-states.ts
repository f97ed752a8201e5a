import { parseJson } from '../../../schemas/parse-json.ts'
import { type WebhookState, webhookState } from '../../../schemas/webhooks/webhook-state.ts'
import { Conflict } from '../../errors.ts'
import { Bucket, type BucketEntry } from '../bucket.ts'
import type { RoleConnection } from '../connect.ts'
import { type RetryOptions, retry } from '../retry.ts'

/** The states of webhooks in their bucket, without texts of notifications. */
export class WebhookStates {
  readonly #bucket: Bucket

  constructor(role: RoleConnection) {
    this.#bucket = new Bucket(role, 'webhooks')
  }

  /** With the revision of its key; 0: there is none yet. */
  async load(
    webhook: string,
    retryOptions: RetryOptions,
  ): Promise<{ revision: number; state: WebhookState | undefined }> {
    const entry = await retry('the state of a webhook', retryOptions, () => this.#bucket.last(keyOf(webhook)))
    return { revision: entry?.revision ?? 0, state: entry && stateIn(entry) }
  }

  /** The states of all webhooks, by id. */
  async list(): Promise<Map<string, WebhookState>> {
    const entries = await this.#bucket.list(keyOf('*'))
    const read = entries.flatMap((entry): [string, WebhookState][] => {
      const state = stateIn(entry)
      return state ? [[entry.key.slice(keyOf('').length), state]] : []
    })
    return new Map(read)
  }

  /** Stores it over a revision and returns the new one. Throws Conflict where another caller has written since. */
  async store(
    webhook: string,
    state: WebhookState,
    revision: number,
    retryOptions: RetryOptions,
  ): Promise<number> {
    const value = JSON.stringify(state)
    try {
      return await retry('the state of a webhook', retryOptions, () =>
        this.#bucket.put(keyOf(webhook), value, { revision }),
      )
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      // An attempt whose answer was lost may have stored it: the value names its owner.
      const last = await retry('the state of a webhook', retryOptions, () =>
        this.#bucket.last(keyOf(webhook)),
      )
      if (last?.value === value) return last.revision
      throw error
    }
  }

  async remove(webhook: string, retryOptions: RetryOptions): Promise<void> {
    await retry('the state of a webhook', retryOptions, () => this.#bucket.purge(keyOf(webhook)))
  }
}

function keyOf(webhook: string): string {
  return `state.${webhook}`
}

function stateIn({ value }: BucketEntry): WebhookState | undefined {
  return value === null ? undefined : webhookState.safeParse(parseJson(value)).data
}
