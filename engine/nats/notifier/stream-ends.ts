import { Bucket } from '../bucket.ts'
import type { Nats } from '../connect.ts'
import { readCursor } from '../engine/cursor-store.ts'
import { rememberedStreams } from '../topology.ts'

/** The entry among the cursors that names the ends of all streams. */
const entry = 'ends'

/**
 * Stores where each stream ends now, whoever writes it: a cursor names only what the workers with cursors have written
 * themselves. An end is never moved back, so a loss stays known until `recover` has forgotten it.
 */
export async function rememberEnds(nats: Nats): Promise<void> {
  const cursors = new Bucket(nats, 'cursors')
  const before = readCursor((await cursors.last(entry))?.value)
  const saw = { ...before.saw }
  let isChanged = false
  for await (const { config, state } of nats.jsm.streams.list()) {
    if (!rememberedStreams.has(config.name) || state.last_seq <= (saw[config.name] ?? 0)) continue
    saw[config.name] = state.last_seq
    isChanged = true
  }
  if (isChanged) await cursors.put(entry, JSON.stringify({ ...before, saw }))
}
