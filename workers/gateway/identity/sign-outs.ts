import { z } from 'zod'
import type { Bucket } from '../../../engine/nats/bucket.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import type { StaffSignInId } from './principal.ts'
import { signedInMs } from './staff-cookies.ts'

const kind = 'signed-out'
/** Not an id: those are longer. */
const everybody = 'all'
/** An end is kept longer than the cookies that it ends, by this much: the clocks of gateways differ. */
const spareMs = 60_000

const stored = z.object({ at: z.number() })

/** A sign-in that is in use here. */
interface Used extends StaffSignInId {
  expiresAt: number
  controller: AbortController
}

/** The sign-ins of staff that were ended before they expired, on all gateways: one of them, or all up to a moment. */
export class SignOuts {
  readonly #bucket: Bucket
  readonly #ended = new Set<string>()
  /** All sign-ins before this, in epoch milliseconds, are ended. */
  #endedBefore = 0
  readonly #used = new Map<string, Used>()
  #stop = () => {}

  private constructor(bucket: Bucket) {
    this.#bucket = bucket
  }

  /** Settles once all present ends are known. */
  static async open(bucket: Bucket): Promise<SignOuts> {
    const signOuts = new SignOuts(bucket)
    signOuts.#stop = await bucket.watch(`${kind}.*`, {
      changed: ({ key, value }) => signOuts.#changed(key.slice(kind.length + 1), value),
    })
    return signOuts
  }

  /** Ends a sign-in. Throws transient errors. */
  async end({ id }: StaffSignInId, expiresAt: number): Promise<void> {
    const at = Date.now()
    const ttl = `${Math.ceil((Math.max(0, expiresAt - at) + spareMs) / 1000)}s`
    await this.#bucket.put(`${kind}.${id}`, JSON.stringify({ at }), { ttl })
    this.#end(id)
  }

  /** Ends every sign-in that there is. Throws transient errors. */
  async endAll(): Promise<void> {
    const at = Date.now()
    const ttl = `${Math.ceil((signedInMs + spareMs) / 1000)}s`
    await this.#bucket.put(`${kind}.${everybody}`, JSON.stringify({ at }), { ttl })
    this.#endBefore(at)
  }

  /** Aborts once the sign-in is ended; aborted where it is. */
  signalOf(signIn: StaffSignInId, expiresAt: number): AbortSignal {
    if (this.#ended.has(signIn.id) || signIn.at <= this.#endedBefore) return AbortSignal.abort()
    const used = this.#used.get(signIn.id)
    if (used) return used.controller.signal
    for (const { id, expiresAt } of this.#used.values()) if (expiresAt <= Date.now()) this.#used.delete(id)
    const controller = new AbortController()
    this.#used.set(signIn.id, { ...signIn, expiresAt, controller })
    return controller.signal
  }

  stop(): void {
    this.#stop()
  }

  #changed(id: string, value: string | null): void {
    if (value === null) this.#ended.delete(id)
    else if (id !== everybody) this.#end(id)
    else this.#endBefore(stored.safeParse(parseJson(value)).data?.at ?? 0)
  }

  #end(id: string): void {
    this.#ended.add(id)
    this.#used.get(id)?.controller.abort()
    this.#used.delete(id)
  }

  #endBefore(at: number): void {
    this.#endedBefore = Math.max(this.#endedBefore, at)
    for (const used of this.#used.values())
      if (used.at <= this.#endedBefore) {
        used.controller.abort()
        this.#used.delete(used.id)
      }
  }
}
