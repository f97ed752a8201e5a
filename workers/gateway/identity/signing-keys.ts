import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Logger } from 'pino'
import { z } from 'zod'
import { Conflict } from '../../../engine/errors.ts'
import type { Bucket } from '../../../engine/nats/bucket.ts'
import { retry } from '../../../engine/nats/retry.ts'
import { tokenLengthMax } from '../../../schemas/protocol/widget.ts'
import type { StaffRole } from '../../../schemas/roles.ts'
import { KnownSecrets } from './known-secrets.ts'

/** The use of a token of the gateway's own: it is not valid for any other. */
export type Purpose = 'session' | 'unsubscribe' | StaffRole

const kind = 'signing'
const retryMs = 50
const signingKey = z.object({ secret: z.base64url().min(1) })
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
          if (!key) throw new errors.JWKSNoMatchingKey()
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

  stop(): void {
    this.#known.stop()
  }

  /** The first gateway makes a key. Ids are numbers, so that a later key may replace it. */
  async #newest(): Promise<[kid: string, key: SigningKey]> {
    for (;;) {
      const newest = this.#known.all().sort(([a], [b]) => Number(b) - Number(a))[0]
      if (newest) return newest
      const key = { secret: randomBytes(32).toString('base64url') }
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

function bytesOf({ secret }: SigningKey): Uint8Array {
  return Buffer.from(secret, 'base64url')
}

const typeOf = (purpose: Purpose) => `frontdesk-${purpose}+jwt`
const audienceOf = (purpose: Purpose) => `frontdesk/${purpose}`
