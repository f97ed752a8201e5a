import { z } from 'zod'
import { errorFrame } from './widget.ts'

/** The frames for XState inspectors: the protocol of @statelyai/inspect, as far as frontdesk speaks it. */

/** The version of @statelyai/inspect, whose protocol this is: its receivers drop frames without one. */
export const wireVersion = '0.7.2'

const head = {
  rootId: z.string().describe('The conversation.'),
  sessionId: z.string(),
  createdAt: z.string().describe('The recorded time: epoch milliseconds, as a text.'),
  id: z.string().describe('The same in every replay: `4711.event`, by the event’s sequence.'),
  _version: z.string(),
}
const wireHead = z.object(head)
export type WireHead = z.infer<typeof wireHead>

const wireSnapshot = z.object({
  status: z.enum(['active', 'done', 'error', 'stopped']),
  value: z.unknown(),
  context: z.unknown(),
  historyValue: z.unknown().optional(),
  children: z.record(z.string(), z.unknown()).exactOptional(),
})
export type WireSnapshot = z.infer<typeof wireSnapshot>

/** The event with its payload's fields, and `frontdesk` with its outcome. */
const sentEvent = z.looseObject({ type: z.string() })

export const wireEvent = z.discriminatedUnion('type', [
  z.object({
    ...head,
    type: z.literal('@xstate.actor'),
    name: z.string(),
    definition: z.string().describe('Its machine’s config, as JSON.'),
    parentId: z.string().optional(),
    snapshot: wireSnapshot,
  }),
  z.object({ ...head, type: z.literal('@xstate.event'), event: sentEvent }),
  z.object({ ...head, type: z.literal('@xstate.snapshot'), event: sentEvent, snapshot: wireSnapshot }),
])

/** The frames of the connection: the last one may be an error, which receivers ignore. */
export const statelyFrame = z.discriminatedUnion('type', [...wireEvent.options, errorFrame])
export type WireEvent = z.infer<typeof wireEvent>
