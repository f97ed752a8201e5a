import { isDeepStrictEqual } from 'node:util'
import type { Channel } from '../../../schemas/configuration/channel.ts'
import {
  type Document,
  documentLevelsMax,
  type Kind,
  kinds,
} from '../../../schemas/configuration/document.ts'
import { calendarEntry } from '../../../schemas/configuration/holiday-entry.ts'
import { levelsOf } from '../../../schemas/parse-json.ts'
import { Bucket, type BucketEntry, type BucketWrite } from '../bucket.ts'
import type { RoleConnection } from '../connect.ts'

/** A document as it is stored; not checked: administrators also see documents that workers pass over. */
export interface StoredDocument {
  kind: string
  id: string
  document: unknown
  /** Changes with each write. */
  revision: number
  /** When it was written, in epoch milliseconds. */
  at: number
  /** The name of the person who wrote it, where it is known. */
  by?: string
}

/** A change of a document: a version of it, or its deletion. */
export interface DocumentRevision extends Omit<StoredDocument, 'kind' | 'id'> {
  isDeletion: boolean
}

export interface ConfigurationChange extends Pick<BucketWrite, 'revision' | 'by'> {
  /** Called before it is written, with the revision that it replaces; 0: there is none. */
  before?: (replaced: number) => Promise<void>
}

/** The configuration in its bucket. */
export class ConfigurationStore {
  readonly #bucket: Bucket

  constructor(role: RoleConnection) {
    this.#bucket = new Bucket(role, 'configuration')
  }

  /** `undefined` where there is none. */
  async get(kind: string, id: string): Promise<StoredDocument | undefined> {
    const entry = await this.#bucket.get(`${kind}.${id}`)
    return entry && storedDocument(entry)
  }

  /** All documents, or those of one kind, ordered by kind and id. */
  async list(kind?: Kind): Promise<StoredDocument[]> {
    const entries = await this.#bucket.list(kind ? `${kind}.*` : '*.*')
    const order = (name: string) => (kinds as readonly string[]).indexOf(name)
    return entries.map(storedDocument).sort((a, b) => order(a.kind) - order(b.kind) || (a.id < b.id ? -1 : 1))
  }

  /** The latest changes of a document, the latest first; also of one that is deleted. */
  async revisions(kind: string, id: string): Promise<DocumentRevision[]> {
    const entries = await this.#bucket.revisions(`${kind}.${id}`)
    return entries.reverse().map(({ key: _, value, ...change }) => ({
      ...change,
      document: value === null ? null : parse(value),
      isDeletion: value === null,
    }))
  }

  /**
   * Returns the document's revision, and whether this write changed it. Throws Conflict where `revision` is given and
   * is not the stored document's, 0 where there must be none.
   */
  async put(
    { kind, document }: Document,
    { revision, by, before: note }: ConfigurationChange = {},
  ): Promise<{ revision: number; isChanged: boolean }> {
    // With a revision it always writes: a read may be stale.
    const before = revision === undefined ? await this.get(kind, document.id) : undefined
    // As JSON, which drops fields that are `undefined`.
    if (before && isDeepStrictEqual(before.document, JSON.parse(JSON.stringify(document))))
      return { revision: before.revision, isChanged: false }
    await note?.(revision ?? before?.revision ?? 0)
    const key = `${kind}.${document.id}`
    const json = JSON.stringify(document)
    const stored = await (revision === 0
      ? this.#bucket.create(key, json, { by })
      : this.#bucket.put(key, json, { revision, by }))
    return { revision: stored, isChanged: true }
  }

  /** Throws Conflict where `revision` is given and is not that of the stored document. */
  async delete(
    kind: string,
    id: string,
    { before: note, ...change }: ConfigurationChange = {},
  ): Promise<void> {
    if (note) await note(change.revision ?? (await this.get(kind, id))?.revision ?? 0)
    await this.#bucket.delete(`${kind}.${id}`, change)
  }

  /** Calls back for each document that changes, and for all after a reconnect; returns the function that ends it. */
  async watch(changed: (kind: string, id: string) => void): Promise<() => void> {
    let isKnown = false
    return this.#bucket.watch('*.*', {
      changed: ({ key }) => {
        const [kind = '', id = ''] = key.split('.')
        if (isKnown) changed(kind, id)
      },
      listed: () => {
        isKnown = true
      },
    })
  }

  /** The channels that refer to a schedule or a bot, or the schedules that name a calendar. */
  async usersOf(kind: string, id: string): Promise<string[]> {
    if (kind === 'channel') return []
    if (kind === 'calendar') {
      const schedules = await this.list('schedule')
      return schedules.filter(({ document }) => namesCalendar(document, id)).map((schedule) => schedule.id)
    }
    const channels = await this.list('channel')
    return channels.filter(({ document }) => referenceOf(document, kind) === id).map((channel) => channel.id)
  }
}

/** The id that a channel has as its schedule or bot. */
export function referenceOf(channel: unknown, kind: string): string | null {
  return (channel as Partial<Channel & Record<string, string>> | null)?.[kind as 'schedule'] || null
}

function namesCalendar(schedule: unknown, id: string): boolean {
  const holidays = (schedule as { holidays?: unknown } | null)?.holidays
  return [holidays].flat().includes(calendarEntry(id))
}

function storedDocument({ key, value, ...change }: BucketEntry & { value: string }): StoredDocument {
  const [kind = '', id = ''] = key.split('.')
  return { kind, id, document: parse(value), ...change }
}

/** The raw text if it is not valid JSON or is nested too deeply for JSON.stringify. */
function parse(json: string): unknown {
  try {
    const document: unknown = JSON.parse(json)
    return levelsOf(document) > documentLevelsMax ? json : document
  } catch {
    return json
  }
}
