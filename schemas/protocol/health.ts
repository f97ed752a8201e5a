import { z } from 'zod'

/** The answers of `GET /healthz`, `/livez` and `/readyz`. */

export const healthAnswer = z.union([
  z.object({ status: z.literal('ok') }),
  z.object({
    status: z.literal('unavailable'),
    reason: z.enum(['nats', 'storage', 'engine']),
    message: z.string(),
  }),
])
export type HealthAnswer = z.infer<typeof healthAnswer>

/** The process answers. */
export const liveAnswer = z.object({ status: z.literal('ok') })

/** A reason why a worker is not ready; `code` is stable, `message` is for people. */
const unready = z.object({
  code: z.enum([
    'starting',
    'stopping',
    'nats_unreachable',
    'engines_unknown',
    'no_engine',
    'partitions_unowned',
    'stream_unwritable',
    'lag',
    'customers_not_served',
  ]),
  message: z.string(),
  role: z.string().exactOptional().describe('The worker that is starting.'),
  partitions: z.array(z.int()).exactOptional().describe('The partitions that no living engine follows.'),
  streams: z.array(z.string()).exactOptional().describe('The streams that cannot be written.'),
  lagSeconds: z.number().exactOptional(),
  lagSecondsMax: z.number().exactOptional(),
})
export type Unready = z.infer<typeof unready>

export const readinessAnswer = z.union([
  z.object({ status: z.literal('ready') }),
  z.object({ status: z.literal('unready'), reasons: z.array(unready) }),
])
