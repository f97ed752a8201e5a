import { setTimeout as sleep } from 'node:timers/promises'
import { KvWatchInclude } from '@nats-io/kv'
import type { Nats } from '../connect.ts'
import { isWeather } from '../errors.ts'
import { readCursor } from './cursor-store.ts'

const lookEveryMs = 50

/**
 * Settles once all of a role's work is followed: by this worker, or by one that has shown a sign of life since.
 * A worker that was killed a moment ago still counts as there, and nobody follows its part until it expires.
 *
 * @param cursors the names of the cursors, by partition
 */
export async function untilFollowed(
  nats: Nats,
  role: string,
  cursors: string[],
  worker: { held(): number[] },
): Promise<void> {
  const bucket = await nats.bucket('cursors')
  const alive = new Set<string>()
  const workers = await nats.bucket('workers')
  const beats = await workers.watch({ key: `${role}.*`, include: KvWatchInclude.UpdatesOnly })
  const watching = (async () => {
    for await (const beat of beats) if (beat.operation === 'PUT') alive.add(beat.key.slice(role.length + 1))
  })()
  const areFollowed = async (names: string[]) => {
    try {
      const entries = await Promise.all(names.map((name) => bucket.get(name)))
      return entries.every((entry) => alive.has(readCursor(entry).owner))
    } catch (error) {
      if (isWeather(error)) return false
      throw error
    }
  }
  try {
    for (;;) {
      const held = new Set(worker.held())
      const others = cursors.filter((_, partition) => !held.has(partition))
      if (await areFollowed(others)) return
      await sleep(lookEveryMs)
    }
  } finally {
    beats.stop()
    await watching
  }
}
