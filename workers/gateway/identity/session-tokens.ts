import { z } from 'zod'
import type { Bucket } from '../../../engine/nats/bucket.ts'
import type { KnownCustomer } from '../../../schemas/protocol/widget.ts'
import { token } from '../../../schemas/token.ts'
import type { SigningKeys } from './signing-keys.ts'

const daySeconds = 86_400
/** How long a session's token holds, unless it is replaced before. */
export const sessionDays = 30
const kind = 'revoked'
const recentMax = 10_000

/** What a session's token says: which conversation it opens, and who its customer is; `null`: a visitor. */
export interface Session {
  conversation: string
  channel: string
  customer: KnownCustomer | null
}

const session = z.object({
  conversation: token,
  channel: token,
  customer: z.object({ externalId: z.string(), name: z.string().optional() }).nullable(),
})

/** Tokens that open one conversation and no other, until they expire or the conversation's are revoked. */
export class SessionTokens {
  readonly #keys: SigningKeys
  readonly #bucket: Bucket
  readonly #listeners = new Set<(conversation: string) => void>()
  /** The latest that are revoked: a replica of the bucket that is behind may not know them yet. */
  readonly #recent = new Set<string>()
  readonly #watch: Promise<() => void>

  constructor(keys: SigningKeys, bucket: Bucket) {
    this.#keys = keys
    this.#bucket = bucket
    // Nobody waits until all were told: whether a token is revoked is asked of the bucket itself.
    this.#watch = bucket.watch(`${kind}.*`, {
      changed: ({ key, value }) => {
        if (value !== null) this.#revoked(key.slice(kind.length + 1))
      },
    })
  }

  issue(claims: Session): Promise<string> {
    return this.#keys.sign('session', { ...claims }, Date.now() + sessionDays * daySeconds * 1000)
  }

  /**
   * `null` for what is none of ours, was changed, has expired or was revoked. Throws what is weather: NATS is
   * asked whether it was revoked.
   */
  async read(token: string): Promise<Session | null> {
    const claims = session.safeParse(await this.#keys.verify('session', token))
    if (!claims.success || (await this.isRevoked(claims.data.conversation))) return null
    return claims.data as Session
  }

  /** Refuses all tokens of a conversation, on all gateways, for as long as they would hold. */
  async revoke(conversation: string): Promise<void> {
    const at = new Date().toISOString()
    // A day longer than the tokens: one may be issued while this is on its way.
    const ttl = `${(sessionDays + 1) * daySeconds}s`
    await this.#bucket.put(`${kind}.${conversation}`, JSON.stringify({ at }), { ttl })
    this.#revoked(conversation)
  }

  async isRevoked(conversation: string): Promise<boolean> {
    return (
      this.wasRevokedLately(conversation) || (await this.#bucket.get(`${kind}.${conversation}`)) !== undefined
    )
  }

  /** Whether listeners were told so of late: for whoever begins to listen for one that was open a moment ago. */
  wasRevokedLately(conversation: string): boolean {
    return this.#recent.has(conversation)
  }

  /**
   * Tells each conversation whose tokens are revoked, by whichever gateway, a moment later; all that there are at
   * the start and after a reconnect, and some more than once. Returns what ends it.
   */
  onRevoked(callback: (conversation: string) => void): () => void {
    const listener = (conversation: string) => callback(conversation)
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  stop(): void {
    void this.#watch.then((stop) => stop())
  }

  #revoked(conversation: string): void {
    this.#recent.delete(conversation)
    this.#recent.add(conversation)
    const [oldest] = this.#recent
    if (this.#recent.size > recentMax) this.#recent.delete(oldest as string)
    for (const listener of this.#listeners) listener(conversation)
  }
}
