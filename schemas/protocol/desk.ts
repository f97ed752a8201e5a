import { z } from 'zod'
import type { Reply } from '../configuration/reply.ts'
import type { OpenRequest } from '../conversation/notification.ts'
import type { CustomerPresence, Team } from '../conversation/presence.ts'
import type { Note, Rejection, RequestAction, RequestChange, Status } from '../conversation/record.ts'
import {
  agentFieldLengthMax,
  nameLengthMax,
  tagLengthMax,
  tagsMax,
  textLengthMax,
  urlLengthMax,
} from '../limits.ts'
import { shortText, token } from '../token.ts'
import { type AcceptedFiles, attachedFiles, type ErrorFrame, type RecordFrame } from './widget.ts'

/** The frames of an agent desk and the gateway; workers/gateway/PROTOCOL.md explains them. */

/** The most conversations that one connection follows at a time. */
export const openConversationsMax = 100

/** The most saved replies that a desk is sent, by title. */
export const savedRepliesMax = 1_000
/** A saved reply, as a desk of its workspace has it. */
export interface SavedReply extends Omit<Reply, 'workspace' | 'text'> {
  /** The first of its texts where it has several. */
  text: string
  /** Its texts by language. */
  texts?: Record<string, string>
}

/** An agent's acts: each frame is published as an event of its conversation. */
const events = [
  z.object({
    type: z.literal('accept'),
    conversation: token,
    clientId: token,
    request: z.int().positive(),
    /** Also wins over the agent who has it. */
    takeOver: z.boolean().optional(),
  }),
  z.object({
    type: z.literal('message'),
    conversation: token,
    clientId: token,
    text: shortText(textLengthMax),
    attachments: attachedFiles,
  }),
  z.object({
    type: z.literal('release'),
    conversation: token,
    clientId: token,
    reason: shortText(agentFieldLengthMax).optional(),
  }),
  z.object({ type: z.literal('end'), conversation: token, clientId: token }),
  z.object({
    type: z.literal('transfer'),
    conversation: token,
    clientId: token,
    to: z.object({
      agent: z
        .object({ id: shortText(agentFieldLengthMax), name: shortText(agentFieldLengthMax).optional() })
        .optional(),
      workspace: token.optional(),
    }),
    note: shortText(textLengthMax).optional(),
  }),
  z.object({
    type: z.literal('note'),
    conversation: token,
    clientId: token,
    text: shortText(textLengthMax),
  }),
  z.object({
    type: z.literal('correct'),
    conversation: token,
    clientId: token,
    /** The customer's name. */
    name: shortText(nameLengthMax),
  }),
  z.object({
    type: z.literal('tag'),
    conversation: token,
    clientId: token,
    tags: z.array(shortText(tagLengthMax)).max(tagsMax),
  }),
] as const

export const deskFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('open'), conversation: token, after: z.int().min(0).optional() }),
  z.object({ type: z.literal('close'), conversation: token }),
  ...events,
  z.object({ type: z.literal('typing'), conversation: token }),
  /** Whether the agent is there, at this desk. */
  z.object({ type: z.literal('state'), state: z.enum(['online', 'away']) }),
  /** Gives back all conversations that the agent has in the workspace, before they sign out. */
  z.object({ type: z.literal('leave') }),
  z.object({ type: z.literal('ping') }),
])
/** A browser's push subscription, as `PushSubscription.toJSON()` has it. */
export const pushSubscription = z.object({
  endpoint: z.url({ protocol: /^https?$/ }).max(urlLengthMax),
  keys: z.object({ p256dh: z.base64url().length(87), auth: z.base64url().length(22) }),
})

/** The body of `POST /v1/push/subscriptions`. */
export const newPushSubscription = z.object({ workspace: token, subscription: pushSubscription })
/** The body of `DELETE /v1/push/subscriptions`. */
export const oldPushSubscription = pushSubscription.pick({ endpoint: true })
/** The answer of `GET /v1/push/key`: the public key for `PushManager.subscribe`, base64url. */
export interface PushKey {
  key: string
}

/** The message that a service worker receives. */
export interface PushMessage {
  action: RequestAction
  workspace: string
  conversation: string
  /** The customer's name, where it is known. */
  name: string | null
}

export type DeskFrame = z.infer<typeof deskFrame>
export type AgentEvent = z.infer<(typeof events)[number]>

/** The frames that the gateway sends to a desk. */
export type DeskGatewayFrame =
  | {
      type: 'welcome'
      agent: { id: string; name: string }
      workspace: string
      files?: AcceptedFiles | undefined
    }
  | { type: 'request'; request: OpenRequest }
  | { type: 'gone'; conversation: string }
  | { type: 'ready'; conversation?: string }
  | (RecordFrame & {
      conversation: string
      status?: Status
      notes?: Note[]
      /** Why a request is back in the queue, among others. */
      requests?: RequestChange[]
    })
  | { type: 'stored'; conversation: string; clientId: string }
  | ({ type: 'rejected'; conversation: string; clientId: string } & Rejection)
  | { type: 'typing'; conversation: string }
  /** Whether the customer of an open request is there. */
  | ({ type: 'presence'; conversation: string } & Omit<CustomerPresence, 'gateway'>)
  | ({ type: 'team' } & Team)
  /** All saved replies of the workspace, by title. */
  | { type: 'replies'; replies: SavedReply[] }
  /** The agent's conversations go back to the queue: the desk may close. */
  | { type: 'left' }
  | (ErrorFrame & { conversation?: string })
  | { type: 'pong' }
