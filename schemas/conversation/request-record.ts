import { z } from 'zod'
import { openRequest } from './notification.ts'
import { requestChange } from './record.ts'

/**
 * The message about one record from the engine to the notifier, in the stream REQUESTS: internal. Without
 * `changes` only the request in the bucket changes, and nobody is notified.
 */
export const requestRecord = z.object({
  changes: z.array(requestChange),
  request: openRequest,
  /** The conversation was erased: its data since this time is removed. */
  erasedSince: z.string().optional(),
})
export type RequestRecord = z.infer<typeof requestRecord>
