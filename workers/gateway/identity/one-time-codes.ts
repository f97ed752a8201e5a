import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { Conflict } from '../../../engine/errors.ts'
import type { Bucket } from '../../../engine/nats/bucket.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import { type Principal, staffRoles } from './principal.ts'

/** Nobody guesses 256 bits, however fast they may try: guesses need no limit of their own. */
const codeBytes = 32
const kind = 'sign-in'
/** A code that was taken stays as a mark for so long, so that a repeat finds nothing else to take. */
const takenSeconds = 60

const stored = z.object({
  principal: z.object({
    role: z.enum(staffRoles),
    id: z.string().min(1),
    name: z.string(),
    workspaces: z.union([z.literal('all'), z.array(z.string())]),
  }),
  expiresAt: z.number(),
})

/** Codes that sign somebody in, once. The bucket has their hashes only: whoever reads it can take none. */
export class OneTimeCodes {
  readonly #bucket: Bucket

  constructor(bucket: Bucket) {
    this.#bucket = bucket
  }

  async create(principal: Principal, validSeconds: number): Promise<string> {
    const code = randomBytes(codeBytes).toString('base64url')
    const value = { principal, expiresAt: Date.now() + validSeconds * 1000 }
    await this.#bucket.put(keyOf(code), JSON.stringify(value), { revision: 0, ttlSeconds: validSeconds })
    return code
  }

  /** Whom it signs in; `null` where there is no such code any more. Of several who try at once one gets it. */
  async take(code: string): Promise<Principal | null> {
    const entry = await this.#bucket.get(keyOf(code))
    if (!entry) return null
    const read = stored.safeParse(parseJson(entry.value))
    if (!read.success || read.data.expiresAt <= Date.now()) return null
    try {
      const { revision } = entry
      await this.#bucket.put(keyOf(code), 'taken', { revision, ttlSeconds: takenSeconds })
      return read.data.principal
    } catch (error) {
      if (error instanceof Conflict) return null
      throw error
    }
  }
}

function keyOf(code: string): string {
  return `${kind}.${createHash('sha256').update(code).digest('hex')}`
}
