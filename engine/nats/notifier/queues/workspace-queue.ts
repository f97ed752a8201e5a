import type { Notification, OpenRequest } from '../../../../schemas/conversation/notification.ts'
import type { QueuePlace } from '../../../../schemas/protocol/widget.ts'
import {
  type AcceptedWait,
  meanWaitMs,
  observedMax,
  observedMs,
  type Waiter,
  WaitingLine,
  waitSecondsAt,
} from './waiting-time.ts'

/** The queue of one workspace: its waiting requests, and how long accepted ones have waited lately. */
export class WorkspaceQueue {
  readonly #line = new WaitingLine()
  /** In the order of `until`. */
  readonly #accepted: (AcceptedWait & { record: number })[] = []
  /** As of the last estimate; `null`: too few observations. */
  #meanMs: number | null = null

  put(request: OpenRequest): void {
    this.#line.put(waiterOf(request))
  }

  /** Whether it was waiting. */
  remove(conversation: string): boolean {
    return this.#line.remove(conversation)
  }

  /** Observes an accepted request, once, whether the bucket or the stream has it. */
  observe(request: OpenRequest | Notification): void {
    const { record, at } = request
    if (this.#accepted.some((known) => known.record === record)) return
    const until = Date.parse(at)
    const isLast = (this.#accepted.at(-1)?.until ?? 0) <= until
    this.#accepted.push({ from: waiterOf(request).from, until, record })
    if (!isLast) this.#accepted.sort((a, b) => a.until - b.until)
    // One more than needed: its end is when the first that counts became next.
    if (this.#accepted.length > observedMax + 1) this.#accepted.shift()
  }

  /** Estimates the waits anew. */
  estimate(now: number): void {
    this.#meanMs = meanWaitMs(this.#accepted, this.#line.waitedSince(now), now)
  }

  /** Whether nobody waits, and no observation counts any more. */
  isIdle(now: number): boolean {
    return this.#line.length === 0 && this.#accepted.every(({ until }) => until < now - observedMs)
  }

  /** @param position counted from 1 */
  conversationAt(position: number): string | undefined {
    return this.#line.at(position)?.conversation
  }

  placeOf(conversation: string, now: number): QueuePlace {
    const position = this.#line.positionOf(conversation)
    if (position === null) return { position }
    const from = this.#line.at(position)?.from ?? Number.POSITIVE_INFINITY
    const isEstimated = this.#meanMs !== null && now >= from
    return {
      position,
      waiting: this.#line.length,
      ...(isEstimated && { waitSeconds: waitSecondsAt(position, this.#meanMs as number) }),
    }
  }
}

export function waiterOf(request: OpenRequest | Notification): Waiter {
  const { conversation, queuedAt, hours, opensAt } = request
  const queued = queuedAt === null ? 0 : Date.parse(queuedAt)
  if (hours === 'during') return { conversation, queuedAt: queued, from: queued }
  const from = opensAt === null ? Number.POSITIVE_INFINITY : Math.max(queued, Date.parse(opensAt))
  return { conversation, queuedAt: queued, from }
}
