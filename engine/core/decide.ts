import type {
  ConversationRecord,
  Rejection,
  RequestAction,
  RequestChange,
  Status,
} from '../../schemas/record.ts'
import type { Definition, Definitions } from '../machines/definitions.ts'
import { begin, type MachineSnapshot, restore, type Step, step, store } from '../machines/step.ts'
import { type ConversationContext, type Say, shownAs } from '../machines/vocabulary.ts'
import { type Configuration, inputOf } from './configuration.ts'
import type { Conversation, Incoming, State, StoredRecord, Timer, Wake } from './conversation.ts'
import { remember, seenBefore } from './recent.ts'
import { refusedValue } from './refused-value.ts'
import { rejectionMessages } from './texts.ts'

/** What follows from an event. */
export type Decision =
  /** One record, which says everything. `snapshot` is the record's own, restored. */
  | { kind: 'record'; record: StoredRecord; snapshot?: MachineSnapshot | undefined }
  /** Nothing: the event was applied before, or is a wake-up that another one has replaced. */
  | { kind: 'nothing' }
  /** A wake-up before its time, since its timer was put off: the same wake-up again, later. */
  | { kind: 'rearm'; generation: number; at: number }
  /** A wake-up that the conversation does not know of: what was read of it is old. */
  | { kind: 'outdated' }

export interface World {
  configuration: Configuration
  definitions: Definitions
}

/**
 * What follows from an event: all that frontdesk does, as a pure function of what is configured, what the
 * conversation is, and the event with its time.
 *
 * Throws what a machine throws; the event is then not applied, and the conversation stays as it was.
 */
export function decide(world: World, conversation: Conversation, incoming: Incoming): Decision {
  const { event, digest } = incoming
  const last = conversation.record
  if (last && last.event.seq >= incoming.seq) return { kind: 'nothing' }
  // The log's clock may step back; a conversation's never does.
  const at = Math.max(incoming.at, last ? Date.parse(last.at) : 0)
  const state = last?.state ?? {}

  if (event.type === 'timer.due') return wakeUp(world, conversation, incoming, event.generation, at)
  if (event.type === 'admin.erased' || state.erased) return erase(conversation, incoming, at)

  const seen = seenBefore(state.recent ?? '', digest)
  if (seen === 'same') return { kind: 'nothing' }
  if (seen === 'other') return refuse(incoming, at, { code: 'id_reused' }, state, conversation.snapshot)

  const known = digest === '' ? state : { ...state, recent: remember(state.recent ?? '', digest) }
  const value = refusedValue(event)
  if (known.machine === undefined) {
    if (event.type !== 'session.started') return refuse(incoming, at, { code: 'unknown_conversation' }, known)
    if (value) return refuse(incoming, at, value, known)
    if (world.configuration.strictChannels && !world.configuration.channels.has(event.channel))
      return refuse(incoming, at, { code: 'unknown_channel' }, known)
    const definition = world.definitions.current
    const first = begin(definition.machine, inputOf(world.configuration, event, at))
    const begun = { ...known, machine: definition.name }
    return recordOf(incoming, at, follow({ outcome: 'applied', state: begun }, definition, first, at))
  }

  const definition = world.definitions.get(known.machine)
  const snapshot = snapshotOf(conversation, definition)
  if (snapshot.status === 'done') {
    if (event.type === 'session.ended' || event.type === 'agent.ended')
      return recordOf(incoming, at, { outcome: 'ignored', state: known, snapshot })
    return refuse(incoming, at, { code: 'conversation_ended' }, known, snapshot)
  }
  if (value) return refuse(incoming, at, value, known, snapshot)
  const next = step(definition.machine, snapshot, { ...event, at } as never)
  const change = follow(
    { outcome: 'applied', state: known, before: snapshot, snapshot },
    definition,
    next,
    at,
  )
  return recordOf(incoming, at, change)
}

function refuse(incoming: Incoming, at: number, refusal: Refusal, state: State, snapshot?: MachineSnapshot) {
  return recordOf(incoming, at, { outcome: 'rejected', rejected: withMessage(refusal), state, snapshot })
}

