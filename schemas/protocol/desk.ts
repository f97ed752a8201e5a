import { z } from 'zod'
import { reply } from '../configuration/reply.ts'
import { openRequest } from '../conversation/notification.ts'
import { customerPresence, team } from '../conversation/presence.ts'
import { note, rejection, requestActions, requestChange, status } from '../conversation/record.ts'
import {
  agentFieldLengthMax,
  nameLengthMax,
  tagLengthMax,
  tagsMax,
  textLengthMax,
  urlLengthMax,
} from '../limits.ts'
import { shortText, token } from '../token.ts'
import { acceptedFiles, attachedFiles, errorFrame, recordFrame } from './widget.ts'

/** The frames of an agent desk and the gateway; workers/gateway/PROTOCOL.md explains them. */

/** The most conversations that one connection follows at a time. */
export const openConversationsMax = 100

/** The most saved replies that a desk is sent, by title. */
export const savedRepliesMax = 1_000
/** A saved reply, as a desk of its workspace has it. */
const savedReply = reply.omit({ workspace: true }).extend({
  text: z.string().describe('The first of its texts where it has several.'),
  texts: z.record(z.string(), z.string()).exactOptional().describe('Its texts by language.'),
})
export type SavedReply = z.infer<typeof savedReply>

/** An agent's acts: each frame is published as an event of its conversation. */
const events = [
  z.object({
    type: z.literal('accept'),
    conversation: token,
    clientId: token,
    request: z.int().positive(),
    takeOver: z.boolean().optional().describe('Also wins over the agent who has it.'),
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
    name: shortText(nameLengthMax).describe('The customer’s name.'),
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
export const pushKey = z.object({ key: z.string() })
export type PushKey = z.infer<typeof pushKey>

/** The message that a service worker receives. */
export const pushMessage = z.object({
  action: z.enum(requestActions),
  workspace: z.string(),
  conversation: z.string(),
  name: z.string().nullable().describe('The customer’s name, where it is known.'),
})
export type PushMessage = z.infer<typeof pushMessage>

export type DeskFrame = z.infer<typeof deskFrame>
export type AgentEvent = z.infer<(typeof events)[number]>

/** The frames that the gateway sends to a desk. */
export const deskGatewayFrame = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('welcome'),
    agent: z.object({ id: z.string(), name: z.string() }),
    workspace: z.string(),
    files: acceptedFiles.optional(),
  }),
  z.object({ type: z.literal('request'), request: openRequest }),
  z.object({ type: z.literal('gone'), conversation: z.string() }),
  z.object({ type: z.literal('ready'), conversation: z.string().exactOptional() }),
  recordFrame.extend({
    conversation: z.string(),
    status: status.exactOptional(),
    notes: z.array(note).exactOptional(),
    requests: z
      .array(requestChange)
      .exactOptional()
      .describe('Why a request is back in the queue, among others.'),
  }),
  z.object({ type: z.literal('stored'), conversation: z.string(), clientId: z.string() }),
  rejection.extend({
    type: z.literal('rejected'),
    conversation: z.string(),
    clientId: z.string(),
  }),
  z.object({ type: z.literal('typing'), conversation: z.string() }),
  /** Whether the customer of an open request is there. */
  customerPresence.omit({ gateway: true }).extend({ type: z.literal('presence'), conversation: z.string() }),
  team.extend({ type: z.literal('team') }),
  /** All saved replies of the workspace, by title. */
  z.object({ type: z.literal('replies'), replies: z.array(savedReply) }),
  /** The agent's conversations go back to the queue: the desk may close. */
  z.object({ type: z.literal('left') }),
  errorFrame.extend({ conversation: z.string().exactOptional() }),
  z.object({ type: z.literal('pong') }),
])
export type DeskGatewayFrame = z.infer<typeof deskGatewayFrame>
