import { durationMs } from '../../../../schemas/configuration/channel.ts'
import { type Status, statusStates } from '../../../../schemas/conversation/record.ts'
import type {
  FindAnswer,
  FindQuestion,
  FoundConversation,
  StuckAnswer,
} from '../../../../schemas/protocol/inspector.ts'
import type { StoredRecord } from '../../../core/conversation.ts'
import { statusOf } from '../../../core/conversation.ts'
import type { ConversationContext } from '../../../machines/context.ts'
import type { StoredSnapshot } from '../../../machines/step.ts'

/** The most conversations in the index; where there are more, those that ended first are left out. */
export const indexedMax = 1_000_000
/** How many of each state are shown: the longest in it. */
export const longestMax = 10

/** An indexed conversation; times are epoch milliseconds. The README says how many bytes it takes. */
interface Entry {
  conversation: string
  sequence: number
  channel: string
  workspace: string
  state: Status['state']
  value: string
  machine: string
  startedAt: number
  at: number
  since: number
  request: number | undefined
  agent: Status['agent']
  reason: Status['reason']
  /** The customer's e-mail address, external id and name, folded, each between two NULs. */
  customer: string
}

/** An index of all conversations, by their last records. */
export class ConversationIndex {
  readonly #open = new Map<string, Entry>()
  /** In the order in which they ended; until `allRead`, in the order of reading. */
  readonly #ended = new Map<string, Entry>()
  /** Erased conversations, with their sequence, while earlier records may still come. */
  readonly #erased = new Map<string, number>()
  /** One shared copy of each text and agent that many conversations have. */
  readonly #shared = new Map<string, unknown>()
  readonly #max: number
  #isInOrder = false
  #leftOut = 0

  constructor(max: number = indexedMax) {
    this.#max = max
  }

  get size(): number {
    return this.#open.size + this.#ended.size
  }

