/** Somebody who waits for an agent. */
export interface Waiter {
  conversation: string
  /** Their place: the earliest is first; in epoch milliseconds. */
  queuedAt: number
  /** The earliest time to expect an agent: the opening for those who wait for it; Infinity: never. */
  from: number
}

/** A workspace's queue. A waiter who is put back keeps the place that their `queuedAt` gives them. */
export class WaitingLine {
  readonly #line: Waiter[] = []
  readonly #byConversation = new Map<string, Waiter>()

  get length(): number {
    return this.#line.length
  }

  /** In the order of their places. */
  get all(): readonly Waiter[] {
    return this.#line
  }

  put(waiter: Waiter): void {
    this.remove(waiter.conversation)
    this.#line.splice(this.#placeOf(waiter), 0, waiter)
    this.#byConversation.set(waiter.conversation, waiter)
  }

  /** Says whether they waited. */
  remove(conversation: string): boolean {
    const waiter = this.#byConversation.get(conversation)
    if (!waiter) return false
    this.#line.splice(this.#placeOf(waiter), 1)
    return this.#byConversation.delete(conversation)
  }

  /** Counted from 1; `null` for a conversation that does not wait. */
  positionOf(conversation: string): number | null {
    const waiter = this.#byConversation.get(conversation)
    return waiter ? this.#placeOf(waiter) + 1 : null
  }

  /** The waiter at a position, counted from 1. */
  at(position: number): Waiter | undefined {
    return this.#line[position - 1]
  }

  /** The time since when somebody has waited for an agent without a break; `null` where nobody does. */
  waitedSince(now: number): number | null {
    let since = Number.POSITIVE_INFINITY
    for (const { from } of this.#line) since = Math.min(since, from)
    return since < now ? since : null
  }

  /** The waiter's index, or the index it would have: the first one whose waiter does not come before it. */
  #placeOf(waiter: Waiter): number {
    let low = 0
    let high = this.#line.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (comesBefore(this.#line[middle] as Waiter, waiter)) low = middle + 1
      else high = middle
    }
    return low
  }
}

function comesBefore(a: Waiter, b: Waiter): boolean {
  return a.queuedAt < b.queuedAt || (a.queuedAt === b.queuedAt && a.conversation < b.conversation)
}

/** A wait that an agent ended by accepting, in epoch milliseconds. */
export interface AcceptedWait {
  from: number
  until: number
}

/** The window of observed accepts, in milliseconds, and the most per workspace: older ones say little about now. */
export const observedMs = 30 * 60_000
export const observedMax = 200
/** The fewest accepts for an estimate: the mean of fewer is off by half or more. */
export const observedMin = 5
/** Nobody can say more from half an hour's observation. */
export const longestWaitSeconds = 2 * 60 * 60

/**
 * How long the first in the queue waits on average, in milliseconds; `null` where too little was observed.
 *
 * Each accept takes the queue on by one place, so what counts is the time between accepts — of that only the time
 * in which somebody waited. Where a customer comes every ten minutes and is answered within twenty seconds, ten
 * minutes pass between accepts and the wait is twenty seconds. In a queue that is never empty it is all the time.
 * Those who wait now count as well: when the agents have gone, it becomes longer with every minute.
 * A request that was released counts from when it was queued first; that errs towards the longer wait.
 *
 * @param accepted in the order of `until`
 * @param waitedSince those who wait now have waited without a break since then; `null`: nobody waits
 */
export function meanWaitMs(
  accepted: readonly AcceptedWait[],
  waitedSince: number | null,
  now: number,
): number | null {
  let begin = now - observedMs
  let counted = accepted.filter(({ from, until }) => until > begin && until <= now && from < until)
  if (counted.length > observedMax) {
    begin = Math.max(begin, counted.at(-observedMax - 1)?.until ?? begin)
    counted = counted.slice(-observedMax)
  }
  if (counted.length < observedMin) return null
  const waits = waitedSince === null ? counted : [...counted, { from: waitedSince, until: now }]
  return unionMs(waits, begin) / counted.length
}

/** The time after `begin` that some of the waits cover. */
function unionMs(waits: AcceptedWait[], begin: number): number {
  let sum = 0
  let covered = begin
  for (const { from, until } of waits.toSorted((a, b) => a.from - b.from)) {
    sum += Math.max(0, until - Math.max(covered, from))
    covered = Math.max(covered, until)
  }
  return sum
}

/** How long somebody at a position may expect to wait, in seconds: whole minutes, never too exact. */
export function waitSecondsAt(position: number, meanMs: number): number {
  const minutes = Math.max(1, (position * meanMs) / 60_000)
  const step = minutes <= 10 ? 1 : minutes <= 60 ? 5 : 15
  return Math.min(Math.ceil(minutes / step) * step * 60, longestWaitSeconds)
}
