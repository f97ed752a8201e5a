import diff from 'microdiff'
import type { RawEvent } from './core/conversation.ts'
import {
  type Conversation,
  type Incoming,
  type StoredRecord,
  unknownConversation,
} from './core/conversation.ts'
import type { Decision } from './core/decide.ts'
import { decideAgain, type Failed, type ReplayMachines } from './core/decide-again.ts'
import { readEvent } from './core/read-event.ts'
import type { Recorded } from './core/record.ts'
import { UnknownMachine } from './core/running.ts'
import type { Machines } from './ports.ts'

/** A record as it lies in its stream. */
export interface StoredBody {
  sequence: number
  body: string
}

/** The first field that comes out differently; `undefined` where it is not there. */
export interface ReplayDifference {
  /** `messages.0.text`; `record` where only one of the two made one. */
  path: string
  stored: unknown
  again: unknown
}

/**
 * Decides a conversation again from its events and compares each with its record: the regression test for a changed
 * machine. It follows its own decisions, so after a difference the later ones may only follow from it.
 */
export class Replay {
  readonly #options: ReplayMachines
  readonly #machines: Machines
  #conversation: Conversation = unknownConversation

  /** @param machines has loaded those that `options.definitions` does not have yet */
  constructor(options: ReplayMachines, machines: Machines) {
    this.#options = options
    this.#machines = machines
  }

  /**
   * Decides its next event again; returns the difference from its record. Throws UnknownMachine.
   *
   * @param stored its record; `undefined` where it made none
   */
  async next(event: RawEvent, stored: StoredBody | undefined): Promise<ReplayDifference | undefined> {
    const read = readEvent(event)
    if (!read.ok) return stored && oneRecord(stored, undefined)
    const incoming = read.value
    const hasBegun = this.#conversation.record?.state.machine !== undefined
    // Reading a record takes as long as deciding one, and most are exactly as they were.
    if (stored && hasBegun && !this.#options.instead) {
      const decision = await this.#decide(incoming, undefined)
      if (decision.kind === 'record' && JSON.stringify(decision.record) === stored.body) {
        this.#advance(decision, stored)
        return undefined
      }
    }
    const record = stored && parse(stored)
    const decision = await this.#decide(incoming, record)
    if (decision.kind !== 'record') return stored && oneRecord(stored, undefined)
    if (!stored || !record) return oneRecord(undefined, decision.record)
    this.#advance(decision, stored)
    if (this.#options.instead) return visibleDifference(record, decision.record)
    return JSON.stringify(decision.record) === stored.body ? undefined : differenceOf(record, decision.record)
  }

  #advance({ record, snapshot }: Recorded, { sequence }: StoredBody): void {
    this.#conversation = { last: sequence, sequence, record, ...(snapshot && { snapshot }) }
  }

  async #decide(incoming: Incoming, stored: StoredRecord | undefined): Promise<Decision | Failed> {
    const decide = () => decideAgain(this.#options, this.#conversation, incoming, stored)
    try {
      return decide()
    } catch (error) {
      if (!(error instanceof UnknownMachine)) throw error
      await this.#machines.load(error.machine)
      return decide()
    }
  }
}

/** The first field of a record that would differ now. */
export function differenceOf(stored: StoredRecord, again: StoredRecord): ReplayDifference | undefined {
  const { since, began, events, ...state } = plain(again).state
  // Records of versions that did not keep these yet do not have them.
  const known = {
    ...(stored.state.since !== undefined && { since }),
    ...(stored.state.began !== undefined && { began }),
    ...(stored.state.events !== undefined && { events }),
  }
  const { notes, ...record } = plain(again)
  // Nor did they make a note of the reason of a release.
  const isReasonLeftOut = stored.state.events === undefined && stored.event.type === 'agent.released'
  const noted = !(isReasonLeftOut && stored.notes === undefined) && notes !== undefined && { notes }
  return firstDifference(stored, { ...record, ...noted, state: { ...state, ...known } })
}

/** The difference that others can see: another machine may keep other data in its state, except for its timers. */
function visibleDifference(stored: StoredRecord, again: StoredRecord): ReplayDifference | undefined {
  return firstDifference(visible(stored), visible(plain(again)))
}

function visible({ state, ...seen }: StoredRecord): object {
  const timers = (state.timers ?? []).map(({ due }) => new Date(due).toISOString()).sort()
  return { ...seen, calls: state.calls, timers }
}

function firstDifference(stored: object, again: object): ReplayDifference | undefined {
  const [first] = diff(stored, again, { cyclesFix: false })
  if (!first) return undefined
  const path = first.path.join('.')
  if (first.type === 'CREATE') return { path, stored: undefined, again: first.value }
  const after = first.type === 'CHANGE' ? first.value : undefined
  return { path, stored: first.oldValue, again: after }
}

function oneRecord(stored: StoredBody | undefined, again: StoredRecord | undefined): ReplayDifference {
  return { path: 'record', stored: stored && parse(stored).outcome, again: again?.outcome }
}

/** As JSON is read back: a field that is `undefined` here is absent. */
function plain(record: StoredRecord): StoredRecord {
  return JSON.parse(JSON.stringify(record)) as StoredRecord
}

function parse({ body }: StoredBody): StoredRecord {
  return JSON.parse(body) as StoredRecord
}
