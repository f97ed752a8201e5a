import type { ZodType } from 'zod'
import type { ErrorFrame } from '../../../schemas/protocol/widget.ts'

/** What a client sent, or what is wrong with it. */
export function readFrame<T extends object>(schema: ZodType<T>, text: string): T | ErrorFrame {
  let sent: unknown
  try {
    sent = JSON.parse(text)
  } catch {
    return { type: 'error', code: 'frame_invalid', message: 'a frame is a JSON object' }
  }
  const read = schema.safeParse(sent)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const clientId = (sent as { clientId?: unknown } | null)?.clientId
  return {
    type: 'error',
    code: 'frame_invalid',
    message: issue?.message ?? 'this is no frame of the protocol',
    ...(issue && issue.path.length > 0 && { field: issue.path.join('.') }),
    ...(issue && 'maximum' in issue && { limit: Number(issue.maximum) }),
    ...(typeof clientId === 'string' && { clientId }),
  }
}

export function isError(frame: object): frame is ErrorFrame {
  return 'type' in frame && frame.type === 'error'
}
