import { z } from 'zod'
import { Conflict, Fenced, LostTail } from '../../errors.ts'
import type { Cursors, HeldCursor } from '../../ports.ts'
import { Bucket } from '../bucket.ts'
import type { Nats } from '../connect.ts'
import { type RetryOptions, retry } from '../retry.ts'

/** How far a log is handled, and by which worker; `epoch` counts the take-overs. */
const cursor = z.object({ seq: z.int().min(0), owner: z.string(), epoch: z.int() })
export type Cursor = z.infer<typeof cursor>

/** A deleted cursor begins at the beginning. */
export function readCursor(json: string | null | undefined): Cursor {
  return json ? cursor.parse(JSON.parse(json)) : { seq: 0, owner: '', epoch: 0 }
}

/** Cursors in a bucket, written with compare-and-set: taking one over fences out its last owner. */
export class CursorStore implements Cursors {
  readonly #nats: Nats
  readonly #bucket: Bucket
  readonly #stream: string
  readonly #owner: string
  readonly #retryOptions: RetryOptions

  /** @param stream the stream whose sequences the cursors name */
  constructor(nats: Nats, stream: string, owner: string, retryOptions: RetryOptions) {
    this.#nats = nats
    this.#bucket = new Bucket(nats, 'cursors')
    this.#stream = stream
    this.#owner = owner
    this.#retryOptions = retryOptions
  }

  async takeOver(name: string): Promise<HeldCursor> {
    const before = await this.#retry(() => this.#bucket.last(name))
    const mine: Cursor = { ...readCursor(before?.value), owner: this.#owner }
    mine.epoch++
    await this.#checkTail(name, mine.seq)
    let revision = await this.#write(name, mine, before?.revision ?? 0)
    return {
      seq: mine.seq,
      save: async (seq) => {
        revision = await this.#write(name, { ...mine, seq }, revision)
      },
    }
  }

  async #checkTail(name: string, seq: number) {
    const { state } = await this.#retry(() => this.#nats.jsm.streams.info(this.#stream))
    if (seq <= state.last_seq) return
    throw new LostTail(`the cursor ${name}`, seq, this.#stream, state.last_seq)
  }

  async #write(name: string, value: Cursor, revision: number): Promise<number> {
    try {
      return await this.#retry(() => this.#bucket.put(name, JSON.stringify(value), { revision }))
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
    }
    // It may have been this write, whose answer was lost.
    const now = await this.#retry(() => this.#bucket.last(name))
    const stored = readCursor(now?.value)
    if (now && stored.owner === value.owner && stored.epoch === value.epoch && stored.seq === value.seq)
      return now.revision
    throw new Fenced(`${name} was taken over by ${stored.owner}`)
  }

  #retry<T>(attempt: () => Promise<T>): Promise<T> {
    return retry('the cursors', this.#retryOptions, attempt)
  }
}
