import type { Call } from '../../schemas/conversation/call.ts'
import type { Event } from '../../schemas/conversation/event.ts'
import type { ConversationRecord, RequestAction } from '../../schemas/conversation/record.ts'
import type { Input } from '../machines/context.ts'
import type { MachineSnapshot, StoredSnapshot } from '../machines/step.ts'

/** A timer that runs: XState's delayed event, and when it is due in epoch milliseconds. */
export interface Timer {
  id: string
  due: number
  /** The delayed event, where it is more than its type, which is the id. */
  event?: { type: string }
}

/** What its machine calls it; XState names a delayed transition `xstate.after.<delay>.<state>`. */
export function timerName({ id }: Timer): string {
  return /^xstate\.after\.([^.]+)\./.exec(id)?.[1] ?? id
}

/** The one wake-up of a conversation that was scheduled last. */
export interface Wake {
  generation: number
  /** When it comes due, in epoch milliseconds. */
  at: number
  /** The EVENTS sequence of the event that it was armed by. */
  seq: number
}

/** What a record keeps of its conversation: enough to go on from it alone. */
export interface State {
  /** The machine that it runs, `<id>@<version>`; absent before the first `session.started`. */
  machine?: string | undefined
  snapshot?: StoredSnapshot | undefined
  /** When it came to the state that its customer sees (`status.state`), in epoch milliseconds. */
  since?: number | undefined
  /** Of the first record: what it began with, where the machine has forgotten a part of it at once. */
  began?: Input | undefined
  timers?: Timer[] | undefined
  /** Those that have come due in a state that it is still in: a later version of its machine does not start them. */
  fired?: string[] | undefined
  wake?: Wake | undefined
  /** How often each request action was told. */
  told?: Partial<Record<RequestAction, number>> | undefined
  /** The calls of APIs that the record's event asked for: of this record only. */
  calls?: Call[] | undefined
  /** How many calls there were, and the one that is waited for. */
  called?: number | undefined
  awaits?: number | undefined
  /** The events seen last, as `rememberedMax` fixed-length digests. */
  recent?: string | undefined
  /** Everything was removed: only where others' traces of it are. */
  erased?: { workspace: string | null; request: number; startedAt: number | null } | undefined
}

export type StoredRecord = Omit<ConversationRecord, 'state'> & { state: State }

/** A conversation as a worker knows it. */
export interface Conversation {
  /** The sequence of the last message on its subject, 0 where there is none: what the next write expects. */
  last: number
  /** The sequence of its last record: `last`, unless somebody put what is no record behind it. */
  sequence: number
  record: StoredRecord | null
  /** The record's snapshot, restored; it saves restoring it for every event. */
  snapshot?: MachineSnapshot
}

export const unknownConversation: Conversation = { last: 0, sequence: 0, record: null }

/** A message of a log, as it came. */
export interface RawEvent {
  subject: string
  seq: number
  /** When the log took it, in epoch milliseconds. */
  at: number
  /** Its `Nats-Msg-Id`; empty where the publisher gave none. */
  id: string
  body: Uint8Array
  /** All its headers. */
  headers: Record<string, string>
}

/** An event that was understood, with what the log says of it. */
export interface Incoming {
  conversation: string
  /** Its sequence in EVENTS. */
  seq: number
  id: string
  /** The log's time of it, in epoch milliseconds. */
  at: number
  event: Event
  /** What is remembered of it to know it again; empty where it has no id of its own. */
  digest: string
}
