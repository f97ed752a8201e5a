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
  /** How many are to come. */
  pending: number
}

/**
 * The last record of each conversation, as the stream has them now. After a reconnect, earlier ones may come too, in
 * their order: the last that comes of a conversation counts.
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
    // What is no record of ours may lie behind the last one.
    const { sequence, record } = await conversations.load(conversation)
    if (record) yield { conversation, sequence, record, pending }
  }
}
