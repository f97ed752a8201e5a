import { DeliverPolicy } from '@nats-io/jetstream'
import type { ConversationRecord } from '../../schemas/record.ts'
import type { Nats } from './connect.ts'
import { readRecord } from './stored-conversations.ts'
import { streams, subjects } from './topology.ts'

/** A record without the durable state, which is the engine's own. */
export type PublicRecord = Omit<ConversationRecord, 'state'>

/** A record with its sequence in the stream; `null` for a message there that is none. */
export interface SeenRecord {
  sequence: number
  record: PublicRecord | null
}

/** A conversation's records after a sequence, in order, as the stream has them now. */
export async function* storedRecords(
  { js }: Nats,
  conversation: string,
  after = 0,
): AsyncGenerator<SeenRecord> {
  const consumer = await js.consumers.get(streams.conversations, {
    filter_subjects: [subjects.conversation(conversation)],
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: after + 1,
  })
  try {
    if ((await consumer.info()).num_pending === 0) return
    for await (const message of await consumer.consume()) {
      yield { sequence: message.seq, record: readRecord(message.string()) }
      if (message.info.pending === 0) return
    }
  } finally {
    await consumer.delete().catch(() => {})
  }
}
