import { z } from 'zod'

/** How far a notifier has read the stored records; its answer covers these. Absent from an answer: it has read all. */
export const progress = z.object({ read: z.int(), of: z.int() })
export type Progress = z.infer<typeof progress>
