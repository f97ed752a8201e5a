import type { StoredRecord } from '../../core/conversation.ts'
import { readRecord } from '../../core/record.ts'
import type { Nats } from '../connect.ts'
import { readToEnd } from '../read-to-end.ts'
import type { RetryOptions } from '../retry.ts'
import { streams, subjects } from '../topology.ts'
import { ConversationStore } from './conversation-store.ts'

const fetchedAhead = 2_000

export interface LastRecord {
  conversation: string
  sequence: number
  record: StoredRecord
  /** How many follow. */
  pending: number
}

/**
 * Reads the last record of each conversation that the stream has now. After a reconnect earlier records may come, too,
 * in their order: the last one of a conversation counts.
 */
export async function* readLastRecords(nats: Nats, retryOptions: RetryOptions): AsyncGenerator<LastRecord> {
  const conversations = new ConversationStore(nats, retryOptions)
  const options = { isLastOfEach: true, subjects: [subjects.conversation('*')], ahead: fetchedAhead }
  for await (const message of readToEnd(nats, streams.conversations, options)) {
    const conversation = message.subject.slice(subjects.conversation('').length)
    const read = readRecord(message.string())
    const { pending } = message.info
    if (read) {
      yield { conversation, sequence: message.seq, record: read, pending }
      continue
    }
    // A message that is not a record may follow the last one.
    const { sequence, record } = await conversations.load(conversation)
    if (record) yield { conversation, sequence, record, pending }
  }
}
