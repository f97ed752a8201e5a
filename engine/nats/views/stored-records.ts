import type { ConversationRecord } from '../../../schemas/conversation/record.ts'
import type { RoleConnection } from '../connect.ts'
import { storedMessages } from '../direct-get.ts'
import { readRecord } from '../engine/stored-conversations.ts'
import { streams, subjects } from '../topology.ts'

/** A record without the durable state, which is the engine's own. */
export type PublicRecord = Omit<ConversationRecord, 'state'>

/** A record with its sequence in the stream; `null` for a message there that is none. */
export interface SeenRecord {
  sequence: number
  record: PublicRecord | null
}

/** A conversation's records after a sequence, in order, as the stream has them now. */
export async function* storedRecords(
  role: Pick<RoleConnection, 'publisher'>,
  conversation: string,
  after = 0,
): AsyncGenerator<SeenRecord> {
  const subject = subjects.conversation(conversation)
  for await (const { seq, body } of storedMessages(role, streams.conversations, subject, after))
    yield { sequence: seq, record: publicRecord(Buffer.from(body).toString()) }
}

/** A record as it was stored, without its state; `null` for what is none of ours. */
export function publicRecord(body: string): PublicRecord | null {
  const read = readRecord(body)
  if (!read) return null
  const { state: _, ...record } = read
  return record
}
