import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Bucket } from '../../../../engine/nats/bucket.ts'
import { isWeather } from '../../../../engine/nats/errors.ts'
import { parseJson } from '../../../../schemas/parse-json.ts'
import { type StaffRole, staffRoleNames } from '../../../../schemas/roles.ts'

const kind = 'person'
/** People who were not seen for this long are forgotten. */
const keptFor = `${90 * 24}h`
/** Somebody is stored at most once in this time, unless they sign in: pages reconnect often. */
const noteEveryMs = 10 * 60_000
const notedMax = 10_000

const person = z.object({
  id: z.string(),
  name: z.string(),
  workspaces: z.union([z.literal('all'), z.array(z.string())]),
  /** When they were last seen in each role, in epoch milliseconds. */
  seen: z.partialRecord(z.enum(staffRoleNames), z.number()),
})
export type SeenPerson = z.infer<typeof person>

/** The people who have signed in or were at a desk lately: one key for each, which expires. */
export class People {
  readonly #bucket: Bucket
  readonly #noted = new Map<string, number>()

  constructor(bucket: Bucket) {
    this.#bucket = bucket
  }

  /** Notes that somebody is here. Nobody waits for it: where it cannot be stored it is left out. */
  seen(
    { id, name, workspaces }: Omit<SeenPerson, 'seen'>,
    roles: readonly StaffRole[],
    isSignIn = false,
  ): void {
    const now = Date.now()
    const noted = `${id} ${roles}`
    if (!isSignIn && now - (this.#noted.get(noted) ?? 0) < noteEveryMs) return
    if (this.#noted.size >= notedMax) this.#noted.clear()
    this.#noted.set(noted, now)
    void this.#store({ id, name, workspaces, seen: Object.fromEntries(roles.map((role) => [role, now])) })
  }

  /** All of them, who was seen last first. Throws transient errors. */
  async list(): Promise<SeenPerson[]> {
    const entries = await this.#bucket.list(`${kind}.*`)
    const people = entries.flatMap(({ value }) => person.safeParse(parseJson(value)).data ?? [])
    return people.sort((a, b) => lastSeen(b) - lastSeen(a))
  }

  async #store(now: SeenPerson): Promise<void> {
    const key = `${kind}.${personKey(now.id)}`
    try {
      const { value = '' } = (await this.#bucket.get(key)) ?? {}
      const before = person.safeParse(parseJson(value)).data?.seen
      await this.#bucket.put(key, JSON.stringify({ ...now, seen: { ...before, ...now.seen } }), {
        ttl: keptFor,
      })
    } catch (error) {
      if (!isWeather(error)) throw error
    }
  }
}

export function lastSeen({ seen }: SeenPerson): number {
  return Math.max(...Object.values(seen))
}

/** A person's id as a token of a key: it may have any characters, such as an e-mail address. */
export function personKey(id: string): string {
  return createHash('sha256').update(id).digest('base64url')
}
