import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Logger } from 'pino'
import { z } from 'zod'
import { Conflict } from '../../../engine/errors.ts'
import type { Bucket } from '../../../engine/nats/bucket.ts'
import { retry } from '../../../engine/nats/retry.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import { tokenLengthMax } from '../../../schemas/protocol/widget.ts'
import type { StaffRole } from '../../../schemas/roles.ts'
import { KnownSecrets } from './known-secrets.ts'

/** How long the link in an e-mail works, in days. */
export const unsubscribeDays = 730

/** The use of a token of the gateway's own: it is not valid for any other. */
export type Purpose = 'session' | 'unsubscribe' | StaffRole

const kind = 'signing'
const retryMs = 50
const keyBytes = 32
/** How long a key that was rotated is stored for the links in e-mails, which it has signed; as long as those work. */
const unsubscribeSeconds = (unsubscribeDays + 1) * 86_400
/** A new key signs only from then on: until every gateway knows it, one would refuse what another one signs. */
const spreadMs = 60_000
/** Sessions last for 30 days: with this nobody is signed out by a rotation. */
export const keptDaysDefault = 31

const signingKey = z.object({
  secret: z.base64url().min(1),
  /** When it begins to sign, in epoch milliseconds; absent: at once. */
  from: z.number().optional(),
  /** From when on it verifies nothing but the links in e-mails; absent: it was not rotated. */
  until: z.number().optional(),
})
type SigningKey = z.infer<typeof signingKey>

/** The keys of the gateway's own tokens, shared by all gateways of this NATS. */
export class SigningKeys {
  readonly #bucket: Bucket
  readonly #known: KnownSecrets<SigningKey>

  private constructor(bucket: Bucket, known: KnownSecrets<SigningKey>) {
    this.#bucket = bucket
    this.#known = known
  }

  static async open(bucket: Bucket, log: Logger): Promise<SigningKeys> {
    const keys = new SigningKeys(bucket, await KnownSecrets.watch(bucket, kind, signingKey, log))
    // The bucket may be readable before it has a leader.
    const { signal } = new AbortController()
    await retry('a key for tokens', { log, signal }, () => keys.#newest())
    return keys
  }

  /** @param expiresAt in epoch milliseconds */
  async sign(purpose: Purpose, claims: JWTPayload, expiresAt: number): Promise<string> {
    const [kid, key] = await this.#newest()
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid, typ: typeOf(purpose) })
      .setAudience(audienceOf(purpose))
      .setIssuedAt()
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .sign(bytesOf(key))
  }

  /** The claims; `null` for a token that is not signed by one of these keys for this purpose, or has expired. */
  async verify(purpose: Purpose, token: string): Promise<JWTPayload | null> {
    if (token.length > tokenLengthMax) return null
    try {
      const { payload } = await jwtVerify(
        token,
        ({ kid = '' }) => {
          const key = this.#known.get(kid)
          if (!key || (purpose !== 'unsubscribe' && hasEnded(key))) throw new errors.JWKSNoMatchingKey()
          return bytesOf(key)
        },
        {
          algorithms: ['HS256'],
          typ: typeOf(purpose),
          audience: audienceOf(purpose),
          requiredClaims: ['exp'],
        },
      )
      return payload
    } catch (error) {
      if (error instanceof errors.JOSEError) return null
      throw error
    }
  }

  /**
   * Makes another key, which signs from a minute on. Earlier ones verify for so long after that; none at all where that
   * is 0, as for a key that others know: then the new one signs at once, and every session and sign-in ends.
   * Returns both moments, in epoch milliseconds. Throws Conflict where somebody else rotates them; transient errors.
   */
  async rotate(keptMs: number): Promise<{ from: number; until: number }> {
    const from = Date.now() + (keptMs === 0 ? 0 : spreadMs)
    const until = from + keptMs
    const earlier = await this.#bucket.list(`${kind}.*`)
    const ids = earlier.map(({ key }) => Number(key.slice(kind.length + 1)))
    const secret = randomBytes(keyBytes).toString('base64url')
    await this.#bucket.create(`${kind}.${Math.max(0, ...ids) + 1}`, JSON.stringify({ secret, from }))
    for (const { key, value, revision } of earlier) {
      const known = signingKey.safeParse(parseJson(value)).data
      if (!known) continue
      const ended = { ...known, until: Math.min(known.until ?? until, until) }
      await this.#bucket.put(key, JSON.stringify(ended), { revision, ttl: `${unsubscribeSeconds}s` })
    }
    return { from, until }
  }

  stop(): void {
    this.#known.stop()
  }

  /** The first gateway makes a key. Ids are numbers, so that a later key may replace it. */
  async #newest(): Promise<[kid: string, key: SigningKey]> {
    for (;;) {
      const newest = this.#known.all().sort(([a], [b]) => Number(b) - Number(a))
      const current = newest.find(([, { from = 0 }]) => from <= Date.now()) ?? newest[0]
      if (current) return current
      const key = { secret: randomBytes(keyBytes).toString('base64url') }
      try {
        await this.#bucket.create(`${kind}.1`, JSON.stringify(key))
        this.#known.set('1', key)
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
        // Another gateway made it at the same time; the watch will report it.
        await sleep(retryMs)
      }
    }
  }
}

function hasEnded({ until = Number.POSITIVE_INFINITY }: SigningKey): boolean {
  return until <= Date.now()
}

function bytesOf({ secret }: SigningKey): Uint8Array {
  return Buffer.from(secret, 'base64url')
}

const typeOf = (purpose: Purpose) => `frontdesk-${purpose}+jwt`
const audienceOf = (purpose: Purpose) => `frontdesk/${purpose}`
