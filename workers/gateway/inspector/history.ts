import diff from 'microdiff'
import type { RawEvent } from '../../../engine/core/conversation.ts'
import {
  type Conversation,
  type Incoming,
  type State,
  type StoredRecord,
  timerName,
  unknownConversation,
} from '../../../engine/core/conversation.ts'
import type { Decision } from '../../../engine/core/decide.ts'
import { decideAgain, type Failed } from '../../../engine/core/decide-again.ts'
import { addressOf, readEvent } from '../../../engine/core/read-event.ts'
import type { Recorded } from '../../../engine/core/record.ts'
import { UnknownMachine } from '../../../engine/core/running.ts'
import { notificationId } from '../../../engine/deliver.ts'
import { OperatorNeeded } from '../../../engine/errors.ts'
import { traced } from '../../../engine/machines/chart.ts'
import type { Definition, Registry } from '../../../engine/machines/definitions.ts'
import { restore } from '../../../engine/machines/step.ts'
import { activeNodes } from '../../../engine/machines/xstate-internals.ts'
import type { HistoryEntry } from '../../../engine/nats/views/history.ts'
import type { Machines } from '../../../engine/ports.ts'
import { differenceOf } from '../../../engine/replay.ts'
import { parsePayload } from '../../../schemas/parse-json.ts'
import type { Difference, InspectedStep, Outcome } from '../../../schemas/protocol/inspector.ts'

/** The machines that a history is decided again with; `machines` loads others into `definitions`. */
export interface LoadedMachines {
  definitions: Registry
  machines: Machines
}

/** A step, with the conversation before and after it. */
export interface HistoryStep {
  step: InspectedStep
  /** The event, unless it was not understood or the log has lost it. */
  incoming: Incoming | undefined
  before: Conversation
  after: Conversation
}

/**
 * The outcome of each event of one conversation: from its records and, for what they do not hold (the transitions
 * taken, why an event made no record), by deciding the event again.
 */
export class History {
  /** The conversation after the last step. */
  conversation: Conversation = unknownConversation
  readonly #loaded: LoadedMachines
  readonly #missing = new Set<string>()

  constructor(loaded: LoadedMachines) {
    this.#loaded = loaded
  }

  /**
   * The next step; `null` where the event will have a record but has none yet: ask again later.
   *
   * @param isPassed a later event has a record, so that this one will have none
   */
  async next(
    { conversation: id, seq, event, record }: HistoryEntry,
    isPassed = false,
  ): Promise<HistoryStep | null> {
    const before = this.conversation
    const stored = record && (JSON.parse(record.body) as StoredRecord)
    const read = event && readEvent(event)
    const incoming = read?.ok ? read.value : undefined
    const { decision, taken } = incoming
      ? await this.#decideAgain(before, incoming, stored)
      : { decision: undefined, taken: [] }
    if (!stored && decision?.kind === 'record' && !isPassed) return null
    const isSame = decision?.kind === 'record' && isAsStored(decision, record?.body)
    if (record && stored)
      this.conversation = {
        last: record.sequence,
        sequence: record.sequence,
        record: stored,
        ...(isSame && decision.snapshot && { snapshot: decision.snapshot }),
      }
    const differs = isSame ? undefined : differenceBetween(stored, decision)
    const step: InspectedStep = {
      seq,
      record: this.conversation.sequence,
      at: stored?.at ?? new Date(event?.at ?? 0).toISOString(),
      event: {
        id: stored?.event.id ?? (event?.id || `seq-${seq}`),
        type: stored?.event.type ?? addressOf(event?.subject ?? '').type,
        ...(event && { payload: payloadOf(event) }),
      },
      outcome: stored?.outcome ?? outcomeOf(decision, incoming),
      ...(await this.#stateOf(this.conversation, before)),
      taken: stored?.outcome === 'rejected' ? [] : taken,
      ...(stored && causedBy(id, stored)),
      ...(differs !== undefined && { differs }),
    }
    return { step, incoming, before, after: this.conversation }
  }

  async #decideAgain(before: Conversation, incoming: Incoming, stored: StoredRecord | undefined) {
    const { definitions } = this.#loaded
    const decide = () => {
      const { result: decision, taken } = traced(() => decideAgain({ definitions }, before, incoming, stored))
      return { decision, taken }
    }
    try {
      return decide()
    } catch (error) {
      if (!(error instanceof UnknownMachine)) throw error
      if (!(await this.definition(error.machine))) return { decision: undefined, taken: [] }
    }
    try {
      return decide()
    } catch (error) {
      if (!(error instanceof UnknownMachine)) throw error
      return { decision: undefined, taken: [] }
    }
  }

