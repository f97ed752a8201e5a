import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** A question was not answered: it took too long, was aborted, found no room, or failed in the thread. */
export class Unanswered extends Error {
  readonly reason: 'too_late' | 'aborted' | 'busy' | 'failed'

  constructor(reason: Unanswered['reason'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

/** A thread that is idle for this long is ended, to free its memory. */
const idleMsMax = 60_000

interface WorkerThreadOptions {
  /** The longest that an answer may take. */
  answerMsMax: number
  memoryMbMax: number
  /** The most questions that may wait. */
  waitingMax: number
}

/**
 * A module that answers questions in a thread of its own, one after another, each within a deadline, so that the main
 * thread is not blocked. The module receives a question as a message, and posts `{ answer }` or `{ error }`.
 */
export class WorkerThread<Question, Answer> {
  readonly #file: () => string
  readonly #options: WorkerThreadOptions
  #waiting = 0
  #worker: Worker | undefined
  #idle: NodeJS.Timeout | undefined
  #before: Promise<unknown> = Promise.resolve()

  /** @param file the module's path, asked for when the thread is started */
  constructor(file: () => string, options: WorkerThreadOptions) {
    this.#file = file
    this.#options = options
  }

  /**
   * Throws Unanswered.
   *
   * @param signal ends the question, also while it is being answered
   */
  async ask(question: Question, signal?: AbortSignal): Promise<Answer> {
    const { waitingMax } = this.#options
    if (this.#waiting >= waitingMax) throw new Unanswered('busy', 'too many questions are asked at once')
    this.#waiting++
    const answered = this.#before.then(() => this.#askAlone(question, signal))
    this.#before = answered.catch(() => {})
    try {
      return await answered
    } finally {
      this.#waiting--
    }
  }

  async #askAlone(question: Question, signal: AbortSignal | undefined): Promise<Answer> {
    if (signal?.aborted) throw new Unanswered('aborted', 'nobody waits for the answer')
    const { answerMsMax, memoryMbMax } = this.#options
    clearTimeout(this.#idle)
    this.#worker ??= new Worker(this.#file(), { resourceLimits: { maxOldGenerationSizeMb: memoryMbMax } })
    const thread = this.#worker
    // The thread keeps the process alive only while it answers.
    thread.ref()
    thread.postMessage(question)
    const deadline = AbortSignal.timeout(answerMsMax)
    const ended = signal ? AbortSignal.any([deadline, signal]) : deadline
    try {
      const [message] = (await once(thread, 'message', { signal: ended })) as [
        { answer: Answer } | { error: string },
      ]
      if ('error' in message) throw new Error(message.error)
      thread.unref()
      this.#idle = setTimeout(() => this.#end(), idleMsMax)
      this.#idle.unref()
      return message.answer
    } catch (cause) {
      this.#end()
      if (signal?.aborted) throw new Unanswered('aborted', 'nobody waits for the answer', { cause })
      if (deadline.aborted)
        throw new Unanswered('too_late', `takes longer than ${answerMsMax / 1000} s`, { cause })
      throw new Unanswered('failed', (cause as Error).message, { cause })
    }
  }

  /** Ignores errors of the thread after it was ended. */
  #end(): void {
    this.#worker?.on('error', () => {})
    void this.#worker?.terminate()
    this.#worker = undefined
  }
}
