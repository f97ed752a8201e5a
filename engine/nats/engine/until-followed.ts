import { setTimeout as sleep } from 'node:timers/promises'
import { Bucket } from '../bucket.ts'
import type { Nats } from '../connect.ts'
import { isWeather } from '../errors.ts'
import { readCursor } from './cursor-store.ts'
import { watchHeartbeats } from './presence.ts'

const lookEveryMs = 50

/**
 * Settles once every partition of a role is followed: by this worker, or by one with a heartbeat since the call. A
 * worker that was killed a moment ago still owns its cursors, and nobody follows them until its key expires.
 *
 * @param cursors the names of the cursors, by partition
 */
export async function untilFollowed(
  nats: Nats,
  role: string,
  cursors: string[],
  worker: { held(): number[] },
): Promise<void> {
  const bucket = new Bucket(nats, 'cursors')
  const alive = new Set<string>()
  const heartbeats = watchHeartbeats(nats, role, (name, isAlive) => {
    if (isAlive) alive.add(name)
  })
  const areFollowed = async (names: string[]) => {
    try {
      const entries = await Promise.all(names.map((name) => bucket.get(name)))
      return entries.every((entry) => alive.has(readCursor(entry?.value).owner))
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
    heartbeats.stop()
  }
}
