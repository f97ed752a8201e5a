import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Progress } from '../../../../schemas/protocol/progress.ts'
import type {
  SaidExcerpt,
  SearchAnswer,
  SearchedConversation,
  SearchQuestion,
} from '../../../../schemas/protocol/search.ts'
import { contextOf, isRunning, type StoredRecord } from '../../../core/conversation.ts'
import { readRecord, withoutState } from '../../../core/record.ts'
import type { Nats } from '../../connect.ts'
import { readToEnd } from '../../read-to-end.ts'
import { RetryAborted, retry } from '../../retry.ts'
import { streams, subjects } from '../../topology.ts'
import type { ConversationIndex, Entry } from './conversation-index.ts'
import type { IndexFollower } from './follow-conversations.ts'
import { MessageTexts } from './message-texts.ts'
import { type Found, search } from './search.ts'
import { excerptOf, folded, wordsOf } from './words.ts'

/** The most records that are read for their texts: the latest when the reading begins. */
export const readMax = 5_000_000
const fetchedAhead = 2_000
/** The reading yields to others in this process after this. */
const turnMs = 10

/** Something that a record says. */
type Said = Omit<SaidExcerpt, 'marks'>

/**
 * Searches the conversations of an index and their texts. The texts are read from the stored records in the background,
 * and then each new record adds its own; a conversation that leaves the index takes its texts with it.
 */
export class ConversationSearch {
  readonly #nats: Nats
  readonly #log: Logger
  readonly #index: ConversationIndex
  readonly #following: IndexFollower
  readonly #texts: MessageTexts
  readonly #stopped = new AbortController()
  /** Records that came while earlier ones are still read. */
  #waiting: [conversation: string, sequence: number, record: StoredRecord][] | undefined = []
  #progress: Progress | undefined
  /** The sequence of the last record that was read. */
  #last = 0
  #read: Promise<void> | undefined

  constructor(nats: Nats, log: Logger, index: ConversationIndex, following: IndexFollower, bytesMax: number) {
    this.#nats = nats
    this.#index = index
    this.#following = following
    this.#texts = new MessageTexts(bytesMax)
    index.onLeave = (number) => this.#texts.remove(number)
    this.#log = log
  }

  /** Begins to read the texts, which only a question with words needs; settles once all are read. */
  readTexts(): Promise<void> {
    if (this.#read !== undefined) return this.#read
    const { signal } = this.#stopped
    this.#progress = { read: 0, of: 0 }
    this.#read = this.#following.read.then(() =>
      retry('reading the texts of conversations', { log: this.#log, signal }, () => this.#readAll()),
    )
    this.#read.catch((error) => {
      if (!(error instanceof RetryAborted) && !signal.aborted)
        this.#log.error({ err: error }, 'the texts of conversations cannot be read')
    })
    return this.#read
  }

  /** The bytes that the texts take. */
  get bytes(): number {
    return this.#texts.bytes
  }

  stop(): void {
    this.#stopped.abort()
    this.#following.onRecord(() => {})
    this.#index.onLeave = () => {}
  }

