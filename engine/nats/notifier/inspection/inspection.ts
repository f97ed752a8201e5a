import { setTimeout as sleep } from 'node:timers/promises'
import type { Msg, Subscription } from '@nats-io/transport-node'
import type { Logger } from 'pino'
import type { ZodType } from 'zod'
import { parseJson } from '../../../../schemas/parse-json.ts'
import { parse } from '../../../../schemas/problem.ts'
import {
  type DeadLetterAnswer,
  type DeadLettersAnswer,
  deadLetterQuestion,
  type FindAnswer,
  findQuestion,
  foundMax,
  type RefusalsAnswer,
  refusalsQuestion,
  type StuckAnswer,
} from '../../../../schemas/protocol/inspector.ts'
import { type NumbersAnswer, numbersQuestion } from '../../../../schemas/protocol/numbers.ts'
import {
  type OwnConversationsAnswer,
  ownConversationsQuestion,
  type SearchAnswer,
  searchQuestion,
} from '../../../../schemas/protocol/search.ts'
import { placeOf } from '../../../errors.ts'
import type { Nats } from '../../connect.ts'
import { isWeather } from '../../errors.ts'
import {
  deadLetter,
  discardDeadLetter,
  latestDeadLetters,
  NoAddress,
  NoDeadLetter,
  requeueDeadLetter,
} from '../../operations/dead-letters.ts'
import { headersIn } from '../../publisher.ts'
import { subjects } from '../../topology.ts'
import { ConversationIndex } from '../conversations/conversation-index.ts'
import { ConversationSearch } from '../conversations/conversation-search.ts'
import { followConversations, type IndexFollower } from '../conversations/follow-conversations.ts'
import { ownConversations } from '../conversations/own-conversations.ts'
import { NumberCount } from '../counts/number-count.ts'
import { RefusalCount } from '../counts/refusal-count.ts'

/** The index and the counts are dropped after this long without a question. */
const forgottenAfterMs = 10 * 60_000
/** Once somebody has searched: agents search again on the next morning, and reading all texts takes long. */
const searchForgottenAfterMs = 16 * 3_600_000
/** The memory that the texts of conversations take at most, in bytes. */
export const searchBytesDefault = 256 * 1024 * 1024
/** The most searches at a time, those that wait for their turn included. */
const searchesMax = 16
/** An answer waits this long for the index; after that it reports the progress. */
const waitMs = 250
const dayMs = 86_400_000
/** A close waits this long for questions in flight. */
const drainMsMax = 2_000
/** The part of a dead letter's body that is shown, in bytes. */
export const shownBytesMax = 64 * 1024
/** Room for an answer's headers. */
const answerHeaderBytesMax = 1024
/** The queue group, so that one of several notifiers answers. */
const queue = 'inspection'

/** The reason why a question is not answered; the asker may read it. */
export interface InspectionRefusal {
  code: 'invalid' | 'not_found' | 'no_address' | 'too_large' | 'busy' | 'unavailable' | 'failed'
  message: string
}

class InspectionError extends Error {
  readonly code: InspectionRefusal['code']

  constructor(code: InspectionRefusal['code'], message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Answers an inspector's questions on `frontdesk.inspection.<question>`, in JSON (schemas/protocol/inspector.ts): those
 * that it cannot answer with its own reads; and a workspace's question for its numbers. Nothing is read before the
 * first question.
 */
export class Inspection {
  readonly #nats: Nats
  readonly #log: Logger
  readonly #subscription: Subscription
  readonly #inFlight = new Set<Promise<void>>()
  readonly #searchBytes: number
  #conversations: KnownConversations | undefined
  #searches = 0
  #refusals: RefusalCount | undefined
  #numbers: NumberCount | undefined
  #idleTimer: NodeJS.Timeout | undefined

  constructor(nats: Nats, log: Logger, searchBytes: number = searchBytesDefault) {
    this.#nats = nats
    this.#searchBytes = searchBytes
    this.#log = log
    this.#subscription = nats.connection.subscribe(subjects.inspection('*'), {
      queue,
      callback: (error, message) => {
        if (error) return
        const answered = this.#answer(message).finally(() => this.#inFlight.delete(answered))
        this.#inFlight.add(answered)
      },
    })
  }

