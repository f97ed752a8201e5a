import { OperatorNeeded } from '../../errors.ts'
import type { Nats } from '../connect.ts'
import { ensureTopology } from '../ensure-topology.ts'
import { isNoStream } from '../errors.ts'
import { buckets, fileStream, streams, subjects } from '../topology.ts'
import { armAgain, findLoss, lastTakenOver, type RecoverOptions } from './recover.ts'
import { type ArchivedStream, restoreStream } from './stream-archive.ts'

// A backup has one archive for each stream, and each archive is of another moment. What follows from a stream is
// archived before it, so that it is performed again from there, and what a stream names is archived after it:
//
//   cursors < buckets, effects (requests, notifications, calls, …) < CONVERSATIONS < EVENTS < TIMERS, MAIL, files, bots
//
// So an event at or below its cursor has its effects in the backup; the others are read again after the restore, where
// those that have a record are recognised, and their effects performed again. A record's event, its file and its machine
// are there. Buckets come before streams, since some hold positions in them. MAIL is filled by a consumer of CONVERSATIONS,
// whose position is in that archive. Wake-ups alone may be ahead of the records: a restore arms all of them again.

const kv = (bucket: string) => `KV_${bucket}`
const first = [kv(buckets.cursors)]
const last = [
  streams.conversations,
  streams.events,
  streams.timers,
  streams.mail,
  kv(buckets.mail),
  fileStream,
  kv(buckets.bots),
  kv(buckets.machines),
  kv(buckets.configuration),
]
/** Made anew by every start. */
const leftOut = [kv(buckets.workers)]
const secret = [kv(buckets.secrets), kv(buckets.apiSecrets)]

/** The streams of a backup, buckets included, in their order. */
export function streamsOfBackup(hasSecrets: boolean): string[] {
  const apart = new Set([...first, ...last, ...leftOut, ...(hasSecrets ? [] : secret)])
  const all = [...Object.values(buckets).map(kv), ...Object.values(streams)]
  return [...first, ...all.filter((name) => !apart.has(name)), ...last]
}

/** Whether there is such a stream; an earlier version did not make all of them. */
export async function hasStream({ jsm }: Nats, name: string): Promise<boolean> {
  try {
    await jsm.streams.info(name)
    return true
  } catch (error) {
    if (isNoStream(error)) return false
    throw error
  }
}

/** The server's time, in epoch milliseconds: that of messages. */
export async function serverTime({ jsm }: Nats): Promise<number> {
  return Date.parse((await jsm.streams.info(streams.conversations)).ts ?? '')
}

/** The streams that have, or had, messages. A worker that has left was alive: its bucket says nothing more. */
export async function usedStreams(nats: Nats): Promise<string[]> {
  const used: string[] = []
  for (const name of streamsOfBackup(true))
    if ((await hasStream(nats, name)) && (await nats.jsm.streams.info(name)).state.last_seq > 0)
      used.push(name)
  return used
}

/** Removes all streams, for a restore that makes them anew. */
export async function removeStreams(nats: Nats): Promise<void> {
  for (const name of [...leftOut, ...streamsOfBackup(true)])
    if (await hasStream(nats, name)) await nats.jsm.streams.delete(name)
}

/** How many partitions the backup's EVENTS has: fixed, as in its server. */
export function partitionsOf(archived: readonly ArchivedStream[]): number | undefined {
  const { subject_transform } = archived.find(({ config }) => config.name === streams.events)?.config ?? {}
  const partitions = /partition\((\d+),/.exec(subject_transform?.dest ?? '')?.[1]
  return partitions === undefined ? undefined : Number(partitions)
}

/**
 * Restores one stream. The cursors come first in a backup: they name what is missing until all is there, so that no
 * engine starts on a part. EVENTS gets its source, TIMERS, at the end.
 */
export async function restoreArchive(
  nats: Nats,
  { config, state }: ArchivedStream,
  replicas: number,
  parts: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { sources, ...own } = config
  await restoreStream(nats, { config: { ...own, num_replicas: replicas }, state }, parts)
}

/**
 * Connects EVENTS with TIMERS, makes what a backup leaves out, and arms every conversation's wake-up. Returns how many.
 * Throws OperatorNeeded where the streams do not fit together, which the order of their archives excludes.
 */
export async function finishRestore(
  nats: Nats,
  archives: readonly ArchivedStream[],
  topology: { partitions: number; replicas: number },
  options: RecoverOptions,
): Promise<number> {
  await connectTimers(nats, archives, topology.replicas)
  await ensureTopology(nats, topology)
  const loss = await findLoss(nats, Date.now(), options)
  const [behind] = loss.behind
  if (behind)
    throw new OperatorNeeded(
      `${behind.name} has no message after ${behind.last}, and ${behind.remembered} is remembered: run ` +
        '`npx frontdesk recover` before you start anything',
    )
  return armAgain(nats, loss, options)
}

/** For NATS a restored stream is another one: EVENTS would take every wake-up over once more that TIMERS still has. */
async function connectTimers({ jsm }: Nats, archives: readonly ArchivedStream[], replicas: number) {
  const events = archives.find(({ config }) => config.name === streams.events)
  if (!events?.config.sources) return
  const taken = await lastTakenOver(jsm)
  if (taken > 0) await jsm.streams.purge(streams.timers, { filter: subjects.due('*'), seq: taken + 1 })
  await jsm.streams.update(streams.events, { ...events.config, num_replicas: replicas })
}
