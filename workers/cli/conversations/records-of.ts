import type { Nats } from '../../../engine/nats/connect.ts'
import { isErasure, type PublicRecord, readRecords } from '../../../engine/nats/views/records.ts'

/** Reads all records of a conversation. Throws if there are none, or if it was erased. */
export async function recordsOf(nats: Nats, conversation: string): Promise<PublicRecord[]> {
  const records: PublicRecord[] = []
  for await (const { record } of readRecords(nats, conversation)) if (record) records.push(record)
  const erased = records.find(isErasure)
  if (erased)
    throw new Error(`conversation ${conversation} was erased at ${erased.at}; nothing of it is left`)
  // Events of a conversation that never began have records, too: they were refused.
  if (!records.some(({ outcome }) => outcome === 'applied'))
    throw new Error(`there is no conversation ${conversation}`)
  return records
}