  async search(question: SearchQuestion): Promise<SearchAnswer> {
    const { found, isMore } = await search(this.#index, this.#texts, question)
    const words = wordsOf(question.text ?? '')
    const shown = await Promise.all(found.map((one) => this.#shown(one, words)))
    const { from } = this.#texts
    const isTexts = words.length > 0
    const progress = this.#following.progress() ?? (isTexts ? this.#progress : undefined)
    return {
      conversations: shown.filter((one) => one !== undefined),
      isMore,
      ...(isTexts && from !== undefined && { textsFrom: new Date(from).toISOString() }),
      ...(progress && { progress }),
    }
  }

  async #shown({ entry, sequence }: Found, words: string[]): Promise<SearchedConversation | undefined> {
    const [last, spoken] = await Promise.all([
      recordAt(this.#nats, entry.sequence),
      sequence === undefined ? undefined : recordAt(this.#nats, sequence),
    ])
    // It was erased, or goes on at this moment.
    if (!last || !isRunning(last.state) || !this.#isHere(entry)) return undefined
    const { customer, need } = contextOf(last.state.snapshot)
    const { conversation, workspace, channel, state, agent, tags } = entry
    const said = spoken && saidIn(spoken, words)
    return {
      conversation,
      workspace,
      channel,
      state,
      startedAt: new Date(entry.startedAt).toISOString(),
      at: new Date(entry.at).toISOString(),
      customer,
      need,
      ...(agent && { agent }),
      ...(tags && { tags: [...tags] }),
      ...(said && { said: { ...said, ...excerptOf(said.text, words) } }),
    }
  }

  #isHere({ conversation }: Entry): boolean {
    return this.#index.numberOf(conversation) !== undefined
  }

  async #readAll(): Promise<void> {
    this.#waiting = []
    this.#following.onRecord((...record) => this.#heard(...record))
    const last = this.#following.last()
    const { state } = await this.#nats.jsm.streams.info(streams.conversations)
    const first = Math.max(state.first_seq, last - readMax + 1, this.#last + 1)
    if (first > state.first_seq && this.#last === 0) this.#texts.cut()
    if (first > last) return this.#readToEnd()
    let turnBegan = performance.now()
    const options = { from: first, subjects: [subjects.conversation('*')], ahead: fetchedAhead }
    for await (const message of readToEnd(this.#nats, streams.conversations, options)) {
      if (this.#stopped.signal.aborted) return
      // Later ones come as changes.
      if (message.seq > last) break
      const conversation = message.subject.slice(subjects.conversation('').length)
      const body = message.string()
      const record = withoutState(body) ?? readRecord(body)
      if (record) this.#add(conversation, message.seq, record)
      this.#last = message.seq
      this.#progress = { read: message.seq - first + 1, of: last - first + 1 }
      if (performance.now() - turnBegan < turnMs) continue
      await nextTurn()
      turnBegan = performance.now()
    }
    this.#readToEnd()
  }

  #readToEnd(): void {
    this.#progress = undefined
    const waiting = this.#waiting
    this.#waiting = undefined
    for (const record of waiting ?? []) this.#add(...record)
  }

  #heard(conversation: string, sequence: number, record: StoredRecord): void {
    if (this.#waiting) this.#waiting.push([conversation, sequence, record])
    else this.#add(conversation, sequence, record)
  }

  #add(conversation: string, sequence: number, record: Omit<StoredRecord, 'state'>): void {
    const number = this.#index.numberOf(conversation)
    if (number === undefined) return
    for (const { text } of saidBy(record))
      this.#texts.add(number, sequence, Date.parse(record.at), folded(text))
  }
}

/** A stored record; `undefined` once it is gone. */
export async function recordAt({ jsm }: Pick<Nats, 'jsm'>, seq: number): Promise<StoredRecord | undefined> {
  const message = await jsm.direct.getMessage(streams.conversations, { seq })
  return message ? (readRecord(message.string()) ?? undefined) : undefined
}

/** The text with the first of the words that is in any, else the last one. */
function saidIn(record: StoredRecord, words: string[]): Said | undefined {
  const all = saidBy(record)
  const found = words.map((word) => all.find(({ text }) => folded(text).includes(word))).find(Boolean)
  return found ?? all.at(-1)
}

/** The texts of people in a record; a bot's texts are the same in all conversations. */
function saidBy({ at, messages = [], notes = [] }: Omit<StoredRecord, 'state'>): Said[] {
  return [
    ...messages.flatMap(({ author: { type, name }, type: kind, text }) =>
      kind === 'text' && text && (type === 'customer' || type === 'agent')
        ? [{ at, author: { type, name }, text }]
        : [],
    ),
    ...notes.map(({ author: { type, name }, text }) => ({
      at,
      author: { type, name },
      text,
      isNote: true as const,
    })),
  ]
}
