import { Conflict } from '../../errors.ts'
import { Bucket } from '../bucket.ts'
import type { Nats } from '../connect.ts'
import { DurablePull, type PulledMessage } from '../queues/durable-pull.ts'
import { type RetryOptions, retry } from '../retry.ts'
import { buckets } from '../topology.ts'

/** Another caller runs the webhooks of one that was killed after this. */
const ackWaitMs = 5_000
const stream = `KV_${buckets.webhooks}`
const prefix = `$KV.${buckets.webhooks}.ticket.`

/** The right to run a webhook, for as long as the message is held. */
export interface WebhookTicket extends Pick<PulledMessage, 'done' | 'putOff' | 'leave'> {
  webhook: string
}

/**
 * The tickets of webhooks: one message for each, held by the caller that runs it. The server passes the ticket of a
 * caller that is gone on to another one.
 */
export class WebhookTickets {
  readonly #nats: Nats
  readonly #retryOptions: RetryOptions
  readonly #bucket: Bucket
  readonly #configuration: Bucket
  readonly #pull: DurablePull

  constructor(nats: Nats, retryOptions: RetryOptions) {
    this.#nats = nats
    this.#retryOptions = retryOptions
    this.#bucket = new Bucket(nats, 'webhooks')
    this.#configuration = new Bucket(nats, 'configuration')
    const config = { durable_name: 'callers', filter_subject: `${prefix}*`, ackWaitMs }
    this.#pull = new DurablePull(nats, stream, config, retryOptions)
  }

  /** Makes the ticket of a webhook, unless there is one. */
  async create(webhook: string): Promise<void> {
    try {
      await retry('the ticket of a webhook', this.#retryOptions, () =>
        this.#bucket.put(`ticket.${webhook}`, '{}', { revision: 0 }),
      )
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
    }
  }

  /** Yields tickets that no caller holds, as they come; ends at the pull's time-out. */
  async *pull(ticketsMax: number): AsyncGenerator<WebhookTicket> {
    for await (const { message, done, putOff, leave } of this.#pull.pull(ticketsMax))
      yield { webhook: message.subject.slice(prefix.length), done, putOff, leave }
  }

  /** Whether the configuration has the webhook, as the stream's leader knows. */
  isConfigured(webhook: string): Promise<boolean> {
    return retry('a webhook', this.#retryOptions, async () => {
      const subject = `$KV.${buckets.configuration}.webhook.${webhook}`
      const last = await this.#nats.jsm.streams.getMessage(`KV_${buckets.configuration}`, {
        last_by_subj: subject,
      })
      return last !== null && !last.header.has('KV-Operation')
    })
  }

  /** Removes the ticket of a webhook that is not configured any more. */
  async remove(webhook: string): Promise<void> {
    await retry('the ticket of a webhook', this.#retryOptions, () =>
      this.#nats.jsm.streams.purge(stream, { filter: prefix + webhook }),
    )
    // A webhook of the same id that was made meanwhile has found the ticket.
    if (await this.isConfigured(webhook)) await this.create(webhook)
  }

  stop(): void {
    this.#pull.stop()
  }
}
