import type { Bot } from '../../../schemas/configuration/bot.ts'
import { type Invalid, invalidOf, problem } from '../../../schemas/problem.ts'
import type { BotPlace, BotPreviewAnswer, BotProblem } from '../../../schemas/protocol/admin.ts'
import { failure, type Result, success } from '../../../schemas/result.ts'
import { distFolder, existingBuild } from '../../build/dist.mjs'
import { Unanswered, WorkerThread } from '../../diagram/worker-thread.ts'
import type { Rehearsal } from './preview-bot.ts'

export interface BotQuestion {
  text: string
  /** The id that the bot must have. */
  id?: string | undefined
  /** Previews the bot, whose text has no problems. */
  rehearsal?: Rehearsal
}

export type BotAnswer =
  | { read: Result<Bot, Invalid<BotProblem>>; places: BotPlace[] }
  | { preview: BotPreviewAnswer }

/** The longest bots take about a second. */
const answerMsMax = 10_000

/**
 * Reads and previews bots in a thread of its own: a text may have been written to take long, and only its author may
 * wait for it. Throws Unanswered where too many are asked for at once.
 */
export class BotReader {
  readonly #thread: WorkerThread<BotQuestion, BotAnswer>

  constructor() {
    const build = existingBuild()
    if (!build) throw new Error(`${distFolder} is missing: run \`npm run build\``)
    this.#thread = new WorkerThread(() => distFolder + build.botWorker, {
      answerMsMax,
      memoryMbMax: 512,
      waitingMax: 32,
    })
  }

  /** Reads a bot's text, as readBotText does. */
  async read(text: string, id?: string): Promise<Result<Bot, Invalid<BotProblem>>> {
    return (await this.readWithPlaces(text, id)).read
  }

  /** As `read`, with the lines of the bot's answers and steps. */
  async readWithPlaces(
    text: string,
    id: string | undefined,
  ): Promise<{ read: Result<Bot, Invalid<BotProblem>>; places: BotPlace[] }> {
    const answer = await this.#ask({ text, id })
    if (answer === undefined) return { read: failure(invalidOf([tooLate])), places: [] }
    if ('read' in answer) return answer
    throw new TypeError('the text was previewed, not read')
  }

  /** Previews a bot whose text has no problems. */
  async preview(text: string, rehearsal: Rehearsal): Promise<Result<BotPreviewAnswer, Invalid>> {
    const answer = await this.#ask({ text, rehearsal })
    if (answer === undefined) return failure(invalidOf([tooLate]))
    if ('preview' in answer) return success(answer.preview)
    throw new TypeError('the text was read, not previewed')
  }

  /** `undefined`: not in time. */
  async #ask(question: BotQuestion): Promise<BotAnswer | undefined> {
    try {
      return await this.#thread.ask(question)
    } catch (error) {
      if (error instanceof Unanswered && error.reason === 'too_late') return undefined
      throw error
    }
  }
}

const tooLate: BotProblem = {
  line: 1,
  column: 1,
  path: [],
  ...problem('takes_too_long', { secondsMax: answerMsMax / 1000 }),
}
