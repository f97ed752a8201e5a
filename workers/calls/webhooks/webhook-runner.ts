import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import type { Logger } from 'pino'
import { Conflict, LostTail } from '../../../engine/errors.ts'
import type { RetryOptions } from '../../../engine/nats/retry.ts'
import type { FailedDeliveries } from '../../../engine/nats/webhooks/failed-deliveries.ts'
import {
  type NotificationLog,
  notificationOf,
  type StoredNotification,
} from '../../../engine/nats/webhooks/notification-log.ts'
import type { WebhookStates } from '../../../engine/nats/webhooks/webhook-states.ts'
import type { Reading } from '../../../engine/ports.ts'
import { notification as notificationSchema } from '../../../schemas/conversation/notification.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import type { Webhook } from '../../../schemas/webhooks/webhook.ts'
import type {
  Attempted,
  WebhookAnswer,
  WebhookQuestion,
  WebhookState,
} from '../../../schemas/webhooks/webhook-state.ts'
import { webhookDeliveries } from '../../monitoring/metrics.ts'
import type { ApiClient } from '../client/api-client.ts'
import type { Secrets } from '../client/api-secrets.ts'
import { DeliveryQueues } from './delivery-queues.ts'
import { attemptsAtOnceMax, downAfter, Receiver, type WebhookTimes } from './receiver.ts'
import { Replays, requeuedAtOnce } from './replays.ts'
import { WebhookProgress } from './webhook-progress.ts'

/** Notifications that are not delivered, in memory and in the state; further ones stay in WORKSPACE. */
export const waitingMax = 1_000
/** Conversations whose notifications are read ahead. */
const readyMax = 64
/** A reading that has to wait for longer than this is closed. */
const roomWaitMs = 1_000
/** How often it is counted how many notifications are not read, while nothing is read. */
const countEveryMs = 30_000
const stopTimeoutMs = 2_000

/** A webhook as it is configured. */
export interface ConfiguredWebhook {
  webhook: Webhook
  revision: number
  /** When this revision was stored, in epoch milliseconds. */
  at: number
}

export interface RunnerDeps {
  states: WebhookStates
  failures: FailedDeliveries
  notifications: NotificationLog
  secrets: Secrets
  times: WebhookTimes
  client: ApiClient
  retryOptions: RetryOptions
  log: Logger
}

interface Delivery {
  conversation: string
  sequence: number
  since: number
  attempts: number
  /** For the first attempt; later ones read it again, so that an erasure is noticed and memory is bounded. */
  notification: StoredNotification | undefined
}

/**
 * Runs one webhook: reads WORKSPACE on from the stored position and delivers what the webhook wants, at least once and
 * in order in each conversation. The position passes a notification that is not delivered only together with the list of
 * those that wait, so the state says all that a successor has to do. It is stored every second while it changes: a
 * successor repeats what was delivered since. A state that another caller has written ends the run.
 */
export class WebhookRunner {
  /** Settles once another caller has the webhook; rejects with an error that ends the caller. */
  readonly ended: Promise<void>
  readonly #deps: RunnerDeps
  readonly #progress: WebhookProgress
  readonly #receiver: Receiver
  readonly #queues: DeliveryQueues<Delivery>
  readonly #replays: Replays
  readonly #deliveries = new Map<number, Delivery>()
  readonly #aborted = new AbortController()
  #configured: ConfiguredWebhook
  #reading: Reading | undefined
  #isStopped = false
  #signalChange = () => {}
  #fail: (error: unknown) => void = () => {}

