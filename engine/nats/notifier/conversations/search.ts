import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SearchQuestion } from '../../../../schemas/protocol/search.ts'
import type { ConversationIndex, Entry } from './conversation-index.ts'
import type { MessageTexts } from './message-texts.ts'
import { folded, wordsOf } from './words.ts'

/** A search yields to others in this process after this. */
const turnMs = 10
/** How many entries are sorted at first. */
const sortedAtFirst = 1_000

/** A conversation that was found, and the sequence of the record that has the text; absent: none has. */
export interface Found {
  entry: Entry
  sequence: number | undefined
}

export interface FoundPage {
  found: Found[]
  isMore: boolean
}

/**
 * The conversations with all conditions of a question. With words, in the order of the latest text that has the first
 * of them, or of the last record where it is known of the customer; without, in the order of their last records.
 */
export async function search(
  index: ConversationIndex,
  texts: MessageTexts,
  question: SearchQuestion,
): Promise<FoundPage> {
  const { offset, limit, text = '' } = question
  const words = wordsOf(text)
  const [first, ...others] = words
  const fits = filterOf(question)
  const turn = turns()
  const hasOthers = (entry: Entry) =>
    others.every((word) => entry.customer.includes(word) || texts.has(entry.number, word))

  const byCustomer = question.externalId !== undefined || question.email !== undefined
  const found: (Found & { order: number })[] = []
  const seen = new Set<number>()
  const candidates: Entry[] = []
  for (const entry of byCustomer ? index.ofCustomer(question) : index.entries()) {
    if (turn.isOver()) await turn.next()
    if (fits(entry) && (first === undefined || entry.customer.includes(first))) candidates.push(entry)
  }
  const enough = offset + limit + 1
  for (const entry of latestFirst(candidates)) {
    if (found.length >= enough) break
    if (turn.isOver()) await turn.next()
    if (!hasOthers(entry)) continue
    seen.add(entry.number)
    found.push({ entry, sequence: texts.lastOf(entry.number), order: entry.sequence })
  }
  if (first !== undefined)
    for (const block of texts.find(first)) {
      for (const { owner, sequence } of block.found) {
        if (turn.isOver()) await turn.next()
        const entry = index.entry(owner)
        if (!entry || seen.has(owner) || !fits(entry)) continue
        seen.add(entry.number)
        if (hasOthers(entry)) found.push({ entry, sequence, order: sequence })
      }
      // All that is yet to be found comes later in the order than these.
      if (found.length >= enough && found.filter(({ order }) => order >= block.after).length >= enough) break
    }
  // While it yielded, a conversation may have been erased.
  const present = found.filter(({ entry }) => index.numberOf(entry.conversation) !== undefined)
  present.sort((a, b) => b.order - a.order)
  return { found: present.slice(offset, offset + limit), isMore: present.length > offset + limit }
}

/** Sorted as far as they are read; numbers sort ten times as fast as entries. */
function* latestFirst(entries: Entry[]): Generator<Entry> {
  const sequences = Float64Array.from(entries, ({ sequence }) => sequence).sort()
  let below = Number.POSITIVE_INFINITY
  for (let end = sequences.length, size = sortedAtFirst; end > 0; end -= size, size *= 4) {
    const from = sequences[Math.max(0, end - size)] as number
    const next = entries.filter(({ sequence }) => sequence >= from && sequence < below)
    yield* next.sort((a, b) => b.sequence - a.sequence)
    below = from
  }
}

function filterOf(question: SearchQuestion): (entry: Entry) => boolean {
  const { workspaces, channel, tag, externalId, email } = question
  const own = workspaces && new Set(workspaces)
  const customer = question.customer === undefined ? '' : `\0${folded(question.customer).trim()}\0`
  const from = question.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(question.from)
  const until = question.to === undefined ? Number.POSITIVE_INFINITY : Date.parse(question.to)
  const agent = question.agent === undefined ? undefined : folded(question.agent).trim()
  const tagged = tag === undefined ? undefined : folded(tag).trim()
  const address = email === undefined ? undefined : folded(email).trim()
  return (entry) =>
    entry.request !== undefined &&
    (own === undefined || isOf(entry, own)) &&
    entry.at >= from &&
    entry.at <= until &&
    (channel === undefined || entry.channel === channel) &&
    ((externalId === undefined && address === undefined) ||
      (externalId !== undefined && entry.externalId === externalId) ||
      (address !== undefined && entry.email === address)) &&
    entry.customer.includes(customer) &&
    (agent === undefined ||
      entry.agent?.id === question.agent ||
      folded(entry.agent?.name ?? '') === agent) &&
    (tagged === undefined || entry.tags?.some((one) => folded(one) === tagged) === true)
}

/** It is its present workspace's; once it has ended, of all that it was transferred from, too. */
function isOf({ workspace, formerWorkspaces, state }: Entry, own: Set<string>): boolean {
  if (own.has(workspace)) return true
  return state === 'ended' && formerWorkspaces?.some((one) => own.has(one)) === true
}

/** The turns of one search among others in this process. */
function turns(): { isOver(): boolean; next(): Promise<void> } {
  let began = performance.now()
  return {
    isOver: () => performance.now() - began >= turnMs,
    next: async () => {
      await nextTurn()
      began = performance.now()
    },
  }
}
