import { z } from 'zod'
import type { Bucket } from '../../../engine/nats/bucket.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import { personKey } from './people/people.ts'
import type { StaffSignInId } from './principal.ts'
import { signedInMs } from './staff-cookies.ts'

const kind = 'signed-out'
/** Not an id: those are longer. */
const everybody = 'all'
/** An end is kept longer than the cookies that it ends, by this much: the clocks of gateways differ. */
const spareMs = 60_000

const stored = z.object({ at: z.number() })

/** Before the key of a person. */
const ofPerson = 'person-'

/** A sign-in that is in use here. */
interface Used extends StaffSignInId {
  /** Whose it is. */
  person: string
  expiresAt: number
  controller: AbortController
}

/** The sign-ins of staff that were ended before they expired, on all gateways: one of them, or all up to a moment. */
export class SignOuts {
  readonly #bucket: Bucket
  readonly #ended = new Set<string>()
  /** All sign-ins before this, in epoch milliseconds, are ended. */
  #endedBefore = 0
  /** The sign-ins of these people before this are ended, by the person's key. */
  readonly #endedOf = new Map<string, number>()
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

  /** Ends every sign-in of a person. Throws transient errors. */
  async endOf(id: string): Promise<void> {
    const at = Date.now()
    const ttl = `${Math.ceil((signedInMs + spareMs) / 1000)}s`
    const person = personKey(id)
    await this.#bucket.put(`${kind}.${ofPerson}${person}`, JSON.stringify({ at }), { ttl })
    this.#endPerson(person, at)
  }

  /** Aborts once the sign-in is ended; aborted where it is. */
  signalOf(signIn: StaffSignInId, expiresAt: number, id: string): AbortSignal {
    const person = this.#endedOf.size === 0 ? '' : personKey(id)
    const endedBefore = Math.max(this.#endedBefore, this.#endedOf.get(person) ?? 0)
    if (this.#ended.has(signIn.id) || signIn.at <= endedBefore) return AbortSignal.abort()
    const used = this.#used.get(signIn.id)
    if (used) return used.controller.signal
    for (const { id, expiresAt } of this.#used.values()) if (expiresAt <= Date.now()) this.#used.delete(id)
    const controller = new AbortController()
    this.#used.set(signIn.id, { ...signIn, person: id, expiresAt, controller })
    return controller.signal
  }

  stop(): void {
    this.#stop()
  }

  #changed(id: string, value: string | null): void {
    const person = id.startsWith(ofPerson) ? id.slice(ofPerson.length) : undefined
    const { at = 0 } = stored.safeParse(parseJson(value ?? '')).data ?? {}
    if (person !== undefined) this.#endPerson(person, at)
    else if (value === null) this.#ended.delete(id)
    else if (id === everybody) this.#endBefore(at)
    else this.#end(id)
  }

  #end(id: string): void {
    this.#ended.add(id)
    this.#used.get(id)?.controller.abort()
    this.#used.delete(id)
  }

  /** @param at 0: the end has expired, with all that it ended */
  #endPerson(person: string, at: number): void {
    if (at === 0) this.#endedOf.delete(person)
    else this.#endedOf.set(person, at)
    for (const used of [...this.#used.values()])
      if (used.at <= at && personKey(used.person) === person) {
        used.controller.abort()
        this.#used.delete(used.id)
      }
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
