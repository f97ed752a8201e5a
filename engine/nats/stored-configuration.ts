import { isDeepStrictEqual } from 'node:util'
import type { KV } from '@nats-io/kv'
import type { Channel } from '../../schemas/channel.ts'
import { type Document, type Kind, kinds } from '../../schemas/configuration.ts'

/** A document as the bucket has it; not checked: an administrator may look at what workers pass over. */
export interface StoredDocument {
  kind: string
  id: string
  document: unknown
}

/** The configuration in its bucket. */
export class StoredConfiguration {
  readonly #bucket: KV

  constructor(bucket: KV) {
    this.#bucket = bucket
  }

  /** `undefined` where there is none. */
  async get(kind: string, id: string): Promise<StoredDocument | undefined> {
    const entry = await this.#bucket.get(`${kind}.${id}`)
    if (entry?.operation !== 'PUT') return undefined
    return { kind, id, document: parse(entry.string()) }
  }

  /** All, or all of one kind, by kind and id. */
  async list(kind?: Kind): Promise<StoredDocument[]> {
    const found: StoredDocument[] = []
    for await (const key of await this.#bucket.keys(kind ? `${kind}.*` : '>')) {
      const [of = '', id = ''] = key.split('.')
      const stored = await this.get(of, id)
      if (stored) found.push(stored)
    }
    const order = (of: string) => (kinds as readonly string[]).indexOf(of)
    return found.sort((a, b) => order(a.kind) - order(b.kind) || (a.id < b.id ? -1 : 1))
  }

  /** Says whether it was another one before. */
  async put({ kind, document }: Document): Promise<boolean> {
    const before = await this.get(kind, document.id)
    // As JSON: what is `undefined` here is not there.
    if (before && isDeepStrictEqual(before.document, JSON.parse(JSON.stringify(document)))) return false
    await this.#bucket.put(`${kind}.${document.id}`, JSON.stringify(document))
    return true
  }

  async delete(kind: string, id: string): Promise<void> {
    await this.#bucket.delete(`${kind}.${id}`)
  }

  /** The channels that refer to a schedule or a bot. */
  async usersOf(kind: string, id: string): Promise<string[]> {
    if (kind === 'channel') return []
    const channels = await this.list('channel')
    return channels.filter(({ document }) => referenceOf(document, kind) === id).map((channel) => channel.id)
  }
}

/** What a channel refers to. */
export function referenceOf(channel: unknown, kind: string): string | null {
  return (channel as Partial<Channel & Record<string, string>> | null)?.[kind as 'schedule'] || null
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}
