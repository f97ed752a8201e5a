import { distFolder, existingBuild } from '../../build/dist.mjs'
import { Unanswered, WorkerThread } from '../../diagram/worker-thread.ts'

/** In UTF-16 units. */
export const htmlLengthMax = 1024 * 1024
/** A mail of 1 MB as programs write it takes a tenth of a second. */
const answerMsMax = 10_000

/** HTML that is not read: it is too long, or takes too long. The message is for the mail's sender. */
export class HtmlRefused extends Error {}

/**
 * Turns the HTML of e-mails into text, in a thread of its own: half a megabyte of open table cells takes half a minute,
 * and only the mail that has them may wait for it.
 */
export class HtmlReader {
  readonly #thread: WorkerThread<string, string>

  constructor(msMax = answerMsMax) {
    const build = existingBuild()
    if (!build) throw new Error(`${distFolder} is missing: run \`npm run build\``)
    this.#thread = new WorkerThread(() => distFolder + build.htmlWorker, {
      answerMsMax: msMax,
      memoryMbMax: 256,
      waitingMax: 32,
    })
  }

  /** Throws HtmlRefused; Unanswered, `busy`, where too many wait. */
  async read(html: string): Promise<string> {
    if (html.length > htmlLengthMax)
      throw new HtmlRefused(`the HTML of this mail is too long, at most ${htmlLengthMax}: ${asPlainText}`)
    try {
      return await this.#thread.ask(html)
    } catch (error) {
      if (!(error instanceof Unanswered) || error.reason === 'busy') throw error
      throw new HtmlRefused(`the HTML of this mail cannot be read in time: ${asPlainText}`, { cause: error })
    }
  }
}

const asPlainText = 'please send it as plain text'
