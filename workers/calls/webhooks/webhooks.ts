import type { Logger } from 'pino'
import { Conflict } from '../../../engine/errors.ts'
import { Bucket, type BucketEntry } from '../../../engine/nats/bucket.ts'
import type { Nats } from '../../../engine/nats/connect.ts'
import type { RetryOptions } from '../../../engine/nats/retry.ts'
import { FailedDeliveries } from '../../../engine/nats/webhooks/failed-deliveries.ts'
import { NotificationLog } from '../../../engine/nats/webhooks/notification-log.ts'
import { answerWebhookQuestions } from '../../../engine/nats/webhooks/webhook-questions.ts'
import { WebhookStates } from '../../../engine/nats/webhooks/webhook-states.ts'
import { type WebhookTicket, WebhookTickets } from '../../../engine/nats/webhooks/webhook-tickets.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import { parse } from '../../../schemas/problem.ts'
import { webhook as webhookSchema } from '../../../schemas/webhooks/webhook.ts'
import type { ApiClient } from '../client/api-client.ts'
import type { Secrets } from '../client/api-secrets.ts'
import { type WebhookTimes, webhookTimes } from './receiver.ts'
import { type ConfiguredWebhook, WebhookRunner } from './webhook-runner.ts'

const ticketsAtOnce = 100
/** The ticket of a webhook that is not known here, or not valid, is looked at again after this. */
const unknownMs = 2_000

export interface WebhooksOptions {
  secrets: Secrets
  /** A client of its own for each webhook: a receiver that does not answer takes no connection from another. */
  openClient(): Promise<ApiClient>
  retryOptions: RetryOptions
  log: Logger
  times?: Partial<WebhookTimes> | undefined
}

interface Running {
  ticket: WebhookTicket
  runner: Promise<WebhookRunner>
  isEnding: boolean
  stopAnswering(): void
}

/**
 * The webhooks that this caller runs: those whose tickets it holds. Without a webhook in the configuration nothing is
 * pulled or subscribed to but changes of the configuration.
 */
export class Webhooks {
  /** Rejects with the error that ends the caller. */
  readonly failed: Promise<never>
  readonly #nats: Nats
  readonly #options: WebhooksOptions
  readonly #tickets: WebhookTickets
  readonly #states: WebhookStates
  readonly #failures: FailedDeliveries
  readonly #notifications: NotificationLog
  readonly #configured = new Map<string, ConfiguredWebhook>()
  readonly #running = new Map<string, Running>()
  #stopWatching = () => {}
  #taking: Promise<void> | undefined
  #isStopping = false
  #reject: (error: unknown) => void = () => {}

  private constructor(nats: Nats, options: WebhooksOptions) {
    const { retryOptions } = options
    this.#nats = nats
    this.#options = options
    this.#tickets = new WebhookTickets(nats, retryOptions)
    this.#states = new WebhookStates(nats)
    this.#failures = new FailedDeliveries(nats, retryOptions)
    this.#notifications = new NotificationLog(nats, retryOptions)
    this.failed = new Promise((_, reject) => {
      this.#reject = reject
    })
    this.failed.catch(() => {})
  }

  /** Settles once the configuration is known. */
  static async start(nats: Nats, options: WebhooksOptions): Promise<Webhooks> {
    const webhooks = new Webhooks(nats, options)
    await webhooks.#watch()
    return webhooks
  }

