import { z } from 'zod'

/** The reads of stored messages that a role may ask for: direct gets of JetStream whose cost is bounded. */

const subject = z.string().min(1)
const count = z.int().min(1)

/** The messages of a subject, in order, from a sequence or a time on. */
export const directGetBatch = z.strictObject({
  seq: count.optional(),
  start_time: z.iso.datetime().optional(),
  next_by_subj: subject,
  batch: count.describe('At most 1,000 are sent, whatever is asked for.'),
  max_bytes: count.optional().describe('At most 1 MiB is sent, whatever is asked for; 65,536 by default.'),
})

/**
 * Those fields of a direct get whose cost is bounded. `multi_last` is not one: its cost is the number of subjects times
 * that of filters, and 80 kB of filters stop the server for seconds.
 */
export const directGet = z.union([
  z.strictObject({ last_by_subj: subject }),
  directGetBatch,
  z.strictObject({ seq: count, next_by_subj: subject.optional() }),
])
export type DirectGet = z.infer<typeof directGet>
