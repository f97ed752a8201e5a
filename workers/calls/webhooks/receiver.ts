import type { Webhook } from '../../../schemas/webhooks/webhook.ts'
import { type Attempted, attemptsKept } from '../../../schemas/webhooks/webhook-state.ts'
import { webhookDeliveries } from '../../monitoring/metrics.ts'
import { type SendDeps, type Sent, sendWebhook, type WebhookMessage } from './send-webhook.ts'
import type { WebhookProgress } from './webhook-progress.ts'

/** In milliseconds. */
export interface WebhookTimes {
  /** An attempt without an answer for this long has failed. */
  timeout: number
  /** The pause after the first attempt, up to half of it less by chance; then twice as long each time, up to the longest. */
  firstPause: number
  longestPause: number
  /** A notification of this age is given up when an attempt fails. */
  giveUp: number
}

export const webhookTimes: WebhookTimes = {
  timeout: 15_000,
  firstPause: 5_000,
  longestPause: 3_600_000,
  giveUp: 3 * 24 * 3_600_000,
}

/** Attempts of a webhook under way at once. */
export const attemptsAtOnceMax = 8
/** After this many failures without a success the receiver counts as down. */
export const downAfter = 5

export interface ReceiverDeps extends Pick<SendDeps, 'client' | 'secrets' | 'signal'> {
  times: WebhookTimes
  /** Called when the receiver is back after it was down. */
  recovered(): void
}

/** A webhook's receiver: attempts to reach it, and whether it is down. */
export class Receiver {
  readonly #deps: ReceiverDeps
  readonly #progress: WebhookProgress
  #failuresInARow = 0
  #pausedUntil = 0

  constructor(progress: WebhookProgress, deps: ReceiverDeps) {
    this.#progress = progress
    this.#deps = deps
  }

  get isDown(): boolean {
    return this.#failuresInARow >= downAfter
  }

  /** One at a time while it is down. */
  get attemptsAtOnceMax(): number {
    return this.isDown ? 1 : attemptsAtOnceMax
  }

  /** For how long it has asked not to be sent anything, in milliseconds. */
  get pause(): number {
    return Math.max(0, this.#pausedUntil - Date.now())
  }

  /** The failure of the last attempt that has failed. */
  get lastFailure(): Attempted['failure'] {
    return this.#progress.state.attempts.find(({ failure }) => failure)?.failure
  }

  /** Begins anew: the webhook has changed. */
  forgetFailures(): void {
    this.#failuresInARow = 0
    this.#pausedUntil = 0
  }

  /**
   * Makes an attempt, and takes note of it.
   *
   * @param attempt counts from 1 on
   */
  async send(
    webhook: Webhook,
    message: WebhookMessage,
    attempt: number,
  ): Promise<Sent & { attempted: Attempted }> {
    const { times, recovered, ...deps } = this.#deps
    const at = new Date().toISOString()
    const sent = await sendWebhook(webhook, message, { ...deps, timeoutMs: times.timeout })
    const { id, type } = message
    const { ms, failure, pauseMs = 0 } = sent
    const attempted = { id, type, at, ms, attempt, ...(failure && { failure }) }
    const { state } = this.#progress
    state.attempts = [attempted, ...state.attempts].slice(0, attemptsKept)
    webhookDeliveries.inc({ outcome: failure ? 'failed' : 'delivered' })
    if (failure) {
      this.#failuresInARow++
      if (pauseMs > 0) this.#pausedUntil = Date.now() + Math.min(pauseMs, times.longestPause)
      state.failingSince ??= Date.parse(at)
    } else {
      const wasDown = this.isDown
      this.forgetFailures()
      state.deliveredAt = Date.now()
      delete state.failingSince
      if (wasDown) recovered()
    }
    this.#progress.changed()
    return { ...sent, attempted }
  }

  /** The pause between an attempt that has failed and the next one, in milliseconds. */
  pauseAfter(attempt: number): number {
    const { firstPause, longestPause } = this.#deps.times
    const backoff = Math.min(firstPause * 2 ** (attempt - 1), longestPause)
    return Math.max(this.pause, backoff * (0.5 + Math.random() / 2))
  }
}
