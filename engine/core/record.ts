import { call as callSchema } from '../../schemas/conversation/call.ts'
import {
  type Message,
  type Note,
  record as recordSchema,
  type Status,
} from '../../schemas/conversation/record.ts'
import { parseJson } from '../../schemas/parse-json.ts'
import { builtIn } from '../machines/bots/built-in.ts'
import type { MachineSnapshot } from '../machines/step.ts'
import type { Say } from '../machines/vocabulary.ts'
import { armed, contextOf, isRunning, type StoredRecord, statusOf } from './conversation.ts'
import type { RecordDraft } from './draft.ts'

/** One record, which has everything that follows. `snapshot` is the record's own, restored. */
export interface Recorded {
  kind: 'record'
  record: StoredRecord
  snapshot?: MachineSnapshot | undefined
}

/**
 * The record of a finished draft. Its fields are always written in this order, which `eventSeqIn`, `isErasedIn` and
 * `machineIn` rely on. Throws where the record could not be stored or read again.
 */
export function recordOf(draft: RecordDraft): Recorded {
  const { conversation, event, at, says, notes, before, snapshot, erased } = draft
  checkSize(says)
  const status = snapshot ? statusOf(snapshot) : undefined
  const was = before ? statusOf(before) : undefined
  const record: StoredRecord = {
    at: new Date(at).toISOString(),
    event,
    outcome: draft.outcome,
    messages:
      says.length > 0 ? says.map((say, n) => messageOf(`${conversation}.${event.seq}.${n}`, say)) : undefined,
    notes:
      notes.length > 0
        ? notes.map((note, n) => noteOf(`${conversation}.${event.seq}.${says.length + n}`, note))
        : undefined,
    status: status && was && isSame(status, was) ? undefined : status,
    requests: draft.requests,
    rejected: draft.rejected,
    bot: draft.bot,
    rating: event.type === 'session.rated' && draft.outcome === 'applied' ? draft.rating : undefined,
    state: erased
      ? { erased }
      : {
          machine: draft.machine,
          snapshot: draft.stored,
          since: status && status.state !== was?.state ? at : draft.since,
          began: draft.began,
          timers: draft.timers.length > 0 ? draft.timers : undefined,
          fired: draft.fired?.length ? draft.fired : undefined,
          wake: armed(draft.wake, draft.timers, at, event.seq),
          told: draft.told,
          calls: draft.calls,
          called: draft.called,
          awaits: draft.awaits,
          desk: draft.desk,
          files: draft.files,
          rating: draft.rating,
          events: eventsAfter(draft),
          recent: draft.recent,
          routed: draft.routed,
        },
  }
  if (!isOwn(draft.machine)) checkReadable(record)
  return { kind: 'record', record, snapshot }
}

/** A later version's record may have values that this one does not know: its state is what the next event needs. */
const stateOnly = recordSchema.pick({ at: true, event: true, outcome: true, state: true })

/** A record from its stored text; `null` where it is not valid. */
export function readRecord(body: string): StoredRecord | null {
  const parsed = parseJson(body)
  const read = recordSchema.safeParse(parsed).data ?? stateOnly.safeParse(parsed).data
  return (read as StoredRecord | undefined) ?? null
}

/** Once a form was filled in: the customer's details as they are known since, by field id. */
export function detailsIn({ event, outcome, state }: StoredRecord): Record<string, string> | undefined {
  if (event.type !== 'session.details' || outcome !== 'applied' || !isRunning(state)) return undefined
  const { customer, answers } = contextOf(state.snapshot)
  const { name, email } = customer
  return { ...(name !== null && { name }), ...(email !== null && { email }), ...answers }
}

// Readers of a stored record's text: to parse all of it takes many times as long.

// No field before the state has an object of this name, and in a text the quotes would be escaped.
const stateKey = '"state":{'

const eventHead = /^\{"at":"[^"]*","event":\{"id":"(?:[^"\\]|\\.)*","type":"([^"]*)","seq":(\d+)\}/

/** The EVENTS sequence of the record's event; `undefined` if `recordOf` did not write this text. */
export function eventSeqIn(body: string): number | undefined {
  const seq = eventHead.exec(body)?.[2]
  return seq === undefined ? undefined : Number(seq)
}

/** The type of the record's event; `undefined` if `recordOf` did not write this text. */
export function eventTypeIn(body: string): string | undefined {
  return eventHead.exec(body)?.[1]
}

const stateless = recordSchema.omit({ state: true })

/** The record without its state; `undefined` if `recordOf` did not write this text. */
export function withoutState(body: string): Omit<StoredRecord, 'state'> | undefined {
  const end = body.indexOf(`,${stateKey}`)
  return end < 0 ? undefined : stateless.safeParse(parseJson(`${body.slice(0, end)}}`)).data
}

export function isErasedIn(body: string): boolean {
  return body.startsWith('"erased"', stateStart(body))
}

/** The machine that the conversation runs after the record, `<id>@<version>`. */
export function machineIn(body: string): string | undefined {
  const machine = /"machine":"([^"]+)"/y
  machine.lastIndex = stateStart(body)
  return machine.exec(body)?.[1]
}

function stateStart(body: string): number {
  return body.indexOf(stateKey) + stateKey.length
}

const ownNames = new Set(builtIn.map(({ name }) => name))

/** A machine that comes with frontdesk, or that it has compiled. */
function isOwn(machine: string | undefined): boolean {
  return machine === undefined || ownNames.has(machine) || machine.startsWith('bot.')
}

const counted = /^(session|agent|bot)\./

/** The number of events after the draft's event, which counts where it is applied. */
function eventsAfter({ events, event, outcome }: RecordDraft): number | undefined {
  return events !== undefined && outcome === 'applied' && counted.test(event.type) ? events + 1 : events
}

/** Developers' machines may be untyped. Validate now: a record that fails to parse on load would be skipped. */
function checkReadable(record: StoredRecord): void {
  recordSchema.parse(record)
  for (const call of record.state.calls ?? []) callSchema.parse(call)
}

/** The messages of one record, in bytes of JSON: a record has to fit in a NATS message, which is limited to 1 MiB. */
const saidBytesMax = 512 * 1024

function checkSize(says: Say[]): void {
  // Three of the largest messages are smaller than that.
  if (says.length < 4) return
  const bytes = new TextEncoder().encode(JSON.stringify(says)).length
  if (bytes > saidBytesMax)
    throw new Error(`what is said at once has ${bytes} bytes; the limit is ${saidBytesMax}`)
}

function messageOf(
  id: string,
  { author, type, text, fields, options, clientId, attachments, via }: Say,
): Message {
  return { id, author, type, text, fields, options, clientId, attachments, via }
}

function noteOf(id: string, { author, text }: Omit<Note, 'id'>): Note {
  return { id, author, text }
}

function isSame(a: Status, b: Status): boolean {
  return (
    a.state === b.state && a.request === b.request && a.agent?.id === b.agent?.id && a.reason === b.reason
  )
}
