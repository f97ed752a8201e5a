import { z } from 'zod'
import type { Bucket } from '../../../engine/nats/bucket.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import type { KnownCustomer } from '../../../schemas/protocol/widget.ts'
import { token } from '../../../schemas/token.ts'
import type { SigningKeys } from './signing-keys.ts'

const daySeconds = 86_400
/** How long a session's token is valid. */
export const sessionDays = 30
const kind = 'revoked'
const recentMax = 10_000

/** The claims of a session's token: the conversation that it opens, and its customer; `null`: a visitor. */
export interface Session {
  conversation: string
  channel: string
  customer: KnownCustomer | null
  /** The id of the key that vouched for the customer: the session ends with it. */
  key?: string | undefined
  /** The logout after which the customer has logged in again: it does not concern this token. */
  loggedOutAt?: string | undefined
}

/** Hears of revoked conversations. */
export interface RevocationListener {
  /** The conversations that have connections here. */
  open(): Iterable<string>
  /** @param at names the revocation; it does not concern tokens that were issued after it, and name it */
  revoked(conversation: string, at: string): void
}

const session = z.object({
  conversation: token,
  channel: token,
  customer: z.object({ externalId: z.string(), name: z.string().optional() }).nullable(),
  key: z.string().optional(),
  loggedOutAt: z.string().optional(),
})
const revocation = z.object({ at: z.string() })

/** Tokens that open one conversation each, until they expire or the conversation's tokens are revoked. */
export class SessionTokens {
  readonly #keys: SigningKeys
  readonly #bucket: Bucket
  readonly #listeners = new Set<RevocationListener>()
  /** The conversations that were revoked last: a replica of the bucket may be behind. */
  readonly #recent = new Map<string, string>()
  readonly #stop: () => void

  constructor(keys: SigningKeys, bucket: Bucket) {
    this.#keys = keys
    this.#bucket = bucket
    // Earlier ones are not listed, since anybody may revoke the sessions that they begin: reading a token asks for its own.
    const changed = ({ key, value }: { key: string; value: string | null }) => {
      if (value !== null) this.#revoked(key.slice(kind.length + 1), revokedAtIn(value))
    }
    this.#stop = bucket.follow(`${kind}.*`, changed, () => void this.#checkOpen())
  }

  issue(claims: Session): Promise<string> {
    return this.#keys.sign('session', { ...claims }, Date.now() + sessionDays * daySeconds * 1000)
  }

  /**
   * `null` for a token that is not ours, was changed, has expired or was revoked. Asks NATS whether it was revoked,
   * and throws transient errors.
   */
  async read(token: string): Promise<Session | null> {
    const claims = session.safeParse(await this.#keys.verify('session', token))
    if (!claims.success) return null
    const { conversation, loggedOutAt } = claims.data
    const isSuperseded = (at: string) => at === loggedOutAt
    return (await this.#revocationsOf(conversation)).every(isSuperseded) ? (claims.data as Session) : null
  }

  /** Refuses all tokens of a conversation, on all gateways, for as long as they would be valid. */
  async revoke(conversation: string): Promise<void> {
    const at = new Date().toISOString()
    // A day longer than the tokens: one may be issued at this moment.
    const ttl = `${(sessionDays + 1) * daySeconds}s`
    await this.#bucket.put(`${kind}.${conversation}`, JSON.stringify({ at }), { ttl })
    this.#revoked(conversation, at)
  }

  /** Names the last revocation of a conversation's tokens; `undefined`: there was none. */
  async revokedAt(conversation: string): Promise<string | undefined> {
    return (await this.#revocationsOf(conversation)).sort().at(-1)
  }

  /** The last one that this gateway was notified of, and the last one in the bucket, whose replica may be behind. */
  async #revocationsOf(conversation: string): Promise<string[]> {
    const recent = this.#recent.get(conversation)
    const entry = await this.#bucket.get(`${kind}.${conversation}`)
    return [...(recent === undefined ? [] : [recent]), ...(entry ? [revokedAtIn(entry.value)] : [])]
  }

  /** The revocation that listeners were notified of lately: a connection may begin to listen just after that. */
  revokedLatelyAt(conversation: string): string | undefined {
    return this.#recent.get(conversation)
  }

  /**
   * Calls back for each conversation whose tokens are revoked, by any gateway, a moment later, and for some more than
   * once; after a reconnect for those of `open` that were revoked meanwhile. Returns how to stop it.
   */
  onRevoked(listener: RevocationListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  stop(): void {
    this.#stop()
  }

  async #checkOpen(): Promise<void> {
    // A client whose conversation cannot be checked cannot send anything either.
    for (const listener of this.#listeners)
      for (const conversation of [...listener.open()]) {
        const at = await this.revokedAt(conversation).catch(() => undefined)
        if (at !== undefined) listener.revoked(conversation, at)
      }
  }

  #revoked(conversation: string, at: string): void {
    this.#recent.delete(conversation)
    this.#recent.set(conversation, at)
    const [oldest] = this.#recent.keys()
    if (this.#recent.size > recentMax) this.#recent.delete(oldest as string)
    for (const listener of this.#listeners) listener.revoked(conversation, at)
  }
}

function revokedAtIn(value: string): string {
  return revocation.safeParse(parseJson(value)).data?.at ?? ''
}
