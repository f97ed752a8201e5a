import { Conflict } from '../errors.ts'
import type { RoleConnection } from './connect.ts'
import { directGet, directGetLast, type StoredMessage } from './direct-get.ts'
import { isConflict, isWeather } from './errors.ts'
import { onReconnect } from './on-reconnect.ts'
import type { Headers } from './publisher.ts'
import { type buckets, subjects, type WatchedBucket } from './topology.ts'

/** A key of a bucket as it was stored. */
export interface BucketEntry {
  key: string
  /** What the next write names that must follow this one. */
  revision: number
  /** `null`: deleted. */
  value: string | null
}

export interface BucketWrite {
  /** The revision that it has to follow, 0 where there must be none: else Conflict. Absent: whatever was there. */
  revision?: number | undefined
  /** It goes by itself after this; for buckets that allow it. */
  ttlSeconds?: number
}

/** Whoever follows a bucket. */
export interface BucketWatcher {
  /** All entries that there are will be told now. */
  listing?(): void
  /** Each in the order in which they were stored; while listing, a key's earlier values may come before its last. */
  changed(entry: BucketEntry): void
  /** All were told. */
  listed?(): void
}

const listBatchBytes = 1024 * 1024
/** What has changed is read so long after it was told of: the replica that answers may be a little behind. */
const readsAfterSignMs = [0, 100, 1_000]

type BucketName = (typeof buckets)[WatchedBucket | 'apiSecrets' | 'bots']

/** A key-value bucket with keys of two tokens, by what a role may do: publish, subscribe, and direct gets. */
export class Bucket {
  readonly #role: RoleConnection
  readonly #name: BucketName
  readonly #stream: string
  readonly #prefix: string

  constructor(role: RoleConnection, name: BucketName) {
    this.#role = role
    this.#name = name
    this.#stream = `KV_${name}`
    this.#prefix = `$KV.${name}.`
  }

  /** `undefined` where there is none. */
  async get(key: string): Promise<(BucketEntry & { value: string }) | undefined> {
    const message = await directGetLast(this.#role, this.#stream, this.#prefix + key)
    const entry = message && this.#entryOf(message)
    return entry && isThere(entry) ? entry : undefined
  }

  /** Those that there are, by key. */
  async list(filter = '*.*'): Promise<(BucketEntry & { value: string })[]> {
    const found = new Map<string, BucketEntry>()
    // The bucket may keep earlier values, too: the last of a key counts.
    for await (const entry of this.#stored(filter, 0)) found.set(entry.key, entry)
    return [...found.values()].filter(isThere).sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  /** Says the new revision. Throws Conflict; NoAnswer where nobody knows whether it was stored. */
  async put(key: string, value: string, { revision, ttlSeconds }: BucketWrite = {}): Promise<number> {
    const headers: Headers = ttlSeconds === undefined ? {} : { 'Nats-TTL': `${ttlSeconds}s` }
    try {
      return await this.#write(key, value, headers, revision)
    } catch (error) {
      if (!(error instanceof Conflict) || revision !== 0) throw error
      // What was deleted is not there, but has left a mark: it has to be the last that is known of the key.
      const last = await directGetLast(this.#role, this.#stream, this.#prefix + key)
      if (!last || isThere(this.#entryOf(last))) throw error
      return this.#write(key, value, headers, last.seq)
    }
  }

  /** Throws Conflict where it has another revision by now. */
  async delete(key: string, revision?: number): Promise<void> {
    await this.#write(key, '', { 'KV-Operation': 'DEL' }, revision)
  }

  /**
   * Tells all entries, then each that changes, and all again after a reconnect. Settles once all were told for the
   * first time; returns what ends it.
   */
  async watch(filter: string, watcher: BucketWatcher): Promise<() => void> {
    const { connection } = this.#role
    let last = 0
    let mustList = true
    let reads = 0
    let isReading = false
    let isStopped = false
    let timer: NodeJS.Timeout | undefined
    let known = () => {}
    const allKnown = new Promise<void>((resolve) => {
      known = resolve
    })

    const read = async () => {
      const isList = mustList
      mustList = false
      try {
        if (isList) {
          last = 0
          watcher.listing?.()
        }
        for await (const entry of this.#stored(filter, last)) {
          if (isStopped) return
          last = entry.revision
          watcher.changed(entry)
        }
        if (!isList) return
        watcher.listed?.()
        known()
      } catch (error) {
        if (!isWeather(error)) throw error
        if (connection.isClosed()) return stop()
        mustList ||= isList
        // A sign that came meanwhile may be that the weather is better.
        if (reads > 0) reads = readsAfterSignMs.length - 1
      }
    }
    const schedule = () => {
      const pause = readsAfterSignMs[reads]
      if (timer || isReading || isStopped || pause === undefined) return
      timer = setTimeout(async () => {
        timer = undefined
        reads++
        isReading = true
        await read()
        isReading = false
        schedule()
      }, pause)
    }
    const sign = () => {
      // The first read comes soon and is not put off by further signs; those after it count from the last sign.
      if (reads > 0) {
        clearTimeout(timer)
        timer = undefined
      }
      reads = 0
      schedule()
    }
    const subscription = connection.subscribe(subjects.changed(this.#name, filter), { callback: sign })
    const forgetReconnects = onReconnect(connection, () => {
      mustList = true
      sign()
    })
    const stop = () => {
      isStopped = true
      clearTimeout(timer)
      subscription.unsubscribe()
      forgetReconnects()
      known()
    }
    sign()
    await allKnown
    return stop
  }

  async #write(key: string, value: string, headers: Headers, revision?: number): Promise<number> {
    const subject = this.#prefix + key
    if (revision !== undefined) headers['Nats-Expected-Last-Subject-Sequence'] = String(revision)
    try {
      return (await this.#role.publisher.publish(subject, value, headers)).seq
    } catch (error) {
      if (isConflict(error)) throw new Conflict(`${key} was changed meanwhile`, { cause: error })
      throw error
    }
  }

  async *#stored(filter: string, after: number): AsyncGenerator<BucketEntry> {
    const subject = this.#prefix + filter
    for await (const message of directGet(this.#role, this.#stream, subject, after, listBatchBytes))
      yield this.#entryOf(message)
  }

  #entryOf({ seq, subject, headers, body }: StoredMessage): BucketEntry {
    // A marker says why there is no value any more: deleted, or its time was over.
    const isGone = headers['KV-Operation'] !== undefined || headers['Nats-Marker-Reason'] !== undefined
    return {
      key: subject.slice(this.#prefix.length),
      revision: seq,
      value: isGone ? null : Buffer.from(body).toString(),
    }
  }
}

function isThere(entry: BucketEntry): entry is BucketEntry & { value: string } {
  return entry.value !== null
}