  /** Answers the questions that NATS passed on before, then stops; gives up after a while. */
  async close(): Promise<void> {
    await within(drainMsMax, this.#drain()).catch(() => {})
    this.#subscription.unsubscribe()
    clearTimeout(this.#idleTimer)
    this.#reset()
  }

  async #drain(): Promise<void> {
    await this.#subscription.drain()
    await Promise.all(this.#inFlight)
    await this.#nats.connection.flush()
  }

  readonly #answers: Record<string, (asked: unknown) => Promise<object>> = {
    find: async (asked): Promise<FindAnswer> => {
      const question = read(findQuestion, asked)
      const { index, following } = await this.#read()
      return { ...index.find(question, Date.now()), ...progressOf(following) }
    },
    stuck: async (): Promise<StuckAnswer> => {
      const { index, following } = await this.#read()
      return { ...index.stuck(), ...progressOf(following) }
    },
    search: async (asked): Promise<SearchAnswer> => {
      const question = read(searchQuestion, asked)
      if (this.#searches >= searchesMax)
        throw new InspectionError('busy', 'too many search at once: try again')
      this.#searches++
      try {
        const known = await this.#read()
        known.search ??= new ConversationSearch(
          this.#nats,
          this.#log,
          known.index,
          known.following,
          this.#searchBytes,
        )
        if (question.text !== undefined) await within(waitMs, known.search.readTexts())
        return await known.search.search(question)
      } finally {
        this.#searches--
      }
    },
    own: async (asked): Promise<OwnConversationsAnswer> => {
      const { externalId, limit } = read(ownConversationsQuestion, asked)
      const { index, following } = await this.#read()
      return { ...(await ownConversations(this.#nats, index, externalId, limit)), ...progressOf(following) }
    },
    refusals: async (asked): Promise<RefusalsAnswer> => {
      const { since } = read(refusalsQuestion, asked)
      const from = since === undefined ? Date.now() - dayMs : Date.parse(since)
      this.#refusals ??= new RefusalCount(this.#nats)
      await within(waitMs, this.#refusals.read(from))
      return this.#refusals.answer(from)
    },
    numbers: async (asked): Promise<NumbersAnswer> => {
      const question = read(numbersQuestion, asked)
      const now = Date.now()
      this.#numbers ??= new NumberCount(this.#nats)
      await within(waitMs, this.#numbers.read(this.#numbers.beginningOf(question, now)))
      return this.#numbers.answer(question, now)
    },
    deadletters: async (): Promise<DeadLettersAnswer> => latestDeadLetters(this.#nats, foundMax),
    deadletter: async (asked): Promise<DeadLetterAnswer> => {
      const { seq } = read(deadLetterQuestion, asked)
      const found = await deadLetter(this.#nats, seq)
      if (!found) throw new NoDeadLetter(seq)
      const { letter, headers, body } = found
      return {
        ...letter,
        headers: headersIn(headers),
        body: Buffer.from(body.subarray(0, shownBytesMax)).toString(),
        bodyBytes: body.length,
      }
    },
    requeue: async (asked) => {
      await requeueDeadLetter(this.#nats, read(deadLetterQuestion, asked).seq)
      return {}
    },
    discard: async (asked) => {
      await discardDeadLetter(this.#nats, read(deadLetterQuestion, asked).seq)
      return {}
    },
  }

  async #answer(message: Msg): Promise<void> {
    clearTimeout(this.#idleTimer)
    const keptMs = this.#conversations?.search ? searchForgottenAfterMs : forgottenAfterMs
    this.#idleTimer = setTimeout(() => this.#reset(), keptMs)
    this.#idleTimer.unref()
    const question = message.subject.slice(subjects.inspection('').length)
    const answer = await this.#answerTo(question, message.string()).catch((error) => this.#refusalOf(error))
    if (!this.#nats.connection.isClosed()) message.respond(answer)
  }

  async #answerTo(question: string, body: string): Promise<string> {
    const answerTo = Object.hasOwn(this.#answers, question) ? this.#answers[question] : undefined
    if (!answerTo) throw new InspectionError('not_found', `there is no question ${question}`)
    const answer = await answerTo(parseJson(body || '{}'))
    const bytesMax = (this.#nats.connection.info?.max_payload ?? 1024 * 1024) - answerHeaderBytesMax
    return fitted(answer, bytesMax)
  }

  #refusalOf(error: unknown): string {
    const refusal = (code: InspectionRefusal['code'], { message }: Error) => JSON.stringify({ code, message })
    if (error instanceof InspectionError) return refusal(error.code, error)
    if (error instanceof NoDeadLetter) return refusal('not_found', error)
    if (error instanceof NoAddress) return refusal('no_address', error)
    if (isWeather(error))
      return refusal('unavailable', new Error('NATS does not answer at the moment; try again'))
    this.#log.error(placeOf(error), 'a question of an inspector fails')
    return refusal('failed', new Error('this failed; the log of the notifier says why'))
  }

  /** Begins to read all conversations, or continues; returns the index as far as it is read within `waitMs`. */
  async #read(): Promise<KnownConversations> {
    if (!this.#conversations) {
      const index = new ConversationIndex()
      const following = followConversations(this.#nats, this.#log, index)
      const made: KnownConversations = { index, following }
      this.#conversations = made
      void following.failed.then(() => {
        made.search?.stop()
        if (this.#conversations === made) this.#conversations = undefined
      })
    }
    const known = this.#conversations
    await within(waitMs, known.following.read)
    return known
  }

  #reset(): void {
    this.#conversations?.search?.stop()
    this.#conversations?.following.stop()
    this.#conversations = undefined
    this.#refusals?.stop()
    this.#refusals = undefined
    this.#numbers?.stop()
    this.#numbers = undefined
  }
}

interface KnownConversations {
  index: ConversationIndex
  following: IndexFollower
  /** Once somebody has searched. */
  search?: ConversationSearch
}

/** Waits at most this long; a later failure is reported at the next question, unless the reading was stopped. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  work.catch(() => {})
  const stop = new AbortController()
  const { signal } = stop
  await Promise.race([work, sleep(ms, undefined, { signal }).catch(() => {})]).finally(() => stop.abort())
}

function progressOf({ progress }: IndexFollower) {
  const now = progress()
  return now && { progress: now }
}

function read<T>(schema: ZodType<T>, asked: unknown): T {
  const parsed = parse(schema, asked)
  if (parsed.ok) return parsed.value
  throw new InspectionError('invalid', parsed.error.message)
}

/** The answer as JSON of at most `bytesMax`: a list that is too long is cut off. */
function fitted(answer: object, bytesMax: number): string {
  for (;;) {
    const json = JSON.stringify(answer)
    if (Buffer.byteLength(json) <= bytesMax) return json
    const list: unknown[] | undefined = Object.values(answer).find(Array.isArray)
    if (!list || list.length === 0)
      throw new InspectionError('too_large', 'the answer is larger than a NATS message may be')
    list.length = Math.floor(list.length / 2)
  }
}
