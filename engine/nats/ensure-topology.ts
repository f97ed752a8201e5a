import { JetStreamApiError, type JetStreamManager, type StreamConfig } from '@nats-io/jetstream'
import { Kvm, type KvOptions } from '@nats-io/kv'
import { Objm } from '@nats-io/obj'
import { documentBytesMax } from '../../schemas/configuration/document.ts'
import { OperatorNeeded } from '../errors.ts'
import type { Nats } from './connect.ts'
import { isNoStream } from './errors.ts'
import {
  allStreams,
  buckets,
  documentHeaderBytesMax,
  fileBucket,
  republishOf,
  revisionsKept,
  streamConfigs,
  streams,
  type WatchedBucket,
  workerTtlMs,
} from './topology.ts'

export interface TopologyOptions {
  /** Fixed once the streams exist. */
  partitions: number
  /** For new streams; existing ones keep theirs. */
  replicas: number
}

/**
 * Creates missing streams and buckets, adds settings that an earlier version did not make, and checks that all are as
 * frontdesk needs them: an older server accepts settings that it does not know, and drops them silently. Throws
 * OperatorNeeded.
 */
export async function ensureTopology(nats: Nats, options: TopologyOptions): Promise<void> {
  try {
    await ensureAll(nats, options)
  } catch (error) {
    const lack = lackOfJetStream(nats, error as Error)
    throw lack === undefined ? error : new OperatorNeeded(lack, { cause: error })
  }
}

/** Why there is no JetStream and will be none; `undefined` where it may be on its way, or is not what fails. */
function lackOfJetStream({ connection }: Nats, { name, cause }: Error): string | undefined {
  // The client does not export this class.
  if (name !== 'JetStreamNotEnabled') return undefined
  if (cause instanceof JetStreamApiError)
    return 'this account has no JetStream: NATS_URL has to name the engine’s user, not a role’s'
  return connection.info?.jetstream ? undefined : 'the NATS server runs without JetStream: start it with -js'
}

async function ensureAll({ connection, jsm }: Nats, { partitions, replicas }: TopologyOptions) {
  const maxPayload = connection.info?.max_payload ?? 1024 * 1024
  const configs = streamConfigs(partitions, replicas, maxPayload)
  // EVENTS has TIMERS as its source, which must be there first.
  configs.sort((a, b) => (a.sources ? 1 : 0) - (b.sources ? 1 : 0))
  for (const config of configs)
    checkStream(await withChanged(jsm, await addStream(jsm, config), config), config, partitions)

  const kvm = new Kvm(connection)
  const base = { replicas, history: 1 }
  const watched = async (bucket: WatchedBucket, options: Partial<KvOptions>) => {
    const republish = republishOf(bucket)
    await kvm.create(buckets[bucket], { ...base, ...options, republish })
    const { history, maxValueSize } = options
    const needed = {
      name: `KV_${buckets[bucket]}`,
      republish,
      ...(history && { max_msgs_per_subject: history }),
      ...(maxValueSize && { max_msg_size: maxValueSize }),
    }
    checkStream(await withChanged(jsm, await addStream(jsm, needed), needed), needed, partitions)
  }
  await watched('configuration', {
    history: revisionsKept,
    maxValueSize: documentBytesMax + documentHeaderBytesMax,
  })
  await watched('secrets', { maxValueSize: documentBytesMax, markerTTL: 60_000 })
  await watched('openRequests', { markerTTL: 60_000 })
  await kvm.create(buckets.apiSecrets, { ...base, maxValueSize: documentBytesMax })
  await kvm.create(buckets.bots, { ...base, maxValueSize: 2 * documentBytesMax })
  await kvm.create(buckets.machines, base)
  await kvm.create(buckets.mail, { ...base, markerTTL: 60_000 })
  await kvm.create(buckets.webhooks, base)
  await kvm.create(buckets.cursors, base)
  await kvm.create(buckets.workers, { ...base, markerTTL: 60_000, ttl: 10 * workerTtlMs })
  await new Objm(connection).create(fileBucket, { replicas })
}

