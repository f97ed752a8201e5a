import type { Msg } from '@nats-io/transport-node'
import { Conflict } from '../errors.ts'
import { CatchUp } from './catch-up.ts'
import type { RoleConnection } from './connect.ts'
import { directGet, directGetLast, type StoredMessage } from './direct-get.ts'
import { isConflict } from './errors.ts'
import { onReconnect } from './on-reconnect.ts'
import { type Headers, headersIn } from './publisher.ts'
import { buckets, subjects } from './topology.ts'
import { type Context, inTrace, traceIn } from './tracing/tracing.ts'

/** A key of a bucket as it was stored. */
export interface BucketEntry {
  key: string
  /** The revision that a write has to name to follow this one. */
  revision: number
  /** When it was stored, in epoch milliseconds. */
  at: number
  /** `null`: deleted. */
  value: string | null
  /** The name of the person who wrote it, where it is known. */
  by?: string
  /** The trace in which it was written, of a change that is reported live. */
  trace?: Context | undefined
}

type Present = BucketEntry & { value: string }

export interface BucketWrite {
  /** The key's expected revision, a deletion's included, 0 for none; else Conflict. Absent: any revision. */
  revision?: number | undefined
  /** The key expires after this, as NATS writes it: `90s`, `168h`; for buckets that allow it. */
  ttl?: string
  /** The name of the person who writes it. */
  by?: string | undefined
}

/** Called one at a time: a promise is awaited before the next call. */
export interface BucketWatcher {
  /** All entries follow now. */
  listing?(): void
  /** Each in the order in which they were stored; while listing, a key's earlier values may come before its last. */
  changed(entry: BucketEntry): void | Promise<void>
  /** All entries were reported. */
  listed?(): void | Promise<void>
  /** The bucket cannot be read at the moment: it is tried again. */
  failed?(error: unknown): void
}

/** A marker has one of these headers, which says why the value is gone: deleted, or expired. */
const goneHeaders = ['KV-Operation', 'Nats-Marker-Reason'] as const
/** Never in a document: a document is what its author wrote. */
const byHeader = 'Frontdesk-By'
const nameLengthMax = 255
const listBatchBytes = 1024 * 1024

/**
 * A key-value bucket with the rights of a role: publish, subscribe, and direct gets. Any replica answers a read, also a
 * slightly stale one.
 */
export class Bucket {
  readonly #role: RoleConnection
  readonly #name: string
  readonly #stream: string
  readonly #prefix: string

  constructor(role: RoleConnection, bucket: keyof typeof buckets) {
    this.#role = role
    this.#name = buckets[bucket]
    this.#stream = `KV_${this.#name}`
    this.#prefix = `$KV.${this.#name}.`
  }

  /** `undefined` where there is none. */
  async get(key: string): Promise<Present | undefined> {
    const entry = await this.last(key)
    return entry && isPresent(entry) ? entry : undefined
  }

