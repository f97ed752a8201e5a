import { DeliverPolicy } from '@nats-io/jetstream'
import type { StoredRecord } from '../core/conversation.ts'
import type { Nats } from './connect.ts'
import type { Patience } from './persist.ts'
import { readRecord, StoredConversations } from './stored-conversations.ts'
import { streams, subjects } from './topology.ts'

const fetchedAhead = 2_000

/**
 * The last record of each conversation, as the stream has them now. After a reconnect, earlier ones may come too, in
 * their order: the last that comes of a conversation counts.
 */
export async function* lastRecords(
  nats: Nats,
  patience: Patience,
): AsyncGenerator<{ conversation: string; record: StoredRecord }> {
  const conversations = new StoredConversations(nats, patience)
  const consumer = await nats.js.consumers.get(streams.conversations, {
    deliver_policy: DeliverPolicy.LastPerSubject,
    filter_subjects: [subjects.conversation('*')],
  })
  try {
    if ((await consumer.info()).num_pending === 0) return
    for await (const message of await consumer.consume({ max_messages: fetchedAhead })) {
      const conversation = message.subject.slice(subjects.conversation('').length)
      // What is no record of ours may lie behind the last one.
      const record = readRecord(message.string()) ?? (await conversations.load(conversation)).record
      if (record) yield { conversation, record }
      if (message.info.pending === 0) return
    }
  } finally {
    await consumer.delete().catch(() => {})
  }
}
