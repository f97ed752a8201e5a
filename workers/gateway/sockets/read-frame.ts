import type { ZodType } from 'zod'
import type { ErrorFrame } from '../../../schemas/protocol/widget.ts'
import { type Result, success } from '../../../schemas/result.ts'
import { refusal } from '../refusals.ts'

/** Reads a client's frame; where a field is not valid, the error names the first. */
export function readFrame<T extends object>(
  schema: ZodType<T>,
  text: string,
): Result<T, Omit<ErrorFrame, 'type'>> {
  let sent: unknown
  try {
    sent = JSON.parse(text)
  } catch {
    return refusal('frame_invalid')
  }
  const read = schema.safeParse(sent)
  if (read.success) return success(read.data)
  const [issue] = read.error.issues
  const clientId = (sent as { clientId?: unknown } | null)?.clientId
  const { ok, error } = refusal('frame_invalid', issue?.message ?? 'the frame is not one of the protocol')
  return {
    ok,
    error: {
      ...error,
      ...(issue && issue.path.length > 0 && { field: issue.path.join('.') }),
      ...(issue && 'maximum' in issue && { limit: Number(issue.maximum) }),
      ...(typeof clientId === 'string' && { clientId }),
    },
  }
}
