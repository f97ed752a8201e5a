import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { Conflict } from '../../../engine/errors.ts'
import type { Bucket } from '../../../engine/nats/bucket.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import { type StaffRole, staffRoleNames, staffRoles } from '../../../schemas/roles.ts'
import type { Principal } from './principal.ts'

/** 256 bits cannot be guessed, however fast somebody tries: guesses need no limit. */
const codeBytes = 32
const kind = 'sign-in'
/** How long a redeemed code stays as a mark, so that a repeat finds nothing to redeem. */
const redeemedSeconds = 60

/** The command that made a code, where its next run makes it unusable. */
export type CodeOrigin = 'start'

const stored = z.object({
  principal: z.object({
    role: z.enum(staffRoleNames),
    id: z.string().min(1),
    name: z.string(),
    workspaces: z.union([z.literal('all'), z.array(z.string())]),
  }),
  expiresAt: z.number(),
  origin: z.literal('start').optional(),
})

/** Codes that sign somebody in, once. The bucket has their hashes only, so that reading it gives no code. */
export class OneTimeCodes {
  readonly #bucket: Bucket

  constructor(bucket: Bucket) {
    this.#bucket = bucket
  }

  async create(principal: Principal, validSeconds: number, origin?: CodeOrigin): Promise<string> {
    const code = randomBytes(codeBytes).toString('base64url')
    const value = { principal, expiresAt: Date.now() + validSeconds * 1000, origin }
    await this.#bucket.create(keyOf(code), JSON.stringify(value), { ttl: `${validSeconds}s` })
    return code
  }

  /** Makes unused codes unusable: those of an origin, or all. */
  async discard(origin?: CodeOrigin): Promise<void> {
    for (const { key, value } of await this.#bucket.list(`${kind}.*`)) {
      const read = stored.safeParse(parseJson(value))
      if (read.success && (origin === undefined || read.data.origin === origin))
        await this.#bucket.delete(key)
    }
  }

  /** The person that a code signs in, the first time; `null` for an unknown, used or expired code. */
  async redeem(code: string): Promise<Principal | null> {
    const entry = await this.#bucket.get(keyOf(code))
    if (!entry) return null
    const read = stored.safeParse(parseJson(entry.value))
    if (!read.success || read.data.expiresAt <= Date.now()) return null
    try {
      const { revision } = entry
      await this.#bucket.put(keyOf(code), 'taken', { revision, ttl: `${redeemedSeconds}s` })
      return read.data.principal
    } catch (error) {
      if (error instanceof Conflict) return null
      throw error
    }
  }
}

/**
 * The link that a one-time code is handed out as. The code is in the fragment, which a browser does not send: the page
 * reads it there.
 *
 * @param gateway its URL, as this machine reaches it
 * @param path where in the page it leads, as the page's own links have it: `/c/c1`
 */
export function signInLink(gateway: string, role: StaffRole, code: string, path = ''): string {
  return `${gateway}/${staffRoles[role].page}#code=${code}${path && `&to=${path}`}`
}

function keyOf(code: string): string {
  return `${kind}.${createHash('sha256').update(code).digest('hex')}`
}
