import type { Nats } from '../../../engine/nats/connect.ts'
import { isErasure, type PublicRecord, readRecords } from '../../../engine/nats/views/records.ts'

/** All records of a conversation; throws where there is none, and where it was erased. */
export async function recordsOf(nats: Nats, conversation: string): Promise<PublicRecord[]> {
  const records: PublicRecord[] = []
  for await (const { record } of readRecords(nats, conversation)) if (record) records.push(record)
  const erased = records.find(isErasure)
  if (erased)
    throw new Error(`conversation ${conversation} was erased at ${erased.at}; nothing of it is left`)
  // An event for a conversation that never began is refused with a record, too.
  if (!records.some(({ outcome }) => outcome === 'applied'))
    throw new Error(`there is no conversation ${conversation}`)
  return records
}
