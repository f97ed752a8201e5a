import { z } from 'zod'
import { capacityMax, labelLengthMax } from '../limits.ts'
import { zodIssue } from '../problem.ts'
import { shortText, token } from '../token.ts'
import { duration, durationUpTo } from './channel.ts'

/** The longest queue that an overflow may allow, in requests. */
export const overflowQueueMax = 100_000
/** The longest offer, in days. */
const offerDaysMax = 1

const overflow = z.object({
  workspace: token.describe('The workspace that takes the requests over.'),
  queue: z
    .int()
    .min(0)
    .max(overflowQueueMax)
    .optional()
    .describe('The most requests that may wait; further ones overflow.'),
  wait: duration.optional().describe('A request that has waited longer overflows.'),
})

/**
 * `workspace.<id>` in the configuration: how requests reach its agents. Everything but `id` is optional, and a
 * workspace without a document has the defaults.
 */
export const workspace = z
  .object({
    id: token,
    name: shortText(labelLengthMax).optional(),
    routing: z
      .enum(['broadcast', 'assigned'])
      .optional()
      .describe(
        '`broadcast`: any agent takes a request. `assigned`: each is offered to one agent at a time.',
      ),
    /** How long one agent alone may accept an offered request. */
    offerTimeout: durationUpTo(offerDaysMax).optional(),
    capacity: z
      .int()
      .min(1)
      .max(capacityMax)
      .optional()
      .describe(
        'An agent with this many conversations and offers, over all workspaces, is offered no other.',
      ),
    /** Outside these hours requests overflow. */
    schedule: z
      .union([token, z.literal('')])
      .nullable()
      .optional(),
    overflow: overflow.nullable().optional(),
  })
  .refine(({ id, overflow }) => overflow?.workspace !== id, {
    path: ['overflow', 'workspace'],
    ...zodIssue('own_overflow'),
  })
export type WorkspaceSettings = z.infer<typeof workspace>
