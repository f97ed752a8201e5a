import type { ConversationRecord } from '../../../schemas/conversation/record.ts'
import { asksRating } from '../../core/rating.ts'
import { detailsIn, readRecord } from '../../core/record.ts'
import type { RoleConnection } from '../connect.ts'
import { directGet, directGetLast } from '../direct-get.ts'
import { streams, subjects } from '../topology.ts'

/** A record without the durable state, which is the engine's own. */
export interface PublicRecord extends Omit<ConversationRecord, 'state'> {
  /** Once a form was filled in: the customer's details as they are known since, by field id. */
  details?: Record<string, string>
  /** With the end: the customer may rate the conversation. */
  asksRating?: true
}

/** A record with its sequence in the stream; `null` for a message that is not a record. */
export interface SequencedRecord {
  sequence: number
  record: PublicRecord | null
}

/** Reads a conversation's records after a sequence, in order, as the stream has them now. */
export async function* readRecords(
  role: Pick<RoleConnection, 'publisher'>,
  conversation: string,
  after = 0,
): AsyncGenerator<SequencedRecord> {
  const subject = subjects.conversation(conversation)
  for await (const { seq, body } of directGet(role, streams.conversations, subject, after))
    yield { sequence: seq, record: publicRecord(Buffer.from(body).toString()) }
}

/** The sequence of a conversation's last record, as a replica has it, which may be a little behind; 0: there is none. */
export async function lastRecordOf(
  role: Pick<RoleConnection, 'publisher'>,
  conversation: string,
): Promise<number> {
  const last = await directGetLast(role, streams.conversations, subjects.conversation(conversation))
  return last?.seq ?? 0
}

/** A stored record without its state; `null` where it is not valid. */
export function publicRecord(body: string): PublicRecord | null {
  const read = readRecord(body)
  if (!read) return null
  const { state: _, ...record } = read
  const details = detailsIn(read)
  const asks = record.status?.state === 'ended' && asksRating(read.state)
  return { ...record, ...(details && { details }), ...(asks && { asksRating: true as const }) }
}

/** Whether this record says that its conversation was erased: everything before it is gone. */
export function isErasure({ event, outcome }: PublicRecord): boolean {
  return event.type === 'admin.erased' && outcome === 'applied'
}
