import { z } from 'zod'
import { openRequest } from './notification.ts'
import { requestChange } from './record.ts'

/**
 * The changes of a record to its request. Without `changes` only the request in the bucket changes, and nobody is
 * notified.
 */
export type RequestChanges = Pick<RequestRecord, 'changes' | 'request'>

/**
 * A message from an engine to the notifier, in the stream REQUESTS: internal. With `erasedSince`, what is to be removed;
 * without, changes that an engine of an earlier version left to the notifier to deliver.
 */
export const requestRecord = z.object({
  changes: z.array(requestChange),
  request: openRequest,
  /** The conversation was erased: its data since this time is removed. */
  erasedSince: z.string().optional(),
  /** The files of its messages, which are removed with it. */
  files: z.array(z.string()).optional(),
})
export type RequestRecord = z.infer<typeof requestRecord>