/** Whether frontdesk has ever run on this NATS. */
export async function hasTopology({ jsm }: Nats): Promise<boolean> {
  try {
    await jsm.streams.info(streams.conversations)
    return true
  } catch (error) {
    if (isNoStream(error)) return false
    throw error
  }
}

/** The streams that are missing, buckets included, as NATS names them; `isNew`: there is none at all. */
export async function missingStreams({ jsm }: Nats): Promise<{ missing: string[]; isNew: boolean }> {
  const present = new Set<string>()
  for await (const name of jsm.streams.names()) present.add(name)
  const missing = allStreams.filter((name) => !present.has(name))
  return { missing, isNew: missing.length === allStreams.length }
}

async function addStream(
  jsm: JetStreamManager,
  config: Partial<StreamConfig> & { name: string },
): Promise<StreamConfig> {
  try {
    return (await jsm.streams.info(config.name)).config
  } catch (error) {
    if (!isNoStream(error)) throw error
    return (await jsm.streams.add(config)).config
  }
}

/** Settings that an update may add to an existing stream. */
const addable = ['allow_direct', 'republish', 'max_age'] as const

/** Settings of an earlier version that an update changes. */
function corrected(found: StreamConfig, needed: Partial<StreamConfig>): Partial<StreamConfig> {
  if (needed.max_msgs_per_subject !== undefined) return raised(found, needed)
  return needed.duplicate_window === 0 && found.duplicate_window ? { duplicate_window: 0 } : {}
}

/** Buckets of an earlier version kept fewer entries of a key, and had no room for headers. */
function raised(found: StreamConfig, needed: Partial<StreamConfig>): Partial<StreamConfig> {
  const fields = ['max_msgs_per_subject', 'max_msg_size'] as const
  const low = fields.filter((field) => found[field] > 0 && found[field] < (needed[field] ?? 0))
  return Object.fromEntries(low.map((field) => [field, needed[field]]))
}

async function withChanged(
  jsm: JetStreamManager,
  found: StreamConfig,
  needed: Partial<StreamConfig> & { name: string },
): Promise<StreamConfig> {
  const changes = {
    ...Object.fromEntries(
      addable.flatMap((field) => (needed[field] && !found[field] ? [[field, needed[field]]] : [])),
    ),
    ...corrected(found, needed),
  }
  if (Object.keys(changes).length === 0) return found
  return (await jsm.streams.update(needed.name, { ...found, ...changes })).config
}

const operatorsChoice = new Set([
  'num_replicas',
  'max_msg_size',
  'max_age',
  'max_msgs',
  'max_msgs_per_subject',
])

/** Whether an operator may choose another value. No window for duplicates is needed where we have none. */
function isFree(field: string, value: unknown): boolean {
  if (field === 'duplicate_window') return value !== 0
  return operatorsChoice.has(field)
}

function checkStream(
  found: StreamConfig,
  needed: Partial<StreamConfig> & { name: string },
  partitions: number,
) {
  const madeWith = Number(/partition\((\d+),/.exec(found.subject_transform?.dest ?? '')?.[1] ?? partitions)
  if (madeWith !== partitions)
    throw new OperatorNeeded(
      `the streams were made with ${madeWith} partitions, which is fixed: set FRONTDESK_PARTITIONS=${madeWith}`,
    )
  for (const [field, value] of Object.entries(needed))
    if (!isFree(field, value) && !contains(found[field as keyof StreamConfig], value))
      throw new OperatorNeeded(
        `stream ${needed.name}: ${field} is ${JSON.stringify(found[field as keyof StreamConfig])} and has to be ` +
          `${JSON.stringify(value)}; a server that does not know a setting drops it, so check its version, too`,
      )
}

/** Whether the found setting has everything needed; it may have more, such as defaults. */
function contains(found: unknown, needed: unknown): boolean {
  if (Array.isArray(needed))
    return (
      Array.isArray(found) && needed.length === found.length && needed.every((n, i) => contains(found[i], n))
    )
  // The server omits fields that are zero.
  if (needed === 0) return !found
  if (typeof needed === 'object' && needed !== null)
    return (
      typeof found === 'object' &&
      found !== null &&
      Object.entries(needed).every(([key, value]) => contains((found as Record<string, unknown>)[key], value))
    )
  return found === needed
}
