import { z } from 'zod'
import { Conflict, Fenced, LostTail } from '../../errors.ts'
import type { Cursors, HeldCursor } from '../../ports.ts'
import { Bucket } from '../bucket.ts'
import type { Nats } from '../connect.ts'
import { type RetryOptions, retry } from '../retry.ts'
import { rememberedStreams } from '../topology.ts'

/**
 * How far a log is handled, and by which worker; `epoch` counts the take-overs. `saw`: the highest sequences of other
 * streams that its owners have had acknowledged, by which it is noticed that such a stream has lost its end.
 */
const cursor = z.object({
  seq: z.int().min(0),
  owner: z.string(),
  epoch: z.int(),
  saw: z.record(z.string(), z.int().min(0)).optional(),
})
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
  #checked: Promise<void> | undefined

  /** @param stream the stream whose sequences the cursors name */
  constructor(nats: Nats, stream: string, owner: string, retryOptions: RetryOptions) {
    this.#nats = nats
    this.#bucket = new Bucket(nats, 'cursors')
    this.#stream = stream
    this.#owner = owner
    this.#retryOptions = retryOptions
  }

  async takeOver(name: string): Promise<HeldCursor> {
    // One that is not checked yet may belong to somebody else: all are, before this worker writes anything.
    this.#checked ??= this.checkTails()
    await this.#checked
    const [mine, claimed] = await this.#claim(name)
    let revision = claimed
    await this.#checkTail(`the cursor ${name}`, this.#stream, mine.seq)
    return {
      seq: mine.seq,
      save: async (seq) => {
        revision = await this.#write(name, { ...mine, seq, saw: this.#sawAfter(mine) }, revision)
      },
    }
  }

  /** Writes the owner. Its holder may save its progress meanwhile: only another take-over comes before this one. */
  async #claim(name: string): Promise<[Cursor, revision: number]> {
    let tried: number | undefined
    for (;;) {
      const before = await this.#retry(() => this.#bucket.last(name))
      const found = readCursor(before?.value)
      if (tried !== undefined && found.epoch !== tried) throw takenOver(name, found)
      const mine: Cursor = { ...found, owner: this.#owner, epoch: found.epoch + 1 }
      try {
        return [mine, await this.#write(name, mine, before?.revision ?? 0)]
      } catch (error) {
        if (!(error instanceof Fenced)) throw error
        tried = found.epoch
      }
    }
  }

  /** Throws LostTail where a stream has lost what a cursor, or this worker, has seen of it. */
  async checkTails(): Promise<void> {
    const entries = await this.#retry(() => this.#bucket.list())
    const saw = new Map<string, { seq: number; who: string }>()
    const see = (who: string, stream: string, seq: number) => {
      if (seq > (saw.get(stream)?.seq ?? 0)) saw.set(stream, { seq, who })
    }
    for (const { key, value } of entries)
      for (const [stream, seq] of Object.entries(readCursor(value).saw ?? {}))
        see(`the cursor ${key}`, stream, seq)
    for (const [stream, seq] of this.#nats.publisher.acknowledged)
      if (rememberedStreams.has(stream)) see('this worker', stream, seq)
    await Promise.all([...saw].map(([stream, { seq, who }]) => this.#checkTail(who, stream, seq)))
  }

  /** The highest sequences that the cursor's owners have seen up to now. */
  #sawAfter({ saw = {} }: Cursor): Record<string, number> {
    const seen = { ...saw }
    for (const [stream, seq] of this.#nats.publisher.acknowledged)
      if (rememberedStreams.has(stream) && seq > (seen[stream] ?? 0)) seen[stream] = seq
    return seen
  }

  async #checkTail(who: string, stream: string, seq: number) {
    const { state } = await this.#retry(() => this.#nats.jsm.streams.info(stream))
    if (seq > state.last_seq) throw new LostTail(who, seq, stream, state.last_seq)
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
    throw takenOver(name, stored)
  }

  #retry<T>(attempt: () => Promise<T>): Promise<T> {
    return retry('the cursors', this.#retryOptions, attempt)
  }
}

function takenOver(name: string, { owner }: Cursor): Fenced {
  return new Fenced(`${name} was taken over by ${owner}`)
}