/** The timers that are due by now, in their order, in one record; each may start others that are due too. */
function wakeUp(
  world: World,
  conversation: Conversation,
  incoming: Incoming,
  generation: number,
  at: number,
): Decision {
  const state = conversation.record?.state
  if (state?.erased) return { kind: 'nothing' }
  const armed = state?.wake ?? { generation: 0, at: 0 }
  if (generation > armed.generation) return { kind: 'outdated' }
  const first = earliest(state?.timers)
  if (generation < armed.generation || !first || !state?.machine) return { kind: 'nothing' }
  // One that comes early does not put off what the state counts on.
  if (first.due > at) return { kind: 'rearm', generation, at: armed.at > at ? armed.at : first.due }

  const definition = world.definitions.get(state.machine)
  const before = snapshotOf(conversation, definition)
  let change: Change = { outcome: 'applied', state, before, snapshot: before }
  for (let due: Timer | undefined = first; due && due.due <= at; due = earliest(change.state.timers)) {
    const { id, event } = due
    const timers = change.state.timers?.filter((timer) => timer.id !== id) ?? []
    const passed: Change = { ...change, state: { ...change.state, timers } }
    const next = step(
      definition.machine,
      change.snapshot as MachineSnapshot,
      { ...(event ?? { type: id }), at } as never,
    )
    const followed = follow(passed, definition, next, at)
    // A timer that its state has no use for any more is done with.
    change = followed.outcome === 'applied' ? followed : passed
  }
  const event = { id: `wake-${generation}`, type: `timer.${timerName(first)}`, seq: incoming.seq }
  return recordOf({ ...incoming, ...event }, at, change, event.type)
}

/** Leaves nothing of the conversation but that it is gone, so that no late event brings it back. */
function erase(conversation: Conversation, incoming: Incoming, at: number): Decision {
  const state = conversation.record?.state ?? {}
  if (incoming.event.type !== 'admin.erased')
    return refuse(incoming, at, { code: 'unknown_conversation' }, state)
  if (state.erased) return recordOf(incoming, at, { outcome: 'ignored', state })
  const context = state.snapshot?.context as ConversationContext | undefined
  return recordOf(incoming, at, {
    outcome: 'applied',
    ...(context &&
      hasOpenRequest(context) && { requests: [{ action: 'withdrawn', request: context.request }] }),
    state: {
      erased: {
        workspace: context?.pinned.workspace ?? null,
        request: context?.request ?? 0,
        startedAt: context?.pinned.at ?? null,
      },
    },
  })
}

type Refusal = Omit<Rejection, 'message'> & { message?: string }

/** What a record will say, gathered over the steps that an event makes. */
interface Change {
  outcome: ConversationRecord['outcome']
  says?: Say[]
  requests?: RequestChange[]
  rejected?: Rejection
  state: State
  before?: MachineSnapshot | undefined
  snapshot?: MachineSnapshot | undefined
}

/** Takes a machine's step into the change: what it says and tells, and which timers run now. */
function follow(change: Change, definition: Definition, { snapshot, actions }: Step, at: number): Change {
  const says = [...(change.says ?? [])]
  const requests = [...(change.requests ?? [])]
  let { timers = [], told = {} } = change.state
  for (const { type, params } of actions) {
    switch (type) {
      case 'say':
        says.push(params as Say)
        break
      case 'notify': {
        const { action } = params as { action: RequestAction }
        // A new request counts from the beginning.
        const n = action === 'created' ? 1 : (told[action] ?? 0) + 1
        told = action === 'created' ? { created: 1 } : { ...told, [action]: n }
        requests.push({ action, request: contextOf(snapshot).request, ...(n > 1 && { n }) })
        break
      }
      case 'refuse':
        return { ...change, outcome: 'rejected', rejected: withMessage(params as Refusal) }
      case 'ignore':
        return { ...change, outcome: 'ignored' }
      case 'xstate.raise': {
        const { id, delay, event } = params as { id: string; delay: number; event: { type: string } }
        timers = timers.filter((timer) => timer.id !== id)
        // A delay that is not finite: never.
        if (Number.isFinite(delay))
          timers.push({ id, due: at + Math.max(0, delay), ...(event.type !== id && { event }) })
        break
      }
      case 'xstate.cancel':
        timers = timers.filter((timer) => timer.id !== (params as { sendId: string }).sendId)
        break
    }
  }
  // A machine that neither moves nor acts has no place for this event. (It keeps its snapshot where it only acts.)
  if (snapshot === change.snapshot && actions.length === 0)
    return { ...change, outcome: 'rejected', rejected: withMessage({ code: 'not_allowed_now' }) }
  const isNewCustomer = change.before && contextOf(change.before).customer !== contextOf(snapshot).customer
  const isToldSilently = isNewCustomer && hasOpenRequest(contextOf(snapshot))
  return {
    ...change,
    says,
    // An empty list tells nobody, and brings the open request up to date.
    ...((requests.length > 0 || isToldSilently) && { requests }),
    state: { ...change.state, snapshot: store(definition.machine, snapshot), timers, told },
    snapshot,
  }
}

