import { z } from 'zod'
import { customerAttribute, requestCustomer, visitedPage } from './customer.ts'
import { hours, knownAgent, rating, releaseReasons, requestActions } from './record.ts'

const request = z.object({
  workspace: z.string(),
  conversation: z.string(),
  request: z.number(),
  /** The sequence of the conversation's record that this follows from: later ones supersede earlier ones. */
  record: z.number(),
  at: z.string(),
  queuedAt: z.string().nullable(),
  channel: z.string(),
  locale: z.string(),
  hours,
  /** When the channel opens again, as it was when the conversation began; `null` within the opening hours. */
  opensAt: z.string().nullable(),
  customer: requestCustomer,
  page: visitedPage.optional(),
  /** Those that the channel names, in its order. */
  attributes: z.array(customerAttribute).optional(),
  /** The customer's answers in the form beyond name and e-mail, by field id. */
  details: z.record(z.string(), z.string()).optional(),
  /** The customer's first text. */
  need: z.string().nullable(),
  agent: knownAgent.optional(),
  /** The subject of the request, as a bot tagged it. */
  tags: z.array(z.string()).optional(),
  /** Since when the customer waits for the agent’s answer, once the agent was reminded of it. */
  unattendedSince: z.string().optional(),
  /** After the end, once the customer has rated the conversation. */
  rating: rating.optional(),
})

/** The notification on `frontdesk.workspace.<workspace>.request.<action>`. */
export const notification = request.extend({
  action: z.enum(requestActions),
  /** With `released`. */
  reason: z.enum(releaseReasons).optional(),
  /** With `offered`, beside `agent`. */
  offerUntil: z.string().optional(),
})
export type Notification = z.infer<typeof notification>

export const openRequestStates = ['waiting', 'accepted', 'ended', 'withdrawn'] as const

/** A request as it stands now: bucket `frontdesk_requests`, key `<workspace>.<conversation>`. */
export const openRequest = request.extend({
  state: z.enum(openRequestStates),
  /** While it waits: how urgent agents were last told that it is. */
  urgency: z.enum(['reminded', 'escalated']).optional(),
  /** While it waits: the one agent who may accept it, and until when. */
  offer: z.object({ agent: knownAgent, until: z.string() }).optional(),
  /** In the workspace that it was transferred from: where it is now. Agents there may not open it any more. */
  movedTo: z.string().optional(),
  /** While it waits: the ids of agents who did not take it. */
  asked: z.array(z.string()).optional(),
  /** While it waits: the customer is gone, and its escalation is held back for those who are there. */
  held: z.literal(true).optional(),
  /** While it waits and was offered: how often, since it was made. */
  offers: z.number().optional(),
  /** While it waits: since when, in this workspace and without an agent; absent: since `queuedAt`. */
  waitingSince: z.string().optional(),
  /** Its agent has accepted it at a desk, whose presence is told. */
  atDesk: z.literal(true).optional(),
  /** The workspaces that it came from. */
  formerWorkspaces: z.array(z.string()).optional(),
})
export type OpenRequest = z.infer<typeof openRequest>
