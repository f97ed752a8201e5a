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
import { folded as foldedText } from './words.ts'

/** The most conversations in the index; where there are more, those that ended first are left out. */
export const indexedMax = 1_000_000
/** How many of each state are shown: the longest in it. */
export const longestMax = 10

/** The most characters of the answers in forms and the attributes of one conversation that are searched. */
const knownLengthMax = 2_000

/** An indexed conversation; times are epoch milliseconds. The README says how many bytes it takes. */
export interface Entry {
  /** Its number in the index, from 1 on; free again once it has left. */
  number: number
  conversation: string
  sequence: number
  channel: string
  workspace: string
  /** Those that its request was transferred from. */
  formerWorkspaces: readonly string[] | undefined
  state: Status['state']
  value: string
  machine: string
  startedAt: number
  at: number
  since: number
  request: number | undefined
  agent: Status['agent']
  reason: Status['reason']
  tags: readonly string[] | undefined
  /** As it was verified. */
  externalId: string | undefined
  /** Folded. */
  email: string | undefined
  /**
   * The customer's e-mail address, external id and name, folded, each between two NULs; behind them the answers in
   * forms and the attributes.
   */
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
  /** The entries by their numbers. */
  readonly #numbered: (Entry | undefined)[] = [undefined]
  readonly #free: number[] = []
  /** The conversations of each customer, by external id and by e-mail address. */
  readonly #ofCustomer = new Map<string, Set<Entry>>()
  readonly #max: number
  /** Called with the number of a conversation that leaves. */
  onLeave: (number: number) => void = () => {}
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
      if (known) this.#leave(known)
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
      known?.number ?? this.#free.pop() ?? this.#numbered.length,
    )
    if (known) this.#forgetCustomer(known)
    this.#numbered[entry.number] = entry
    this.#rememberCustomer(entry)
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

  /** The number of a conversation; `undefined`: it is not in the index. */
  numberOf(conversation: string): number | undefined {
    return (this.#open.get(conversation) ?? this.#ended.get(conversation))?.number
  }

  entry(number: number): Entry | undefined {
    return this.#numbered[number]
  }

  /** All entries; those that are not in order of their sequences. */
  *entries(): Generator<Entry> {
    yield* this.#open.values()
    yield* this.#ended.values()
  }

  /** The conversations of a customer with this external id, or this e-mail address in any case. */
  ofCustomer(by: { externalId?: string | undefined; email?: string | undefined }): Set<Entry> {
    const [id, email] = customerKeys({ externalId: by.externalId, email: by.email && foldedText(by.email) })
    return new Set([...(this.#ofCustomer.get(id) ?? []), ...(this.#ofCustomer.get(email) ?? [])])
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
    number: number,
  ): Entry {
    const context = snapshot.context as ConversationContext
    const { pinned, customer, tags } = context
    const { externalId, email } = customer
    const former = record.state.desk?.formerWorkspaces
    const status = statusOf(snapshot)
    const at = Date.parse(record.at)
    return {
      number,
      conversation,
      sequence,
      channel: this.#share(pinned.channel),
      workspace: this.#share(pinned.workspace),
      formerWorkspaces: former && this.#share(former, JSON.stringify(former)),
      state: status.state,
      value: this.#share(leavesOf(snapshot.value).join(', ')),
      machine: this.#share(machine),
      startedAt: pinned.at,
      at,
      since: record.state.since ?? at,
      request: status.request,
      agent: status.agent && this.#share(status.agent, JSON.stringify(status.agent)),
      reason: status.reason,
      tags: tags?.length ? this.#share(tags, JSON.stringify(tags)) : undefined,
      externalId: externalId ?? undefined,
      email: email === null ? undefined : folded(email),
      customer: customerKey(context),
    }
  }

  #rememberCustomer(entry: Entry): void {
    for (const key of customerKeys(entry)) {
      const theirs = key === '' ? undefined : (this.#ofCustomer.get(key) ?? new Set<Entry>())
      if (theirs) this.#ofCustomer.set(key, theirs.add(entry))
    }
  }

  #forgetCustomer(entry: Entry): void {
    for (const key of customerKeys(entry)) {
      const theirs = this.#ofCustomer.get(key)
      theirs?.delete(entry)
      if (theirs?.size === 0) this.#ofCustomer.delete(key)
    }
  }

  #leave(entry: Entry): void {
    this.#open.delete(entry.conversation)
    this.#ended.delete(entry.conversation)
    this.#forgetCustomer(entry)
    this.onLeave(entry.number)
    this.#numbered[entry.number] = undefined
    this.#free.push(entry.number)
  }

  #share<T>(value: T, key = String(value)): T {
    const known = this.#shared.get(key)
    if (known !== undefined) return known as T
    this.#shared.set(key, value)
    return value
  }

  #evictOldest(): void {
    const entries = this.#ended.size > 0 ? this.#ended : this.#open
    const [first] = entries.values()
    this.#leave(first as Entry)
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
function foundOf(entry: Entry): FoundConversation {
  const { conversation, sequence, channel, workspace, state, value, machine } = entry
  const { startedAt, at, since, request, agent, reason } = entry
  return {
    conversation,
    sequence,
    channel,
    workspace,
    state,
    value,
    machine,
    startedAt: new Date(startedAt).toISOString(),
    at: new Date(at).toISOString(),
    since: new Date(since).toISOString(),
    ...(request !== undefined && { request }),
    ...(agent && { agent }),
    ...(reason && { reason }),
  }
}

function customerKey({ customer, answers = {}, attributes = [] }: ConversationContext): string {
  const { email, externalId, name } = customer
  const known = [email, externalId, name].filter((text) => text !== null)
  const others = [...Object.values(answers), ...attributes.map(({ value }) => value)].join('\x01')
  const key = known.length === 0 ? '' : `\0${known.map(folded).join('\0')}\0`
  return others === '' ? key : `${key}\x01${foldedText(others.slice(0, knownLengthMax))}`
}

/** Empty: there is none. */
function customerKeys({
  externalId,
  email,
}: {
  externalId?: string | undefined
  email?: string | undefined
}): [string, string] {
  return [externalId === undefined ? '' : `id:${externalId}`, email === undefined ? '' : `email:${email}`]
}

function folded(text: string): string {
  return foldedText(text).trim()
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
