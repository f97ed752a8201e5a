import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Progress } from '../../../../schemas/protocol/progress.ts'
import type { StoredRecord } from '../../../core/conversation.ts'
import { readRecord } from '../../../core/record.ts'
import type { Nats } from '../../connect.ts'
import { readLastRecords } from '../../engine/last-records.ts'
import { RetryAborted, retry } from '../../retry.ts'
import { StreamLog } from '../../stream-log.ts'
import { streams, subjects } from '../../topology.ts'
import type { ConversationIndex } from './conversation-index.ts'

/** The reading yields to others in this process after this. */
const turnMs = 10

export interface IndexFollower {
  /** The progress of reading stored records at the beginning; `undefined` once all are read. */
  progress(): Progress | undefined
  /** Settles once all is read that was stored at the beginning. */
  read: Promise<void>
  /** The sequence up to which the index knows all records, once `read` has settled. */
  last(): number
  /** Calls back for each record behind `last`, once the index has it; replaces the callback before. */
  onRecord(callback: (conversation: string, sequence: number, record: StoredRecord) => void): void
  /** Settles where it fails before it is stopped. */
  failed: Promise<void>
  stop(): void
}

/**
 * Fills an index with all conversations and keeps it up to date:
 *
 * 1. from the stream's last sequence on, each record is added as it is stored;
 * 2. concurrently, the last record of each conversation up to there is read. The later of two records of a conversation
 *    counts, whichever arrives first: none in between is missed, and changes are known before all are read.
 */
export function followConversations(nats: Nats, log: Logger, index: ConversationIndex): IndexFollower {
  const stopped = new AbortController()
  const retryOptions = { log, signal: stopped.signal }
  const stream = new StreamLog(nats.js, nats.jsm, streams.conversations, subjects.conversation('*'), log)
  let progress: Progress | undefined = { read: 0, of: 0 }
  let followed = 0
  let heard: Parameters<IndexFollower['onRecord']>[0] = () => {}

  const change = async (after: number) => {
    if (stopped.signal.aborted) return
    followed = after
    const changes = stream.read(after)
    stopped.signal.addEventListener('abort', () => changes.stop())
    for await (const { subject, seq, body } of changes) {
      const record = readRecord(Buffer.from(body).toString())
      const conversation = subject.slice(subjects.conversation('').length)
      if (record) index.add(conversation, seq, record)
      followed = seq
      if (record) heard(conversation, seq, record)
    }
  }
  const readAll = () =>
    retry('reading the conversations', retryOptions, async () => {
      let read = 0
      let turnBegan = performance.now()
      for await (const { conversation, sequence, record, pending } of readLastRecords(nats, retryOptions)) {
        if (stopped.signal.aborted) return
        index.add(conversation, sequence, record)
        read++
        progress = { read, of: read + pending }
        if (performance.now() - turnBegan < turnMs) continue
        await nextTurn()
        turnBegan = performance.now()
      }
      index.allRead()
      progress = undefined
    })

  const last = retry('the last record', retryOptions, () => stream.lastSequence())
  const read = last.then(readAll)
  const failed = Promise.all([read, last.then(change)]).then(
    () => {},
    (error) => {
      if (!(error instanceof RetryAborted)) log.error({ err: error }, 'the conversations cannot be followed')
      stopped.abort()
    },
  )
  read.catch(() => {})
  return {
    progress: () => progress,
    read,
    last: () => followed,
    onRecord: (callback) => {
      heard = callback
    },
    failed,
    stop: () => stopped.abort(),
  }
}
