import { z } from 'zod'
import { openRequest } from './notification.ts'
import { requestChange } from './record.ts'

/**
 * What the engine tells the notifier of one conversation's record, in the stream REQUESTS: internal.
 * `changes` may be empty: the request as it stands has changed, and nobody is told.
 */
export const requestRecord = z.object({
  changes: z.array(requestChange),
  request: openRequest,
  /** The conversation was erased: what is left of it goes, all that is younger than this. */
  erasedSince: z.string().optional(),
})
export type RequestRecord = z.infer<typeof requestRecord>