  /** A conversation's states and timers, and what changed in its context. */
  async #stateOf(now: Conversation, before: Conversation) {
    const state = now.record?.state ?? {}
    const was = before.record?.state ?? {}
    const definition = state.machine === undefined ? undefined : await this.definition(state.machine)
    return {
      active: definition ? activeIn(definition, now) : [],
      context: differences(was.snapshot?.context, state.snapshot?.context),
      timers: timersOf(state),
      ...(state.machine !== undefined && state.machine !== was.machine && { machine: state.machine }),
    }
  }

  /** A machine by name, loaded if necessary; `undefined` where this version cannot run it. */
  async definition(name: string): Promise<Definition | undefined> {
    const { definitions, machines } = this.#loaded
    const definition = definitions.named(name)
    if (definition || this.#missing.has(name)) return definition
    try {
      await machines.load(name)
    } catch (error) {
      if (!(error instanceof OperatorNeeded)) throw error
    }
    const loaded = definitions.named(name)
    // Thousands of steps may name a missing machine: look for it once.
    if (!loaded) this.#missing.add(name)
    return loaded
  }
}

function isAsStored({ record }: Recorded, body: string | undefined): boolean {
  return JSON.stringify(record) === body
}

/** The ids of the states that a conversation is in, outer ones first. */
function activeIn({ machine }: Definition, { record, snapshot }: Conversation): string[] {
  const stored = record?.state.snapshot
  if (!stored) return []
  try {
    const nodes = activeNodes(snapshot ?? restore(machine, stored))
    return [...nodes].sort((a, b) => a.path.length - b.path.length).map(({ id }) => id)
  } catch {
    // The stored snapshot is of an older machine of the same name.
    return []
  }
}

function differences(before: unknown = {}, after: unknown = {}): Difference[] {
  return diff(before as object, after as object, { cyclesFix: false }).map((change) => ({
    path: change.path.join('.'),
    ...(change.type !== 'CREATE' && { before: change.oldValue }),
    ...(change.type !== 'REMOVE' && { after: change.value }),
  }))
}

function timersOf({ timers = [] }: State): InspectedStep['timers'] {
  return timers
    .map((timer) => ({ id: timer.id, name: timerName(timer), due: new Date(timer.due).toISOString() }))
    .sort((a, b) => (a.due < b.due ? -1 : 1))
}

function causedBy(conversation: string, { rejected, messages, status, requests, state }: StoredRecord) {
  return {
    ...(rejected && { rejected }),
    ...(messages && { messages }),
    ...(status && { status }),
    ...(requests && {
      requests: requests.map((change) => ({ ...change, id: notificationId(conversation, change) })),
    }),
    ...(state.calls && {
      calls: state.calls.map(({ call, step, method, url }) => ({ call, step, method, url })),
    }),
  }
}

function outcomeOf(decision: Decision | Failed | undefined, incoming: Incoming | undefined): Outcome {
  if (!incoming || decision?.kind === 'failed' || decision?.kind === 'record') return 'buried'
  return incoming.event.type === 'timer.due' ? 'idle' : 'repeated'
}

function differenceBetween(
  stored: StoredRecord | undefined,
  decision: Decision | Failed | undefined,
): string | undefined {
  if (!decision) return undefined
  if (decision.kind !== 'record') return stored && 'record'
  if (!stored) return 'record'
  return differenceOf(stored, decision.record)?.path
}

function payloadOf({ body }: RawEvent): unknown {
  const sent = parsePayload(Buffer.from(body).toString())
  return 'payload' in sent ? sent.payload : sent.text
}
