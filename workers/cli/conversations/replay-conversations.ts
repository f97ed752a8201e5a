import type { RawEvent } from '../../../engine/core/conversation.ts'
import type { ReplayMachines } from '../../../engine/core/decide-again.ts'
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
  /** Conversations that were decided again, to their end or their first difference. */
  conversations: number
  events: number
  differing: Differing[]
  /** The number of conversations that were not decided again, by reason. */
  passedOver: Partial<Record<PassedOver, number>>
  /** The number of conversations that need a machine which is missing, by its name. */
  missing: Record<string, number>
}

/** `aged`: some events have aged out of the log. `missing`: its machine is not there. `other`: not the one to replay. */
export type PassedOver = 'erased' | 'aged' | 'missing' | 'other'

export interface Replaying extends ReplayMachines {
  /** Loads the machines that `definitions` does not have yet. */
  machines: Machines
  /** Called now and then with the number of events read. */
  progress?: ((events: number) => void) | undefined
}

const progressEvery = 1_000

/**
 * Decides the events of stored conversations again, and compares the results with the records. Writes nothing. With
 * `instead`, replays only the conversations that it has a machine for, and compares only what others see of them.
 */
export async function replayConversations(
  history: AsyncIterable<HistoryEntry>,
  replaying: Replaying,
): Promise<ReplayReport> {
  const all = new Map<string, Replayed>()
  let read = 0
  for await (const happened of history) {
    if (++read % progressEvery === 0) replaying.progress?.(read)
    let replayed = all.get(happened.conversation)
    if (!replayed) {
      replayed = new Replayed(replaying)
      all.set(happened.conversation, replayed)
    }
    await replayed.next(happened)
  }
  return reportOf([...all.values()])
}

/** A conversation that is being replayed. */
class Replayed {
  events = 0
  passedOver: PassedOver | undefined
  missing: string | undefined
  differing: Differing | undefined
  #machine: string | undefined
  #replay: Replay | undefined
  /** The first event without a record that now makes one. It counts once a later record shows that it has none. */
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

  /** Frees the replay's memory: there may be thousands of conversations. */
  #end(differing: Differing): void {
    this.differing = differing
    this.#replay = undefined
  }
}

function reportOf(all: Replayed[]): ReplayReport {
  const passedOver: ReplayReport['passedOver'] = {}
  const missing: ReplayReport['missing'] = {}
  for (const { passedOver: reason, missing: machine } of all) {
    if (reason) passedOver[reason] = (passedOver[reason] ?? 0) + 1
    if (machine !== undefined) missing[machine] = (missing[machine] ?? 0) + 1
  }
  const replayed = all.filter((conversation) => conversation.passedOver === undefined)
  return {
    conversations: replayed.length,
    events: replayed.reduce((sum, { events }) => sum + events, 0),
    differing: replayed.flatMap(({ differing }) => differing ?? []),
    passedOver,
    missing,
  }
}
