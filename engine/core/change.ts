import { type Call, call as callSchema } from '../../schemas/conversation/call.ts'
import {
  type BotTurn,
  type ConversationRecord,
  type Message,
  type Rejection,
  type RequestAction,
  type RequestChange,
  record as recordSchema,
  type Status,
} from '../../schemas/conversation/record.ts'
import { builtIn } from '../machines/bots/built-in.ts'
import type { ConversationContext } from '../machines/context.ts'
import type { Definition } from '../machines/definitions.ts'
import { type MachineSnapshot, type Step, store } from '../machines/step.ts'
import { awaitsCall, type CallRequest, type Say, shownAs } from '../machines/vocabulary.ts'
import type { Incoming, State, StoredRecord, Timer, Wake } from './conversation.ts'
import { rejectionMessages } from './refused-value.ts'

/** One record, which says everything. `snapshot` is the record's own, restored. */
export interface Recorded {
  kind: 'record'
  record: StoredRecord
  snapshot?: MachineSnapshot | undefined
}

/** Why something is refused; in the usual words where it has none of its own. */
export type Refusal = Omit<Rejection, 'message'> & { message?: string }

/** What a record will say, gathered while it is decided; nothing outside of `decide` sees it change. */
export interface Change {
  outcome: ConversationRecord['outcome']
  says: Say[]
  requests: RequestChange[] | undefined
  calls: Call[] | undefined
  bot: BotTurn | undefined
  rejected: Rejection | undefined
  before: MachineSnapshot | undefined
  snapshot: MachineSnapshot | undefined
  machine: State['machine']
  stored: State['snapshot']
  since: State['since']
  began: State['began']
  timers: Timer[]
  fired: State['fired']
  told: State['told']
  called: State['called']
  awaits: State['awaits']
  wake: State['wake']
  recent: State['recent']
  erased: State['erased']
}

// Always the same fields in the same order, here and in a record: four times as fast as spreading what there is.
export function changeOf(state: State): Change {
  const { machine, snapshot, since, timers = [], fired, told, called, awaits, wake, recent } = state
  return {
    outcome: 'applied',
    says: [],
    requests: undefined,
    calls: undefined,
    bot: undefined,
    rejected: undefined,
    before: undefined,
    snapshot: undefined,
    machine,
    stored: snapshot,
    since,
    began: undefined,
    timers,
    fired,
    told,
    called,
    awaits,
    wake,
    recent,
    erased: undefined,
  }
}

export function refuse(change: Change, refusal: Refusal): Change {
  change.outcome = 'rejected'
  change.rejected = { ...refusal, message: refusal.message ?? rejectionMessages[refusal.code] }
  return change
}

/** Takes a machine's step into the change: what it says and tells, and which timers run now. */
export function follow(
  conversation: string,
  change: Change,
  definition: Definition,
  { snapshot, actions }: Step,
  at: number,
): Change {
  const says: Say[] = []
  const requests: RequestChange[] = []
  const calls: Call[] = []
  let { timers, fired, told, called = 0, bot } = change
  for (const { type, params } of actions) {
    switch (type) {
      case 'say':
        // A place that nothing is known for may have been all there was to say.
        if ((params as Say).text !== '' || (params as Say).type !== 'text') says.push(params as Say)
        break
      case 'notify': {
        const { action } = params as { action: RequestAction }
        const { request } = contextOf(snapshot)
        // A new request counts from the beginning.
        const n = action === 'created' ? 1 : (told?.[action] ?? 0) + 1
        told = action === 'created' ? { created: 1 } : { ...told, [action]: n }
        requests.push(n > 1 ? { action, request, n } : { action, request })
        break
      }
      case 'call': {
        called++
        calls.push({ ...(params as CallRequest), conversation, call: called })
        break
      }
      case 'tellBot':
        bot = turnOf(contextOf(snapshot))
        break
      case 'refuse':
        return refuse(change, params as Refusal)
      case 'ignore':
        change.outcome = 'ignored'
        return change
      case 'xstate.raise': {
        const { id, delay, event } = params as { id: string; delay: number; event: { type: string } }
        timers = timers.filter((timer) => timer.id !== id)
        fired = fired?.filter((timer) => timer !== id)
        const due = at + Math.max(0, delay)
        // A delay that is not finite: never.
        if (Number.isFinite(delay)) timers.push(event.type === id ? { id, due } : { id, due, event })
        break
      }
      case 'xstate.cancel': {
        const { sendId } = params as { sendId: string }
        timers = timers.filter((timer) => timer.id !== sendId)
        fired = fired?.filter((timer) => timer !== sendId)
        break
      }
    }
  }
  // A machine that neither moves nor acts has no place for this event. (It keeps its snapshot where it only acts.)
  if (snapshot === change.snapshot && actions.length === 0) return refuse(change, { code: 'not_allowed_now' })
  const isNewCustomer = change.before && contextOf(change.before).customer !== contextOf(snapshot).customer
  if (says.length > 0) change.says = [...change.says, ...says]
  if (requests.length > 0) change.requests = [...(change.requests ?? []), ...requests]
  // An empty list tells nobody, and brings the open request up to date.
  else if (isNewCustomer && hasOpenRequest(contextOf(snapshot))) change.requests ??= []
  if (calls.length > 0) {
    change.calls = [...(change.calls ?? []), ...calls]
    change.called = change.awaits = called
  }
  change.bot = bot
  change.timers = timers
  change.fired = fired
  if (change.awaits !== undefined && !snapshot.tags?.has(awaitsCall)) change.awaits = undefined
  change.told = told
  change.snapshot = snapshot
  change.stored = store(definition.machine, snapshot)
  return change
}

