import type { ZodType } from 'zod'
import { type Problem, parse } from '../../../schemas/problem.ts'
import type { ErrorFrame } from '../../../schemas/protocol/widget.ts'
import type { Result } from '../../../schemas/result.ts'
import { refusal } from '../http/refusals.ts'

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
  const read = parse(schema, sent)
  if (read.ok) return read
  const { path, params, message } = read.error.problems[0] as Problem
  const clientId = (sent as { clientId?: unknown } | null)?.clientId
  const { ok, error } = refusal('frame_invalid', message)
  const { max } = (params ?? {}) as { max?: number }
  return {
    ok,
    error: {
      ...error,
      ...(path.length > 0 && { field: path.join('.') }),
      ...(max !== undefined && { limit: max }),
      ...(typeof clientId === 'string' && { clientId }),
    },
  }
}
