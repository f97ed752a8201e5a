import { parseJson } from '../../../schemas/parse-json.ts'
import { type FailedDelivery, failedDelivery } from '../../../schemas/webhooks/webhook-state.ts'
import type { Nats, RoleConnection } from '../connect.ts'
import { directGet } from '../direct-get.ts'
import { ConversationStore } from '../engine/conversation-store.ts'
import { isNoMessage } from '../errors.ts'
import { type RetryOptions, retry } from '../retry.ts'
import { streams, subjects } from '../topology.ts'

/** A failed delivery as it is stored. */
export interface StoredFailure extends FailedDelivery {
  /** Its sequence in WEBHOOKS. */
  sequence: number
  webhook: string
  /** When it was given up, in epoch milliseconds. */
  at: number
}

/** The failed deliveries of a webhook, in the order in which they were given up. */
export async function* readFailures(
  role: Pick<RoleConnection, 'publisher'>,
  webhook: string,
  after = 0,
): AsyncGenerator<StoredFailure> {
  const subject = subjects.failedDelivery(webhook, '*')
  for await (const { seq, at, body } of directGet(role, streams.webhooks, subject, after)) {
    const { data } = failedDelivery.safeParse(parseJson(body))
    if (data) yield { sequence: seq, webhook, at, ...data }
  }
}

/** The stream WEBHOOKS: deliveries that were given up. */
export class FailedDeliveries {
  readonly #nats: Nats
  readonly #retryOptions: RetryOptions
  readonly #conversations: ConversationStore

  constructor(nats: Nats, retryOptions: RetryOptions) {
    this.#nats = nats
    this.#retryOptions = retryOptions
    this.#conversations = new ConversationStore(nats, retryOptions)
  }

  async add(webhook: string, conversation: string, failed: FailedDelivery): Promise<void> {
    const subject = subjects.failedDelivery(webhook, conversation)
    await this.#retry(() => this.#nats.publisher.publish(subject, JSON.stringify(failed)))
    // An erasure stores its record, and then removes these: either it removes this one, or its record is here.
    const { record } = await this.#conversations.load(conversation, true)
    if (record?.state.erased !== undefined) await this.#purge(subject)
  }

  read(webhook: string, after = 0): AsyncGenerator<StoredFailure> {
    return readFailures(this.#nats, webhook, after)
  }

  async remove(sequences: readonly number[]): Promise<void> {
    for (const sequence of sequences)
      await this.#retry(() => this.#nats.jsm.streams.deleteMessage(streams.webhooks, sequence)).catch(
        (error) => {
          if (!isNoMessage(error)) throw error
        },
      )
  }

  /** Removes those of a webhook that was deleted. */
  removeAll(webhook: string): Promise<void> {
    return this.#purge(subjects.failedDelivery(webhook, '*'))
  }

  async lastSequence(): Promise<number> {
    const { state } = await this.#retry(() => this.#nats.jsm.streams.info(streams.webhooks))
    return state.last_seq
  }

  async #purge(filter: string): Promise<void> {
    await this.#retry(() => this.#nats.jsm.streams.purge(streams.webhooks, { filter }))
  }

  #retry<T>(attempt: () => Promise<T>): Promise<T> {
    return retry('a failed delivery of a webhook', this.#retryOptions, attempt)
  }
}
