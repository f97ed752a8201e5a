import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { isWeather } from '../../../engine/nats/errors.ts'
import { type HistoryEntry, readHistory } from '../../../engine/nats/views/history.ts'
import { onRecord } from '../../../engine/nats/views/signals.ts'
import { History, type HistoryStep, type LoadedMachines } from './history.ts'

/** How often the log is read without a signal: an event without a record sends none. */
const pollMs = 2_000
/** How often, and how far apart, the log is read for an event that a record names: a replica may be behind. */
const retriesMax = 8
const retryMs = 250
/** How long steps are made before other work of this process gets a turn. */
const turnMs = 10

/**
 * Yields a conversation's steps from its beginning, each once and in order, then `'live'` once, then each new step.
 * Live records only signal a change: every step is read from the streams by its sequence, so that there is no gap
 * between stored and live ones.
 */
export async function* followConversation(
  role: RoleConnection,
  conversation: string,
  loaded: LoadedMachines,
  signal: AbortSignal,
): AsyncGenerator<HistoryStep | 'live'> {
  const history = new History(loaded)
  const changes = new ChangeSignal(role, conversation, signal)
  const read = { event: 0, record: 0 }
  let isLive = false
  let retries = 0
  try {
    while (!signal.aborted) {
      const changed = changes.next()
      try {
        let isBehind = false
        for await (const step of stepsBehind(role, conversation, history, read, retries < retriesMax)) {
          if (step === 'behind') {
            isBehind = true
            break
          }
          // Reset the retry budget per live event; aged events share one.
          if (step.incoming) retries = 0
          yield step
          read.event = step.step.seq
          read.record = history.conversation.sequence
          if (signal.aborted) return
        }
        if (isBehind) {
          retries++
          await sleep(retryMs)
          continue
        }
        if (!isLive) yield 'live'
        isLive = true
      } catch (error) {
        if (!isWeather(error)) throw error
      }
      await changed
    }
  } finally {
    changes.stop()
  }
}

/** All steps of a conversation that are stored now. */
export function storedSteps(
  role: Pick<RoleConnection, 'publisher'>,
  conversation: string,
  history: History,
): AsyncGenerator<HistoryStep> {
  return stepsBehind(
    role,
    conversation,
    history,
    { event: 0, record: 0 },
    false,
  ) as AsyncGenerator<HistoryStep>
}

/**
 * The steps that are complete now: an event without a record waits for it, and later events wait with it. Where
 * `mayBeBehind`, an event that a record names and the log does not have ends them with `'behind'`; otherwise it counts
 * as gone.
 */
async function* stepsBehind(
  role: Pick<RoleConnection, 'publisher'>,
  conversation: string,
  history: History,
  after: { event: number; record: number },
  mayBeBehind: boolean,
): AsyncGenerator<HistoryStep | 'behind'> {
  const waiting: HistoryEntry[] = []
  let turnBegan = performance.now()
  for await (const entry of readHistory(role, conversation, { ...after })) {
    if (performance.now() - turnBegan > turnMs) {
      await nextTurn()
      turnBegan = performance.now()
    }
    if (entry.isBehind && mayBeBehind) {
      yield 'behind'
      return
    }
    // A record proves that all earlier events were processed.
    if (entry.record)
      for (const earlier of waiting.splice(0)) yield (await history.next(earlier, true)) as HistoryStep
    const step = waiting.length > 0 ? null : await history.next(entry)
    if (step) yield step
    else if (entry.isLast) return
    else waiting.push(entry)
  }
}

/** Signals that a conversation has, or may have, something new, and that its reader has gone. */
class ChangeSignal {
  readonly #stop: () => void
  #timer: NodeJS.Timeout | undefined
  #resolve = () => {}

  constructor(role: RoleConnection, conversation: string, signal: AbortSignal) {
    const notify = () => this.#resolve()
    const stopListening = onRecord(role, conversation, notify)
    signal.addEventListener('abort', notify)
    this.#stop = () => {
      stopListening()
      signal.removeEventListener('abort', notify)
    }
  }

  /** Settles at the next change from now on, or when it is time to poll. */
  next(): Promise<void> {
    clearTimeout(this.#timer)
    return new Promise((resolve) => {
      this.#resolve = resolve
      this.#timer = setTimeout(resolve, pollMs)
    })
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#stop()
  }
}
