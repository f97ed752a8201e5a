import type { PublicRecord } from '../../../engine/nats/views/records.ts'
import type { Status } from '../../../schemas/conversation/record.ts'
import type { RecordFrame } from '../../../schemas/protocol/widget.ts'

type Shown = Pick<PublicRecord, 'at' | 'messages' | 'status' | 'details' | 'asksRating' | 'rating'>

/** The frame of a record that was not rejected; nothing where the record holds nothing to show. */
export function recordFrame(
  record: PublicRecord,
  sequence: number,
  clientId: string | undefined,
): (RecordFrame & { status?: Status }) | undefined {
  const { messages, status, details, rating } = record
  if (!messages && !status && !details && !rating && clientId === undefined) return undefined
  return frameOf(record, sequence, clientId)
}

/** As `recordFrame`, also for a record that holds nothing to show. */
export function frameOf(
  { at, messages, status, details, asksRating, rating }: Shown,
  sequence: number,
  clientId?: string,
): RecordFrame & { status?: Status } {
  return {
    type: 'record',
    sequence,
    at,
    ...(messages && { messages }),
    ...(status && { status }),
    ...(details && { details }),
    ...(clientId !== undefined && { clientId }),
    ...(asksRating && { asksRating }),
    ...(rating && { rating }),
  }
}
