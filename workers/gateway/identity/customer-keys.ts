import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Bucket } from '../../../engine/nats/bucket.ts'
import { type KeyAnswer, newKey } from '../../../schemas/protocol/admin.ts'
import { token } from '../../../schemas/token.ts'
import type { RefusalCode } from '../http/refusals.ts'
import { KnownSecrets } from './known-secrets.ts'

export const customerKeysMax = 100
/** The size of HS256's hash: RFC 7518 3.2 requires at least that. */
const secretBytes = 32
const kind = 'customer-key'

const customerKey = z.object({ name: z.string(), createdAt: z.string(), secret: z.string().min(1) })
type CustomerKey = z.infer<typeof customerKey>

/** There is no room for another key. */
export class TooManyKeys extends Error {
  readonly code = 'too_many_keys' satisfies RefusalCode
}

/** The keys with which a company's server signs its customers' logins. */
export class CustomerKeys {
  readonly #bucket: Bucket
  readonly #known: KnownSecrets<CustomerKey>

  private constructor(bucket: Bucket, known: KnownSecrets<CustomerKey>) {
    this.#bucket = bucket
    this.#known = known
  }

  static async open(bucket: Bucket, log: Logger): Promise<CustomerKeys> {
    return new CustomerKeys(bucket, await KnownSecrets.watch(bucket, kind, customerKey, log))
  }

  /** The oldest first, without secrets. */
  async list(): Promise<KeyAnswer[]> {
    const keys = this.#known.all().map(([kid, { name, createdAt }]) => ({ kid, name, createdAt }))
    return keys.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
  }

  /**
   * The only time that the secret is returned: 256 bits as base64url text; a JWT is signed with the text's own bytes.
   * Throws TooManyKeys; RangeError for a name that is not valid.
   */
  async create(name: string): Promise<KeyAnswer & { secret: string }> {
    const named = newKey.safeParse({ name })
    if (!named.success) throw new RangeError(`name: ${named.error.issues[0]?.message}`)
    // Two at the same moment may exceed it by one: the limit only bounds storage.
    if (this.#known.all().length >= customerKeysMax)
      throw new TooManyKeys(`there are ${customerKeysMax} keys, the limit: revoke one first`)
    const kid = randomBytes(8).toString('hex')
    const key = {
      name,
      createdAt: new Date().toISOString(),
      secret: randomBytes(secretBytes).toString('base64url'),
    }
    await this.#bucket.create(`${kind}.${kid}`, JSON.stringify(key))
    this.#known.set(kid, key)
    return { kid, ...key }
  }

  /** Returns whether the key existed. Takes effect here at once, on other gateways within a moment. */
  async revoke(kid: string): Promise<boolean> {
    if (!token.safeParse(kid).success) return false
    const stored = await this.#bucket.get(`${kind}.${kid}`)
    if (!stored) return false
    await this.#bucket.delete(`${kind}.${kid}`)
    this.#known.set(kid, undefined)
    return true
  }

  has(kid: string): boolean {
    return this.#known.get(kid) !== undefined
  }

  /** The bytes that a key's signatures are verified with. */
  secretOf(kid: string): Uint8Array | undefined {
    const key = this.#known.get(kid)
    return key && new TextEncoder().encode(key.secret)
  }

  stop(): void {
    this.#known.stop()
  }
}
