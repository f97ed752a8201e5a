import type { RawEvent } from '../../../engine/core/conversation.ts'
import type { Again } from '../../../engine/core/decide-again.ts'
import { addressOf } from '../../../engine/core/read-event.ts'
import { isErasedIn, machineIn } from '../../../engine/core/record.ts'
import { UnknownMachine } from '../../../engine/core/running.ts'
import { OperatorNeeded } from '../../../engine/errors.ts'
import type { HistoryEntry } from '../../../engine/nats/views/history.ts'
import type { Machines } from '../../../engine/ports.ts'
import { Replay, type ReplayDifference } from '../../../engine/replay.ts'

/** The first event of a conversation that comes out differently. */
export interface Differing extends ReplayDifference {
  conversation: string
  /** The event's sequence in EVENTS, its type and its time. */
  seq: number
  type: string
  at: string
}

export interface ReplayReport {
  /** Those that were decided again, to their end or to their first difference. */
  conversations: number
  events: number
  differing: Differing[]
  /** Those that were not, by why. */
  passedOver: Partial<Record<PassedOver, number>>
  /** The machines that are not there, and how many conversations need each. */
  missing: Record<string, number>
}

/** `aged`: the log does not have all of its events any more. `other`: it runs a machine that is not meant. */
export type PassedOver = 'erased' | 'aged' | 'missing' | 'other'

export interface Replaying extends Again {
  /** Has those machines loaded that `definitions` does not have yet. */
  machines: Machines
  /** Is told every so often how many events were read. */
  progress?: ((events: number) => void) | undefined
}

const progressEvery = 1_000

/**
 * Decides the events of stored conversations again, and compares what follows with what was recorded.
 * Nothing is written. Where `instead` is given, it is about those conversations that it has a machine for, and only
 * what others see of them is compared.
 */
export async function replayConversations(
  history: AsyncIterable<HistoryEntry>,
  replaying: Replaying,
): Promise<ReplayReport> {
  const all = new Map<string, Replayed>()
  let read = 0
  for await (const happened of history) {
    if (++read % progressEvery === 0) replaying.progress?.(read)
    let one = all.get(happened.conversation)
    if (!one) {
      one = new Replayed(replaying)
      all.set(happened.conversation, one)
    }
    await one.next(happened)
  }
  return reportOf([...all.values()])
}

/** A conversation on its way through the replay. */
class Replayed {
  events = 0
  passedOver: PassedOver | undefined
  missing: string | undefined
  differing: Differing | undefined
  #machine: string | undefined
  #replay: Replay | undefined
  /** It made no record, and would now; unless its record is still to come. */
  #unrecorded: Differing | undefined
  readonly #replaying: Replaying

  constructor(replaying: Replaying) {
    this.#replaying = replaying
  }

  async next({ event, record }: HistoryEntry): Promise<void> {
    if (this.passedOver || this.differing) return
    if (record && this.#unrecorded) {
      this.#end(this.#unrecorded)
      return
    }
    if (!this.#replay && record && isErasedIn(record.body)) this.passedOver = 'erased'
    else if (!event) this.passedOver = 'aged'
    else await this.#decide(event, record)
  }

  async #decide(event: RawEvent, record: HistoryEntry['record']): Promise<void> {
    const { instead, machines } = this.#replaying
    if (this.#machine === undefined && record) {
      this.#machine = machineIn(record.body)
      if (instead && this.#machine !== undefined && !instead(this.#machine)) {
        this.passedOver = 'other'
        return
      }
    }
    this.#replay ??= new Replay(this.#replaying, machines)
    this.events++
    try {
      const difference = await this.#replay.next(event, record)
      if (!difference) return
      const { conversation, type } = addressOf(event.subject)
      const differing = {
        conversation,
        seq: event.seq,
        type,
        at: new Date(event.at).toISOString(),
        ...difference,
      }
      if (record) this.#end(differing)
      else this.#unrecorded ??= differing
    } catch (error) {
      if (!(error instanceof UnknownMachine || error instanceof OperatorNeeded)) throw error
      this.passedOver = 'missing'
      this.missing = error instanceof UnknownMachine ? error.machine : this.#machine
    }
  }

  /** The memory of thousands that have ended is needed for others. */
  #end(differing: Differing): void {
    this.differing = differing
    this.#replay = undefined
  }
}

function reportOf(all: Replayed[]): ReplayReport {
  const passedOver: ReplayReport['passedOver'] = {}
  const missing: ReplayReport['missing'] = {}
  for (const one of all) {
    if (one.passedOver) passedOver[one.passedOver] = (passedOver[one.passedOver] ?? 0) + 1
    if (one.missing !== undefined) missing[one.missing] = (missing[one.missing] ?? 0) + 1
  }
  const replayed = all.filter((one) => one.passedOver === undefined)
  return {
    conversations: replayed.length,
    events: replayed.reduce((sum, { events }) => sum + events, 0),
    differing: replayed.flatMap(({ differing }) => differing ?? []),
    passedOver,
    missing,
  }
}
