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
  /** The conversation was erased: what is left of it goes, all that is younger than this. */
  erasedSince: z.string().optional(),
})
export type RequestRecord = z.infer<typeof requestRecord>
