import { durationMs } from '../../../schemas/configuration/channel.ts'
import { contextOf, isRunning, type StoredRecord } from '../../core/conversation.ts'
import { readDocument } from '../../core/read-document.ts'
import { Bucket } from '../bucket.ts'
import type { Nats } from '../connect.ts'
import { readLastRecords } from '../engine/last-records.ts'
import { publishEvent } from '../inbox.ts'
import { type RetryOptions, retry } from '../retry.ts'
import { streams } from '../topology.ts'

/** The id of the erasure in its conversation; another one of an erased conversation changes nothing. */
const erasureId = 'retention'

/**
 * Has each ended conversation erased whose last record is older than the present retention of its channel. Reads no
 * conversation where no channel has a retention. Throws RetryAborted.
 */
export async function eraseExpired(nats: Nats, retryOptions: RetryOptions): Promise<void> {
  const { log, signal } = retryOptions
  const retentions = await retry('the retention of channels', retryOptions, () => readRetentions(nats))
  if (retentions.size === 0) return
  // The server's clock, as in the times of records: with a wrong clock here, conversations would be erased too early.
  const { ts } = await retry('the time', retryOptions, () => nats.jsm.streams.info(streams.conversations))
  const now = Date.parse(ts ?? '')
  let count = 0
  for await (const { conversation, record } of readLastRecords(nats, retryOptions)) {
    if (signal.aborted) return
    if (!isExpired(record, retentions, now)) continue
    await retry('an erasure', retryOptions, () =>
      publishEvent(nats, conversation, 'admin.erased', {}, erasureId),
    )
    count++
  }
  if (count > 0)
    log.info({ conversations: count }, 'erasing conversations that are older than their retention')
}

/** The retention of each channel that has one, in milliseconds. */
async function readRetentions(nats: Nats): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  for (const { key, value } of await new Bucket(nats, 'configuration').list('channel.*')) {
    const read = readDocument('channel', value)
    if (!read.ok || read.value.kind !== 'channel') continue
    const { retention } = read.value.document
    if (retention) found.set(key.slice('channel.'.length), durationMs(retention))
  }
  return found
}

function isExpired(
  { at, state }: StoredRecord,
  retentions: ReadonlyMap<string, number>,
  now: number,
): boolean {
  if (!isRunning(state) || state.snapshot.status !== 'done') return false
  const retention = retentions.get(contextOf(state.snapshot).pinned.channel)
  return retention !== undefined && Date.parse(at) + retention < now
}