  /** The last entry of a key, a deletion included; `undefined` where it never had one. */
  async last(key: string): Promise<BucketEntry | undefined> {
    const message = await directGetLast(this.#role, this.#stream, this.#prefix + key)
    return message ? this.#entryOf(message) : undefined
  }

  /** All that are not deleted, by key. */
  async list(filter = '>'): Promise<Present[]> {
    const found = new Map<string, BucketEntry>()
    // The bucket may keep earlier values, too: the last of a key counts.
    for await (const entry of this.#read(filter, 0)) found.set(entry.key, entry)
    return [...found.values()].filter(isPresent).sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  /** All kept entries of a key, deletions included; the present one is the last. */
  async revisions(key: string): Promise<BucketEntry[]> {
    const found: BucketEntry[] = []
    for await (const entry of this.#read(key, 0)) found.push(entry)
    return found
  }

  /** Returns the new revision. Throws Conflict; NoAnswer where it is unknown whether it was stored. */
  async put(key: string, value: string, write: BucketWrite = {}): Promise<number> {
    return this.#write(key, value, {}, write)
  }

  /** Puts a key that is not there, or was deleted. Throws as `put`. */
  async create(key: string, value: string, write: Omit<BucketWrite, 'revision'> = {}): Promise<number> {
    try {
      return await this.put(key, value, { ...write, revision: 0 })
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      const last = await this.last(key)
      if (!last || isPresent(last)) throw error
      return this.put(key, value, { ...write, revision: last.revision })
    }
  }

  /** Throws Conflict where the key has another revision. */
  async delete(key: string, write: Omit<BucketWrite, 'ttl'> = {}): Promise<void> {
    await this.#write(key, '', { 'KV-Operation': 'DEL' }, write)
  }

  /** Deletes a key with all its earlier values. */
  async purge(key: string): Promise<void> {
    await this.#write(key, '', { 'KV-Operation': 'PURGE', 'Nats-Rollup': 'sub' }, {})
  }

  /**
   * Reports all entries, then each change, and all again after a reconnect; for buckets whose changes are published
   * (`republishOf`). Settles once all were reported for the first time; returns the function that ends it.
   */
  async watch(filter: string, watcher: BucketWatcher): Promise<() => void> {
    const { connection } = this.#role
    let last = 0
    let mustList = true
    const live: BucketEntry[] = []
    const catchUp = new CatchUp(this.#role, {
      reconnected: () => {
        mustList = true
      },
      failed: (error) => watcher.failed?.(error),
      read: async () => {
        const isList = mustList
        mustList = false
        try {
          if (isList) {
            last = 0
            watcher.listing?.()
          }
          for await (const entry of this.#read(filter, last)) {
            if (!catchUp.isOpen) return last
            last = entry.revision
            const handled = watcher.changed(entry)
            if (handled !== undefined) await handled
          }
        } catch (error) {
          mustList ||= isList
          throw error
        }
        if (isList) await watcher.listed?.()
        return last
      },
      handleNext: () => {
        const entry = live.shift()
        if (!entry) return undefined
        const { revision } = entry
        if (revision === last + 1) {
          last = revision
          return Promise.resolve(inTrace(entry.trace, () => watcher.changed(entry)))
        }
        // Either a change was missed, or one of keys that the filter leaves out came between.
        if (revision > last) void catchUp.readTo(revision)
        return Promise.resolve()
      },
    })
    const subscription = connection.subscribe(subjects.changed(this.#name, filter), {
      callback: (error, message) => {
        if (error) return
        live.push(this.#publishedEntry(message))
        void catchUp.work()
      },
    })
    await catchUp.readTwice()
    return () => {
      catchUp.close()
      subscription.unsubscribe()
    }
  }

  /**
   * Reports each change from now on: none that was stored before, or while the connection is lost, after which
   * `reconnected` is called. Returns the function that ends it.
   */
  follow(
    filter: string,
    changed: (entry: Pick<BucketEntry, 'key' | 'value'>) => void,
    reconnected: () => void,
  ): () => void {
    const subscription = this.#role.connection.subscribe(subjects.changed(this.#name, filter), {
      callback: (error, message) => {
        if (!error) changed(this.#publishedEntry(message))
      },
    })
    const forget = onReconnect(this.#role.connection, reconnected)
    return () => {
      forget()
      subscription.unsubscribe()
    }
  }

  async #write(
    key: string,
    value: string,
    headers: Headers,
    { revision, ttl, by }: BucketWrite,
  ): Promise<number> {
    if (revision !== undefined) headers['Nats-Expected-Last-Subject-Sequence'] = String(revision)
    if (ttl !== undefined) headers['Nats-TTL'] = ttl
    if (by !== undefined)
      headers[byHeader] = by
        .replace(/\p{Cc}/gu, ' ')
        .trim()
        .slice(0, nameLengthMax)
    try {
      return (await this.#role.publisher.publish(this.#prefix + key, value, headers)).seq
    } catch (error) {
      if (isConflict(error)) throw new Conflict(`${key} was changed meanwhile`, { cause: error })
      throw error
    }
  }

  async *#read(filter: string, after: number): AsyncGenerator<BucketEntry> {
    const subject = this.#prefix + filter
    for await (const message of directGet(this.#role, this.#stream, subject, after, listBatchBytes))
      yield this.#entryOf(message)
  }

  /** An entry as the server publishes it once it is stored. */
  #publishedEntry({ subject, headers: published, data }: Msg): BucketEntry {
    const headers = headersIn(published)
    const entry = this.#entryOf({
      seq: Number(headers['Nats-Sequence']) || 0,
      at: Date.parse(headers['Nats-Time-Stamp'] ?? ''),
      subject: this.#prefix + subject.slice(subjects.changed(this.#name, '').length),
      headers,
      body: data,
    })
    const trace = traceIn(headers)
    return trace ? { ...entry, trace } : entry
  }

  #entryOf({ seq, at, subject, headers, body }: StoredMessage): BucketEntry {
    const isGone = goneHeaders.some((name) => headers[name] !== undefined)
    const by = headers[byHeader]
    return {
      key: subject.slice(this.#prefix.length),
      revision: seq,
      at,
      value: isGone ? null : Buffer.from(body).toString(),
      ...(by && { by }),
    }
  }
}

function isPresent(entry: BucketEntry): entry is Present {
  return entry.value !== null
}
