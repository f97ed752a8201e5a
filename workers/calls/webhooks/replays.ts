import type { FailedDeliveries, StoredFailure } from '../../../engine/nats/webhooks/failed-deliveries.ts'
import type {
  NotificationLog,
  Position,
  StoredNotification,
} from '../../../engine/nats/webhooks/notification-log.ts'
import type { WebhookAnswer, WebhookQuestion } from '../../../schemas/webhooks/webhook-state.ts'
import type { WebhookProgress } from './webhook-progress.ts'

/** Failed deliveries that are read and removed together. */
export const requeuedAtOnce = 100

export interface ReplayDeps {
  webhook: string
  progress: WebhookProgress
  failures: FailedDeliveries
  notifications: NotificationLog
  wants(notification: StoredNotification): boolean
  /** Delivers it after what waits in its conversation; it counts as made now. */
  deliver(notification: StoredNotification): void
  /** Reads all from this position on again. */
  rewind(position: Position): void
  /** Settles once there is room for `requeuedAtOnce` deliveries; returns `false` once the run ends. */
  untilRoomToRequeue(): Promise<boolean>
  failed(error: unknown): void
}

/** Delivers again what was delivered or given up before. */
export class Replays {
  readonly #deps: ReplayDeps
  #isRequeueing = false

  constructor(deps: ReplayDeps) {
    this.#deps = deps
  }

  /** Settles once the state says what is to be delivered again. */
  async replay(asked: Extract<WebhookQuestion, { replay: unknown }>['replay']): Promise<WebhookAnswer> {
    if ('since' in asked) return this.#replaySince(Date.parse(asked.since))
    return 'id' in asked ? this.#replayOne(asked.id) : this.#replayFailed()
  }

  /** Goes on with the failed deliveries that the state says are to be delivered again. */
  requeue(): void {
    if (this.#isRequeueing) return
    this.#isRequeueing = true
    this.#requeueAll()
      .catch(this.#deps.failed)
      .finally(() => {
        this.#isRequeueing = false
      })
  }

  async #replaySince(since: number): Promise<WebhookAnswer> {
    const { notifications, progress, rewind } = this.#deps
    const position = await notifications.before(since)
    if (position.sequence < progress.state.position.sequence) {
      progress.state.replayedAt = Date.now()
      rewind(position)
      progress.changed()
      await progress.save()
    }
    return { replayed: null }
  }

  async #replayOne(id: string): Promise<WebhookAnswer> {
    const { webhook, notifications, failures, progress, wants, deliver } = this.#deps
    const found = await notifications.find(id)
    if (!found || !wants(found)) return { refused: 'no_such_notification' }
    deliver(found)
    progress.changed()
    await progress.save()
    const failed: number[] = []
    for await (const { id: other, sequence } of failures.read(webhook))
      if (other === id) failed.push(sequence)
    await failures.remove(failed)
    return { replayed: 1 }
  }

  async #replayFailed(): Promise<WebhookAnswer> {
    const { webhook, failures, progress } = this.#deps
    let replayed = 0
    for await (const { sequence } of failures.read(webhook)) {
      replayed++
      progress.state.requeueUpTo = sequence
    }
    progress.changed()
    await progress.save()
    this.requeue()
    return { replayed }
  }

  async #requeueAll(): Promise<void> {
    const { webhook, failures, notifications, progress, deliver, untilRoomToRequeue } = this.#deps
    for (;;) {
      const upTo = progress.state.requeueUpTo
      if (upTo === undefined || !(await untilRoomToRequeue())) return
      const batch: StoredFailure[] = []
      for await (const failed of failures.read(webhook)) {
        if (failed.sequence > upTo || batch.length === requeuedAtOnce) break
        batch.push(failed)
      }
      for (const { notification } of batch) {
        const found = await notifications.get(notification)
        if (found) deliver(found)
      }
      if (batch.length === 0) delete progress.state.requeueUpTo
      progress.changed()
      // Removed only once the state has them.
      await progress.save()
      await failures.remove(batch.map(({ sequence }) => sequence))
    }
  }
}