  /** Stops all, and gives their tickets to other callers. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#stopWatching()
    this.#tickets.stop()
    await this.#taking
    await Promise.all(
      [...this.#running].map(async ([id, own]) => {
        await this.#end(id, own)
        own.ticket.putOff()
      }),
    )
  }

  #fail(error: unknown): void {
    if (!this.#isStopping && !this.#options.retryOptions.signal.aborted) this.#reject(error)
  }

  async #watch(): Promise<void> {
    const change = (entry: BucketEntry) => this.#change(entry).catch((error) => this.#fail(error))
    // The bucket keeps earlier values: while it is listed, only the last of each key counts.
    let listed: Map<string, BucketEntry> | undefined
    this.#stopWatching = await new Bucket(this.#nats, 'configuration').watch('webhook.*', {
      listing: () => {
        listed = new Map()
      },
      changed: (entry) => {
        if (!listed) return change(entry)
        listed.set(entry.key, entry)
      },
      listed: async () => {
        const entries = listed?.values() ?? []
        listed = undefined
        for (const entry of entries) await change(entry)
      },
    })
  }

  async #change({ key, revision, at, value }: BucketEntry): Promise<void> {
    const id = key.slice('webhook.'.length)
    if (value === null) this.#configured.delete(id)
    else {
      const read = parse(webhookSchema, parseJson(value))
      if (!read.ok) {
        this.#options.log.error({ key, problem: read.error.message }, 'passing over a configuration')
        return
      }
      this.#configured.set(id, { webhook: read.value, revision, at })
      await this.#tickets.create(id)
      this.#taking ??= this.#takeTickets().catch((error) => this.#fail(error))
    }
    // The watch does not wait for a webhook that ends.
    this.#follow(id).catch((error) => this.#fail(error))
  }

  async #takeTickets(): Promise<void> {
    while (!this.#isStopping)
      for await (const ticket of this.#tickets.pull(ticketsAtOnce))
        if (this.#isStopping) ticket.putOff()
        else this.#begin(ticket).catch((error) => this.#fail(error))
  }

  async #begin(ticket: WebhookTicket): Promise<void> {
    const { webhook: id } = ticket
    const held = this.#running.get(id)
    if (held) {
      // The server took this caller for gone.
      held.ticket.leave()
      held.ticket = ticket
      return
    }
    const configured = this.#configured.get(id)
    if (!configured) {
      if (await this.#tickets.isConfigured(id)) ticket.putOff(unknownMs)
      else await this.#remove(id, ticket)
      return
    }
    const own: Running = {
      ...{ ticket, runner: this.#open(configured), isEnding: false, stopAnswering: () => {} },
    }
    this.#running.set(id, own)
    try {
      await this.#run(id, own)
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
    }
    this.#options.log.info({ webhook: id }, 'another caller runs the webhook')
    await this.#end(id, own)
    own.ticket.leave()
  }

  async #open(configured: ConfiguredWebhook): Promise<WebhookRunner> {
    const { secrets, openClient, retryOptions, log, times } = this.#options
    return WebhookRunner.open(configured, {
      ...{ states: this.#states, failures: this.#failures, notifications: this.#notifications },
      ...{ secrets, retryOptions, log, times: { ...webhookTimes, ...times }, client: await openClient() },
    })
  }

  /** Settles once another caller has the webhook. */
  async #run(id: string, own: Running): Promise<void> {
    const runner = await own.runner
    this.#options.log.info({ webhook: id }, 'running a webhook')
    if (!own.isEnding)
      own.stopAnswering = answerWebhookQuestions(this.#nats, id, (question) => runner.answer(question))
    // It may have changed meanwhile.
    await this.#follow(id)
    await runner.ended
  }

  /** Brings a webhook that runs here in line with the configuration. */
  async #follow(id: string): Promise<void> {
    const own = this.#running.get(id)
    if (!own || own.isEnding) return
    const runner = await own.runner
    const configured = this.#configured.get(id)
    if (configured) return runner.configure(configured)
    await this.#end(id, own)
    await this.#remove(id, own.ticket)
  }

  async #end(id: string, own: Running): Promise<void> {
    own.isEnding = true
    own.stopAnswering()
    await own.runner.then((runner) => runner.stop()).catch(() => {})
    if (this.#running.get(id) === own) this.#running.delete(id)
  }

  /** Removes what a webhook has that is not configured any more. */
  async #remove(id: string, ticket: WebhookTicket): Promise<void> {
    await this.#states.remove(id, this.#options.retryOptions)
    await this.#failures.removeAll(id)
    await this.#tickets.remove(id)
    await ticket.done()
    this.#options.log.info({ webhook: id }, 'removed a webhook')
  }
}
