import { z } from 'zod'
import type { OpenRequest } from '../conversation/notification.ts'
import type { Rejection, Status } from '../conversation/record.ts'
import { agentFieldLengthMax, textLengthMax } from '../limits.ts'
import { shortText, token } from '../token.ts'
import type { ErrorFrame, RecordFrame } from './widget.ts'

/** The frames of an agent desk and the gateway; workers/gateway/PROTOCOL.md explains them. */

/** The most conversations that one connection follows at a time. */
export const openConversationsMax = 100

/** An agent's acts: each frame is published as an event of its conversation. */
const events = [
  z.object({ type: z.literal('accept'), conversation: token, clientId: token, request: z.int().positive() }),
  z.object({
    type: z.literal('message'),
    conversation: token,
    clientId: token,
    text: shortText(textLengthMax),
  }),
  z.object({
    type: z.literal('release'),
    conversation: token,
    clientId: token,
    reason: shortText(agentFieldLengthMax).optional(),
  }),
  z.object({ type: z.literal('end'), conversation: token, clientId: token }),
] as const

export const deskFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('open'), conversation: token, after: z.int().min(0).optional() }),
  z.object({ type: z.literal('close'), conversation: token }),
  ...events,
  z.object({ type: z.literal('typing'), conversation: token }),
  z.object({ type: z.literal('ping') }),
])
export type DeskFrame = z.infer<typeof deskFrame>
export type AgentEvent = z.infer<(typeof events)[number]>

/** The frames that the gateway sends to a desk. */
export type DeskGatewayFrame =
  | { type: 'welcome'; agent: { id: string; name: string }; workspace: string }
  | { type: 'request'; request: OpenRequest }
  | { type: 'gone'; conversation: string }
  | { type: 'ready'; conversation?: string }
  | (RecordFrame & { conversation: string; status?: Status })
  | { type: 'stored'; conversation: string; clientId: string }
  | ({ type: 'rejected'; conversation: string; clientId: string } & Rejection)
  | { type: 'typing'; conversation: string }
  | (ErrorFrame & { conversation?: string })
  | { type: 'pong' }
