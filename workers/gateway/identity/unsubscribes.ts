import { hash } from 'node:crypto'
import { z } from 'zod'
import type { Bucket } from '../../../engine/nats/bucket.ts'
import { type SigningKeys, unsubscribeDays } from './signing-keys.ts'

const kind = 'unsubscribed'
const dayMs = 86_400_000

const claims = z.object({ address: z.base64url() })

/** The addresses that get no e-mails from chats, kept as digests, and the tokens of the links that unsubscribe. */
export class Unsubscribes {
  readonly #keys: SigningKeys
  readonly #bucket: Bucket

  /** @param bucket of secrets */
  constructor(keys: SigningKeys, bucket: Bucket) {
    this.#keys = keys
    this.#bucket = bucket
  }

  tokenFor(address: string): Promise<string> {
    return this.#keys.sign(
      'unsubscribe',
      { address: digestOf(address) },
      Date.now() + unsubscribeDays * dayMs,
    )
  }

  /** The digest of the address that a token may unsubscribe; `null` for one that is not ours, or too old. */
  async read(token: string): Promise<string | null> {
    return claims.safeParse(await this.#keys.verify('unsubscribe', token)).data?.address ?? null
  }

  /** @param digest as `read` returns it */
  async add(digest: string): Promise<void> {
    await this.#bucket.put(`${kind}.${digest}`, JSON.stringify({ at: new Date().toISOString() }))
  }

  async has(address: string): Promise<boolean> {
    return (await this.#bucket.get(`${kind}.${digestOf(address)}`)) !== undefined
  }
}

/** Mail systems do not tell the case of an address apart. */
function digestOf(address: string): string {
  return hash('sha256', address.toLowerCase(), 'base64url')
}
