import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { isWeather } from '../../../engine/nats/errors.ts'
import { type Happened, readHistory } from '../../../engine/nats/views/history.ts'
import { onRecord } from '../../../engine/nats/views/signals.ts'
import { History, type HistoryStep, type LoadedMachines } from './history.ts'

/** So often is the log looked at where nothing was heard: an event that makes no record is not live. */
const lookEveryMs = 2_000
/** So often, and so long apart, is the log asked for an event that a record names: a replica may be behind. */
const looksForOneMax = 8
const lookAgainAfterMs = 250
/** Others in this process are let in after so long. */
const turnMs = 10

/**
 * Tells a conversation from its beginning, each step once and in order, then `'live'` once, and goes on as it
 * happens. What is live only rings: everything is read from the streams by its sequence, so that between what is
 * stored and what is live there is no seam.
 */
export async function* followConversation(
  role: RoleConnection,
  conversation: string,
  known: LoadedMachines,
  signal: AbortSignal,
): AsyncGenerator<HistoryStep | 'live'> {
  const history = new History(known)
  const bell = new Bell(role, conversation, signal)
  const read = { event: 0, record: 0 }
  let isLive = false
  let looks = 0
  try {
    while (!signal.aborted) {
      const rung = bell.next()
      try {
        let isBehind = false
        for await (const retold of tellFrom(role, conversation, history, read, looks < looksForOneMax)) {
          if (retold === 'behind') {
            isBehind = true
            break
          }
          // Of what has aged all is asked for once, and not each.
          if (retold.incoming) looks = 0
          yield retold
          read.event = retold.step.seq
          read.record = history.now.sequence
          if (signal.aborted) return
        }
        if (isBehind) {
          looks++
          await sleep(lookAgainAfterMs)
          continue
        }
        if (!isLive) yield 'live'
        isLive = true
      } catch (error) {
        if (!isWeather(error)) throw error
      }
      await rung
    }
  } finally {
    bell.stop()
  }
}

/** All that can be told now of a conversation. */
export function storedSteps(
  role: Pick<RoleConnection, 'publisher'>,
  conversation: string,
  history: History,
): AsyncGenerator<HistoryStep> {
  return tellFrom(role, conversation, history, { event: 0, record: 0 }, false) as AsyncGenerator<HistoryStep>
}

/**
 * The steps that can be told now: an event that has no record yet waits for it, and those behind it with it. Where
 * `mayBeBehind`, one that a record names and the log does not have is not told as gone: `'behind'`.
 */
async function* tellFrom(
  role: Pick<RoleConnection, 'publisher'>,
  conversation: string,
  history: History,
  after: { event: number; record: number },
  mayBeBehind: boolean,
): AsyncGenerator<HistoryStep | 'behind'> {
  const waiting: Happened[] = []
  let turnBegan = performance.now()
  for await (const happened of readHistory(role, conversation, { ...after })) {
    if (performance.now() - turnBegan > turnMs) {
      await nextTurn()
      turnBegan = performance.now()
    }
    if (happened.isBehind && mayBeBehind) {
      yield 'behind'
      return
    }
    // A record says that all before it was dealt with.
    if (happened.record)
      for (const one of waiting.splice(0)) yield (await history.tell(one, true)) as HistoryStep
    const retold = waiting.length > 0 ? null : await history.tell(happened)
    if (retold) yield retold
    else if (happened.isLast) return
    else waiting.push(happened)
  }
}

/** Rings when there is, or may be, something new of a conversation, and when nobody listens any more. */
class Bell {
  readonly #stop: () => void
  #timer: NodeJS.Timeout | undefined
  #ring = () => {}

  constructor(role: RoleConnection, conversation: string, signal: AbortSignal) {
    const ring = () => this.#ring()
    const stopListening = onRecord(role, conversation, ring)
    signal.addEventListener('abort', ring)
    this.#stop = () => {
      stopListening()
      signal.removeEventListener('abort', ring)
    }
  }

  /** Settles at the next ring from now on, or when it is time to look. */
  next(): Promise<void> {
    clearTimeout(this.#timer)
    return new Promise((resolve) => {
      this.#ring = resolve
      this.#timer = setTimeout(resolve, lookEveryMs)
    })
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#stop()
  }
}
