import { createHash } from 'node:crypto'
import { z } from 'zod'
import { parseJson } from '../../../schemas/parse-json.ts'
import { Bucket } from '../bucket.ts'
import type { RoleConnection } from '../connect.ts'

/** How long a thread is kept after its last change: then a reply by e-mail is not accepted any more. */
const ttl = '2160h'
const digestLength = 16

/** A mailer is at work on an e-mail, or a later attempt is due. The content is decided: a retry sends the same. */
const claim = z.object({
  /** The sequences of records whose messages of the agent are in the e-mail: after this one, up to that one. */
  after: z.int(),
  upTo: z.int(),
  /** Until when no other mailer may send it, in epoch milliseconds. */
  until: z.number(),
  attempts: z.int(),
})

const thread = z.object({
  conversation: z.string(),
  /** Makes the address for replies unguessable. */
  secret: z.string(),
  /** The sequence of the last record that was mailed, or seen. */
  done: z.int(),
  /** When an e-mail was sent last, in epoch milliseconds. */
  mailedAt: z.number().optional(),
  claim: claim.optional(),
})
export type MailThread = z.infer<typeof thread>

/** A thread with the revision of its key; 0: there is none yet. */
export interface StoredThread {
  revision: number
  thread: MailThread | undefined
}

/** The bucket of what was mailed: no text and no address, one key for each conversation. */
export class MailThreads {
  readonly #bucket: Bucket

  constructor(role: RoleConnection) {
    this.#bucket = new Bucket(role, 'mail')
  }

  /** @param digest as `threadDigest` makes it of a conversation */
  async load(digest: string): Promise<StoredThread> {
    const entry = await this.#bucket.last(`thread.${digest}`)
    const read = entry?.value == null ? undefined : thread.safeParse(parseJson(entry.value)).data
    return { revision: entry?.revision ?? 0, thread: read }
  }

  /** Returns the new revision. Throws Conflict where another mailer has written since. */
  store(changed: MailThread, revision: number): Promise<number> {
    const key = `thread.${threadDigest(changed.conversation)}`
    return this.#bucket.put(key, JSON.stringify(changed), { revision, ttl })
  }

  async forget(conversation: string): Promise<void> {
    const key = `thread.${threadDigest(conversation)}`
    if (await this.#bucket.get(key)) await this.#bucket.purge(key)
  }
}

/** Names a conversation in keys, message ids and addresses: lower-case letters and digits. */
export function threadDigest(conversation: string): string {
  return lettersOf(createHash('sha256').update(conversation).digest()).slice(0, digestLength)
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** Bytes in an alphabet of 32: mail systems may change the case of an address. */
export function lettersOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => alphabet[byte & 31]).join('')
}
