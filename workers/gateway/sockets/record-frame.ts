import type { PublicRecord } from '../../../engine/nats/views/records.ts'
import type { Status } from '../../../schemas/conversation/record.ts'
import type { RecordFrame } from '../../../schemas/protocol/widget.ts'

/** The frame of a record that was not rejected; nothing where the record holds nothing to show. */
export function recordFrame(
  { at, messages, status, details }: PublicRecord,
  sequence: number,
  clientId: string | undefined,
): (RecordFrame & { status?: Status }) | undefined {
  if (!messages && !status && !details && clientId === undefined) return undefined
  return {
    type: 'record',
    sequence,
    at,
    ...(messages && { messages }),
    ...(status && { status }),
    ...(details && { details }),
    ...(clientId !== undefined && { clientId }),
  }
}