export function recordOf(
  { conversation, id, seq, event }: Incoming,
  at: number,
  change: Change,
  type?: string,
): Recorded {
  const { outcome, says, requests, rejected, bot, before, snapshot, erased } = change
  checkSize(says)
  const status = snapshot ? newStatus(before, snapshot) : undefined
  const record: StoredRecord = {
    at: new Date(at).toISOString(),
    event: { id, type: type ?? event.type, seq },
    outcome,
    messages:
      says.length > 0 ? says.map((say, n) => messageOf(`${conversation}.${seq}.${n}`, say)) : undefined,
    status,
    requests,
    rejected,
    bot,
    state: erased
      ? { erased }
      : {
          machine: change.machine,
          snapshot: change.stored,
          since: isElsewhere(before, status) ? at : change.since,
          began: change.began,
          timers: change.timers.length > 0 ? change.timers : undefined,
          fired: change.fired?.length ? change.fired : undefined,
          wake: arm(change.wake, change.timers, at, seq),
          told: change.told,
          calls: change.calls,
          called: change.called,
          awaits: change.awaits,
          recent: change.recent,
        },
  }
  if (!isOurs(change.machine)) checkReadable(record)
  return { kind: 'record', record, snapshot }
}

const ourNames = new Set(builtIn.map(({ name }) => name))

/** A machine that comes with frontdesk, or that it has compiled. */
function isOurs(machine: string | undefined): boolean {
  return machine === undefined || ourNames.has(machine) || machine.startsWith('bot.')
}

/** What a developer's machine says may have no types, and a record that cannot be read again would be as none. */
function checkReadable(record: StoredRecord): void {
  recordSchema.parse(record)
  for (const call of record.state.calls ?? []) callSchema.parse(call)
}

/** All that one event has said, in bytes of JSON: a record has to fit in a message of NATS, whose limit is 1 MiB. */
const saidBytesMax = 512 * 1024

function checkSize(says: Say[]): void {
  // So few cannot have so much.
  if (says.length < 4) return
  const bytes = new TextEncoder().encode(JSON.stringify(says)).length
  if (bytes > saidBytesMax)
    throw new Error(`what is said at once has ${bytes} bytes; the limit is ${saidBytesMax}`)
}

function turnOf({ bot, pinned, customer, answers }: ConversationContext): BotTurn {
  const { channel, locale, hours } = pinned
  return { id: bot?.id ?? '', channel, locale, hours, customer, details: answers }
}

function messageOf(id: string, { author, type, text, fields, options, clientId }: Say): Message {
  return { id, author, type, text, fields, options, clientId }
}

/** So far may the log's clock step back, as where its leader changes, without losing a wake-up. */
const clockStepMsMax = 60_000

/**
 * The wake-up that the conversation needs: the one it has where that comes no later than its first timer,
 * otherwise a new one. One whose time has passed may have come, or have been put off, without a record: it no
 * longer counts, nor does one whose time is so near that it may have passed before the clock stepped back.
 */
function arm(wake: Wake | undefined, timers: Timer[], at: number, seq: number): Wake | undefined {
  const first = earliest(timers)
  if (!first) return wake
  if (wake && wake.at > at + clockStepMsMax && wake.at <= first.due) return wake
  return { generation: (wake?.generation ?? 0) + 1, at: first.due, seq }
}

export function earliest(timers: Timer[] | undefined): Timer | undefined {
  return timers?.reduce((first, timer) => (timer.due < first.due ? timer : first), timers[0] as Timer)
}

export function contextOf(snapshot: MachineSnapshot): ConversationContext {
  return snapshot.context as ConversationContext
}

export function hasOpenRequest({ request, reason }: ConversationContext): boolean {
  return request > 0 && reason === null
}

/** The status, where it is another one than before. */
function newStatus(before: MachineSnapshot | undefined, now: MachineSnapshot): Status | undefined {
  const status = statusOf(now)
  if (!before) return status
  const was = statusOf(before)
  const isSame =
    was.state === status.state &&
    was.request === status.request &&
    was.agent?.id === status.agent?.id &&
    was.reason === status.reason
  return isSame ? undefined : status
}

function isElsewhere(before: MachineSnapshot | undefined, status: Status | undefined): boolean {
  return status !== undefined && (!before || statusOf(before).state !== status.state)
}

export function statusOf({ context, value }: Pick<MachineSnapshot, 'context' | 'value'>): Status {
  const { request, agent, reason } = context as ConversationContext
  const top = typeof value === 'string' ? value : Object.keys(value as object)[0]
  return {
    state: shownAs[top ?? ''] ?? 'bot',
    request: request > 0 ? request : undefined,
    agent: agent ?? undefined,
    reason: reason ?? undefined,
  }
}