  /** Adds a conversation's record; the records may come in any order. */
  add(conversation: string, sequence: number, record: StoredRecord): void {
    const known = this.#open.get(conversation) ?? this.#ended.get(conversation)
    if (sequence <= (known?.sequence ?? this.#erased.get(conversation) ?? 0)) return
    const { machine, snapshot, erased } = record.state
    if (erased) {
      this.#open.delete(conversation)
      this.#ended.delete(conversation)
      if (!this.#isInOrder) this.#erased.set(conversation, sequence)
    }
    // A conversation that never began has only refusals.
    if (machine === undefined || !snapshot) return
    const entry = this.#entryOf(
      known?.conversation ?? ownCopy(conversation),
      sequence,
      record,
      machine,
      snapshot,
    )
    const [target, source] =
      snapshot.status === 'done' ? [this.#ended, this.#open] : [this.#open, this.#ended]
    source.delete(conversation)
    target.set(entry.conversation, entry)
    if (this.size > this.#max) this.#evictOldest()
  }

  /** From now on records are added in the order of their sequences. */
  allRead(): void {
    this.#isInOrder = true
    this.#erased.clear()
  }

  /** @param now in epoch milliseconds */
  find(question: FindQuestion, now: number): FindAnswer {
    const fits = filterOf(question, now)
    const found: Entry[] = []
    for (const entry of this.#open.values()) if (fits(entry)) found.push(entry)
    if (question.stuck === undefined)
      for (const entry of this.#ended.values()) if (fits(entry)) found.push(entry)
    const { offset, limit } = question
    const order = question.stuck === undefined ? latestFirst : longestFirst
    return {
      conversations: pageOf(found, order, offset, limit).map(foundOf),
      total: found.length,
      ...(this.#leftOut > 0 && { leftOut: this.#leftOut }),
    }
  }

  stuck(): StuckAnswer {
    const byState = new Map<Status['state'], Entry[]>(statusStates.map((state) => [state, []]))
    for (const entry of this.#open.values()) byState.get(entry.state)?.push(entry)
    return {
      states: [...byState]
        .filter(([, entries]) => entries.length > 0)
        .map(([state, entries]) => ({
          state,
          total: entries.length,
          longest: pageOf(entries, longestFirst, 0, longestMax).map(foundOf),
        })),
    }
  }

  #entryOf(
    conversation: string,
    sequence: number,
    record: StoredRecord,
    machine: string,
    snapshot: StoredSnapshot,
  ): Entry {
    const { pinned, customer } = snapshot.context as ConversationContext
    const status = statusOf(snapshot)
    const at = Date.parse(record.at)
    return {
      conversation,
      sequence,
      channel: this.#share(pinned.channel),
      workspace: this.#share(pinned.workspace),
      state: status.state,
      value: this.#share(leavesOf(snapshot.value).join(', ')),
      machine: this.#share(machine),
      startedAt: pinned.at,
      at,
      since: record.state.since ?? at,
      request: status.request,
      agent: status.agent && this.#share(status.agent, JSON.stringify(status.agent)),
      reason: status.reason,
      customer: customerKey(customer),
    }
  }

  #share<T>(value: T, key = String(value)): T {
    const known = this.#shared.get(key)
    if (known !== undefined) return known as T
    this.#shared.set(key, value)
    return value
  }

  #evictOldest(): void {
    const entries = this.#ended.size > 0 ? this.#ended : this.#open
    const [first] = entries.keys()
    entries.delete(first as string)
    this.#leftOut++
  }
}

const latestFirst = ({ sequence }: Entry) => -sequence
const longestFirst = ({ since }: Entry) => since

function filterOf(question: FindQuestion, now: number): (entry: Entry) => boolean {
  const { id, state, channel, stuck } = question
  const customer = question.customer === undefined ? '' : `\0${folded(question.customer)}\0`
  const from = question.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(question.from)
  const until = question.to === undefined ? Number.POSITIVE_INFINITY : Date.parse(question.to)
  const since = stuck === undefined ? Number.POSITIVE_INFINITY : now - durationMs(stuck)
  return (entry) =>
    entry.at >= from &&
    entry.at <= until &&
    entry.since <= since &&
    (state === undefined || entry.state === state) &&
    (channel === undefined || entry.channel === channel) &&
    entry.customer.includes(customer) &&
    (id === undefined || entry.conversation.includes(id))
}

/**
 * A page of the entries in an order. Only their keys are all sorted: numbers sort ten times as fast as entries.
 */
function pageOf(found: Entry[], order: (entry: Entry) => number, offset: number, limit: number): Entry[] {
  const keys = Float64Array.from(found, order).sort()
  const first = keys[offset]
  const last = keys[Math.min(offset + limit, keys.length) - 1]
  if (first === undefined || last === undefined) return []
  const near = found.filter((entry) => order(entry) >= first && order(entry) <= last)
  near.sort((a, b) => order(a) - order(b) || a.sequence - b.sequence)
  const before = offset - keys.indexOf(first)
  return near.slice(before, before + limit)
}

/** Without the customer's texts, which the inspector masks. */
function foundOf({
  startedAt,
  at,
  since,
  request,
  agent,
  reason,
  customer: _,
  ...entry
}: Entry): FoundConversation {
  return {
    ...entry,
    startedAt: new Date(startedAt).toISOString(),
    at: new Date(at).toISOString(),
    since: new Date(since).toISOString(),
    ...(request !== undefined && { request }),
    ...(agent && { agent }),
    ...(reason && { reason }),
  }
}

function customerKey({ email, externalId, name }: ConversationContext['customer']): string {
  const known = [email, externalId, name].filter((text) => text !== null)
  return known.length === 0 ? '' : `\0${known.map(folded).join('\0')}\0`
}

function folded(text: string): string {
  return text.normalize().trim().toLowerCase()
}

/** `withAgent.agentsTurn`; one for each parallel state. */
function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return Object.entries(value as object).flatMap(([name, inner]) => {
    const leaves = leavesOf(inner)
    return leaves.length === 0 ? [name] : leaves.map((leaf) => `${name}.${leaf}`)
  })
}

/** A copy: a substring would keep the whole text in memory. */
function ownCopy(id: string): string {
  return Buffer.from(id).toString()
}