  private constructor(
    configured: ConfiguredWebhook,
    state: WebhookState,
    revision: number,
    deps: RunnerDeps,
  ) {
    const { states, retryOptions, client, secrets, times, failures, notifications } = deps
    const webhook = configured.webhook.id
    this.#configured = configured
    this.#deps = deps
    this.ended = new Promise((resolve, reject) => {
      this.#fail = (error) => {
        if (this.#isStopped) return
        if (error instanceof Conflict) resolve()
        else reject(error)
      }
    })
    this.ended.catch(() => {})
    const failed = (error: unknown) => this.#fail(error)
    setMaxListeners(attemptsAtOnceMax + 2, this.#aborted.signal)
    this.#progress = new WebhookProgress(state, revision, {
      ...{ webhook, states, retryOptions, failed },
      waiting: () =>
        [...this.#deliveries.values()].map(({ sequence, since, attempts }) => ({
          sequence,
          since,
          attempts,
        })),
    })
    this.#receiver = new Receiver(this.#progress, {
      ...{ client, secrets, times, signal: this.#aborted.signal },
      recovered: () => this.#queues.wake(),
    })
    this.#queues = new DeliveryQueues(
      (delivery) => this.#attempt(delivery),
      () => this.#receiver.attemptsAtOnceMax,
      () => this.#signalChange(),
      failed,
    )
    this.#replays = new Replays({
      ...{ webhook, progress: this.#progress, failures, notifications, failed },
      wants: (notification) => this.#wants(notification),
      deliver: (notification) => this.#add(notification, Date.now()),
      rewind: (position) => {
        this.#state.position = position
        this.#stopReading()
      },
      untilRoomToRequeue: () =>
        this.#until(() => this.#deliveries.size + requeuedAtOnce <= waitingMax, Number.POSITIVE_INFINITY),
    })
  }

  /** Claims the webhook: a caller that had it, and is not gone, finds its next write refused. */
  static async open(configured: ConfiguredWebhook, deps: RunnerDeps): Promise<WebhookRunner> {
    const { notifications, retryOptions } = deps
    const { state, revision } = await deps.states.load(configured.webhook.id, retryOptions)
    const owner = randomUUID()
    const begun =
      state && !isReenabled(state, configured)
        ? { ...state, owner, position: await notifications.valid(state.position) }
        : await beginning(configured, owner, state, notifications)
    const runner = new WebhookRunner(configured, begun, revision, deps)
    const waiting = await Promise.all(
      begun.waiting.map(async (each) => ({ ...each, found: await notifications.get(each.sequence) })),
    )
    for (const { found, since, attempts } of waiting) if (found) runner.#add(found, since, attempts)
    runner.#progress.changed()
    await runner.#progress.save()
    runner.#readAll().catch(runner.#fail)
    runner.#replays.requeue()
    return runner
  }

  /** Goes on with a later revision of the webhook, at once. */
  async configure(configured: ConfiguredWebhook): Promise<void> {
    if (configured.revision <= this.#configured.revision) return
    this.#configured = configured
    const state = this.#state
    if (isReenabled(state, configured))
      this.#progress.state = await beginning(configured, state.owner, state, this.#deps.notifications)
    this.#receiver.forgetFailures()
    this.#progress.changed()
    this.#stopReading()
    this.#queues.wake()
    this.#signalChange()
  }

  /** Makes a test or begins a replay. Throws Conflict where another caller has the webhook. */
  async answer(question: WebhookQuestion): Promise<WebhookAnswer> {
    if ('test' in question) return { tested: await this.#test() }
    return this.#state.disabled ? { refused: 'disabled' } : this.#replays.replay(question.replay)
  }

  /** Finishes attempts that are under way, or aborts them after a while, and stores how far it has got. */
  async stop(): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#stopReading()
    this.#signalChange()
    const timer = setTimeout(() => this.#aborted.abort(new Error('the caller stops')), stopTimeoutMs)
    await this.#queues.stop()
    clearTimeout(timer)
    // Refused where another caller has the webhook.
    await this.#progress.save().catch(() => {})
    await this.#deps.client.close()
  }

  get #hasRoom(): boolean {
    if (this.#state.disabled || this.#deliveries.size >= waitingMax) return false
    // While the receiver is down, a few are tried again and again: one of them finds that it is back.
    if (this.#receiver.isDown) return this.#queues.conversations < downAfter
    return this.#queues.ready < readyMax
  }

  async #readAll(): Promise<void> {
    while (!this.#isStopped) {
      await this.#untilRoom()
      const { position } = this.#state
      const reading = this.#deps.notifications.read(this.#configured.webhook.workspace, position.sequence)
      this.#reading = reading
      try {
        for await (const event of reading) {
          // A message that was fetched before the reading was stopped.
          if (this.#reading !== reading) break
          this.#take(notificationOf(event))
          if (!(await this.#until(() => this.#hasRoom, roomWaitMs))) break
        }
      } catch (error) {
        if (!(error instanceof LostTail)) throw error
        this.#deps.log.warn({ webhook: this.#id, reason: error.message }, 'reading on from an earlier place')
        this.#state.position = await this.#deps.notifications.before(position.at + 1)
      } finally {
        reading.stop()
      }
    }
  }

  #stopReading(): void {
    this.#reading?.stop()
    this.#reading = undefined
  }

  /** Waits for room, and counts from time to time how many notifications are not read. */
  async #untilRoom(): Promise<void> {
    while (!(await this.#until(() => this.#hasRoom, roomWaitMs)) && !this.#isStopped) {
      const { workspace } = this.#configured.webhook
      const { sequence } = this.#state.position
      const unread = await this.#deps.notifications.countAfter(workspace, sequence)
      this.#state.unread = unread
      this.#progress.changed()
      await this.#until(() => this.#hasRoom, countEveryMs)
    }
    this.#state.unread = 0
  }

  /** Waits, at most this long, until something is so; returns whether it is. `false` once the run ends. */
  async #until(isSo: () => boolean, ms: number): Promise<boolean> {
    const end = Date.now() + ms
    while (!this.#isStopped && !isSo() && Date.now() < end)
      await this.#untilChanged(Math.min(end - Date.now(), countEveryMs))
    return !this.#isStopped && isSo()
  }

  #untilChanged(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const signalOthers = this.#signalChange
      const signal = () => {
        clearTimeout(timer)
        this.#signalChange = () => {}
        signalOthers()
        resolve()
      }
      const timer = setTimeout(() => this.#signalChange(), ms)
      this.#signalChange = signal
    })
  }

  #take(notification: StoredNotification): void {
    const { sequence, at } = notification
    this.#state.position = { sequence, at }
    if (this.#wants(notification)) this.#add(notification, Math.max(at, this.#state.replayedAt ?? 0))
    this.#progress.changed()
  }

  #wants({ action, workspace }: StoredNotification): boolean {
    const { webhook } = this.#configured
    return (webhook.actions?.includes(action) ?? true) && (webhook.workspace ?? workspace) === workspace
  }

  #add(notification: StoredNotification, since: number, attempts = 0): void {
    const { sequence, conversation } = notification
    if (this.#deliveries.has(sequence)) return
    const delivery = { conversation, sequence, since, attempts, notification }
    this.#deliveries.set(sequence, delivery)
    this.#queues.add(delivery)
  }

  /** Attempts a delivery. Returns the pause before the next attempt; `undefined`: it is over. */
  async #attempt(delivery: Delivery): Promise<number | undefined> {
    const notification = delivery.notification ?? (await this.#deps.notifications.get(delivery.sequence))
    delivery.notification = undefined
    const pause =
      notification && this.#wants(notification) ? await this.#deliver(delivery, notification) : undefined
    if (pause === undefined) this.#deliveries.delete(delivery.sequence)
    this.#progress.changed()
    return pause
  }

  async #deliver(delivery: Delivery, notification: StoredNotification): Promise<number | undefined> {
    const { times, log } = this.#deps
    const { isDown, pause, lastFailure } = this.#receiver
    const { id, action, sequence, body } = notification
    const left = delivery.since + times.giveUp - Date.now()
    if (lastFailure && (this.#state.disabled || (left <= 0 && isDown)))
      return this.#giveUp(delivery, notification, lastFailure)
    if (pause > 0) return pause
    const read = notificationSchema.safeParse(parseJson(body))
    if (!read.success) {
      log.error({ webhook: this.#id, seq: sequence }, 'passing over a message that is not a notification')
      return undefined
    }
    const attempt = delivery.attempts + 1
    const message = { id, type: `request.${action}`, timestamp: read.data.at, data: body }
    const sent = await this.#receiver.send(this.#configured.webhook, message, attempt).catch((error) => {
      if (!this.#aborted.signal.aborted) throw error
    })
    // Aborted: the caller stops.
    if (!sent) return 0
    delivery.attempts = attempt
    const { failure } = sent
    if (!failure) return undefined
    log.debug({ webhook: this.#id, id, attempt, ...failure }, 'a delivery has failed')
    if (failure.status === gone) this.#disable()
    if (this.#state.disabled || left <= 0) return this.#giveUp(delivery, notification, failure)
    return Math.min(left, this.#receiver.pauseAfter(attempt))
  }

  #disable(): void {
    if (!this.#state.disabled)
      this.#deps.log.warn(
        { webhook: this.#id },
        'the receiver has answered 410: the webhook gets nothing until it is saved again',
      )
    this.#state.disabled = { at: Date.now(), revision: this.#configured.revision }
    this.#stopReading()
    this.#queues.wake()
  }

  async #giveUp(
    { conversation, sequence, attempts }: Delivery,
    { id, action }: StoredNotification,
    failure: NonNullable<Attempted['failure']>,
  ): Promise<undefined> {
    const failed = { id, type: `request.${action}`, notification: sequence, attempts, ...failure }
    await this.#deps.failures.add(this.#id, conversation, failed)
    webhookDeliveries.inc({ outcome: 'given_up' })
    this.#deps.log.warn({ webhook: this.#id, ...failed }, 'gave up a delivery')
  }

  async #test(): Promise<Attempted> {
    const message = {
      id: `test_${randomUUID()}`,
      type: 'webhook.test',
      timestamp: new Date().toISOString(),
      data: JSON.stringify({ webhook: this.#id }),
    }
    return (await this.#receiver.send(this.#configured.webhook, message, 1)).attempted
  }

  /** Replaced when the webhook begins again: not to be held over an await. */
  get #state(): WebhookState {
    return this.#progress.state
  }

  get #id(): string {
    return this.#configured.webhook.id
  }
}

const gone = 410

/** Whether the webhook was saved again since its receiver answered 410. */
function isReenabled({ disabled }: WebhookState, { revision }: ConfiguredWebhook): boolean {
  return disabled !== undefined && disabled.revision !== revision
}

/** The state of a webhook that begins, or begins again, with what is notified since it was saved. */
async function beginning(
  { at }: ConfiguredWebhook,
  owner: string,
  before: WebhookState | undefined,
  notifications: NotificationLog,
): Promise<WebhookState> {
  const attempts = before?.attempts ?? []
  return { owner, position: await notifications.before(at), waiting: [], unread: 0, attempts }
}