function recordOf(
  incoming: Incoming,
  at: number,
  change: Change,
  type: string = incoming.event.type,
): Decision {
  const { conversation, id, seq } = incoming
  const { outcome, says = [], requests, rejected, before, snapshot } = change
  const status = snapshot && statusOf(snapshot)
  const isNewStatus = outcome === 'applied' && status && !(before && isSame(statusOf(before), status))
  const wake = arm(change.state, at, seq)
  const record: StoredRecord = {
    at: new Date(at).toISOString(),
    event: { id, type, seq },
    outcome,
    ...(says.length > 0 && {
      messages: says.map((say, n) => ({ id: `${conversation}.${seq}.${n}`, ...say })),
    }),
    ...(isNewStatus && { status }),
    ...(requests && { requests }),
    ...(rejected && { rejected }),
    state: { ...change.state, ...(wake && { wake }) },
  }
  return { kind: 'record', record, snapshot }
}

/** So far may the log's clock step back, as where its leader changes, without losing a wake-up. */
const clockStepMsMax = 60_000

/**
 * The wake-up that the conversation needs: the one it has where that comes no later than its first timer,
 * otherwise a new one. One whose time has passed may have come, or have been put off, without a record: it no
 * longer counts, nor does one whose time is so near that it may have passed before the clock stepped back.
 */
function arm({ wake, timers }: State, at: number, seq: number): Wake | undefined {
  const first = earliest(timers)
  if (!first) return wake
  if (wake && wake.at > at + clockStepMsMax && wake.at <= first.due) return wake
  return { generation: (wake?.generation ?? 0) + 1, at: first.due, seq }
}

function earliest(timers: Timer[] | undefined): Timer | undefined {
  return timers?.reduce((first, timer) => (timer.due < first.due ? timer : first), timers[0] as Timer)
}

/** XState names a delayed transition `xstate.after.<delay>.<state>`. */
function timerName(timer: Timer): string {
  return /^xstate\.after\.([^.]+)\./.exec(timer.id)?.[1] ?? timer.id
}

function snapshotOf(conversation: Conversation, definition: Definition): MachineSnapshot {
  const stored = conversation.record?.state.snapshot
  if (conversation.snapshot) return conversation.snapshot
  if (!stored) throw new Error('a conversation that has begun has a snapshot')
  return restore(definition.machine, stored)
}

function contextOf(snapshot: MachineSnapshot): ConversationContext {
  return snapshot.context as ConversationContext
}

function hasOpenRequest({ request, reason }: ConversationContext): boolean {
  return request > 0 && reason === null
}

function statusOf(snapshot: MachineSnapshot): Status {
  const { request, agent, reason } = contextOf(snapshot)
  const { value } = snapshot
  const top = typeof value === 'string' ? value : Object.keys(value as object)[0]
  return {
    state: shownAs[top ?? ''] ?? 'bot',
    ...(request > 0 && { request }),
    ...(agent && { agent }),
    ...(reason && { reason }),
  }
}

function isSame(one: Status, other: Status): boolean {
  return (
    one.state === other.state &&
    one.request === other.request &&
    one.agent === other.agent &&
    one.reason === other.reason
  )
}

function withMessage(refusal: Refusal): Rejection {
  return { ...refusal, message: refusal.message ?? rejectionMessages[refusal.code] }
}
