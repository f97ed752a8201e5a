import { z } from 'zod'
import type { Bucket } from '../../../engine/nats/bucket.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import { token } from '../../../schemas/token.ts'

export const apiSecretsMax = 100
/** A shorter secret would be found in unrelated values. */
export const apiSecretLengthMin = 8
export const apiSecretLengthMax = 4096
/** The placeholders of secrets in a call's text, each with the secret's name. */
export const placedSecrets = /\{\{\s*secret\.([A-Za-z0-9_-]{1,64})\s*\}\}/g

/** The first token of the bucket's keys. */
const kind = 'api'

const apiSecret = z.object({ value: z.string(), createdAt: z.string() })

export interface ListedSecret {
  name: string
  createdAt: string
}

export interface Secrets {
  /** `undefined` where there is none of that name. */
  valueOf(name: string): Promise<string | undefined>
}

/** Secrets by name, for bots' calls of APIs (`{{secret.<name>}}` in a header) and for webhooks. */
export class ApiSecrets {
  readonly #bucket: Bucket

  constructor(bucket: Bucket) {
    this.#bucket = bucket
  }

  /** The present value; `undefined` where there is none. */
  async valueOf(name: string): Promise<string | undefined> {
    const entry = await this.#bucket.get(keyOf(name))
    return entry && read(entry.value)?.value
  }

  /** Lists the secrets by name, without their values. */
  async list(): Promise<ListedSecret[]> {
    const entries = await this.#bucket.list(`${kind}.*`)
    return entries.map(({ key, value }) => ({
      name: key.slice(kind.length + 1),
      createdAt: read(value)?.createdAt ?? '',
    }))
  }

  /**
   * Creates or replaces a secret. Throws RangeError where the name or the value is not allowed.
   *
   * @param before called before it is written
   */
  async set(name: string, value: string, before?: () => Promise<void>): Promise<void> {
    const named = token.safeParse(name)
    if (!named.success) throw new RangeError(`the name ${named.error.issues[0]?.message}`)
    if (value.length < apiSecretLengthMin || value.length > apiSecretLengthMax)
      throw new RangeError(`a secret has ${apiSecretLengthMin} to ${apiSecretLengthMax} characters`)
    // Characters that every implementation accepts in a header (RFC 9110 5.5).
    if (!/^[\x20-\x7e]*$/.test(value)) throw new RangeError('a secret is one line of ASCII characters')
    const others = (await this.list()).filter((secret) => secret.name !== name)
    if (others.length >= apiSecretsMax)
      throw new RangeError(`there are ${apiSecretsMax} secrets, the limit: delete one first`)
    await before?.()
    await this.#bucket.put(keyOf(name), JSON.stringify({ value, createdAt: new Date().toISOString() }))
  }

  /** Whether there was one. */
  async delete(name: string): Promise<boolean> {
    if (!token.safeParse(name).success || !(await this.#bucket.get(keyOf(name)))) return false
    await this.#bucket.delete(keyOf(name))
    return true
  }
}

function keyOf(name: string): string {
  return `${kind}.${name}`
}

function read(json: string): z.infer<typeof apiSecret> | undefined {
  return apiSecret.safeParse(parseJson(json)).data
}
