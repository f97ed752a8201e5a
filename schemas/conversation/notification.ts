import { z } from 'zod'
import { customerAttribute, requestCustomer, visitedPage } from './customer.ts'
import { hours, knownAgent, rating, releaseReasons, requestActions } from './record.ts'

const request = z.object({
  workspace: z.string(),
  conversation: z.string(),
  request: z.number(),
  record: z
    .number()
    .describe(
      'The sequence of the conversation’s record that this follows from: later ones supersede earlier ones.',
    ),
  at: z.string(),
  queuedAt: z.string().nullable(),
  channel: z.string(),
  locale: z.string(),
  hours,
  opensAt: z
    .string()
    .nullable()
    .describe(
      'When the channel opens again, as it was when the conversation began; `null` within the opening hours.',
    ),
  customer: requestCustomer,
  page: visitedPage.optional(),
  attributes: z.array(customerAttribute).optional().describe('Those that the channel names, in its order.'),
  details: z
    .record(z.string(), z.string())
    .optional()
    .describe('The customer’s answers in the form beyond name and e-mail, by field id.'),
  need: z.string().nullable().describe('The customer’s first text.'),
  agent: knownAgent.optional(),
  tags: z.array(z.string()).optional().describe('The subject of the request, as a bot tagged it.'),
  unattendedSince: z
    .string()
    .optional()
    .describe('Since when the customer waits for the agent’s answer, once the agent was reminded of it.'),
  rating: rating.optional().describe('After the end, once the customer has rated the conversation.'),
})

/** The notification on `frontdesk.workspace.<workspace>.request.<action>`. */
export const notification = request.extend({
  action: z.enum(requestActions),
  reason: z.enum(releaseReasons).optional().describe('With `released`.'),
  offerUntil: z.string().optional().describe('With `offered`, beside `agent`.'),
})
export type Notification = z.infer<typeof notification>

export const openRequestStates = ['waiting', 'accepted', 'ended', 'withdrawn'] as const

/** A request as it stands now: bucket `frontdesk_requests`, key `<workspace>.<conversation>`. */
export const openRequest = request.extend({
  state: z.enum(openRequestStates),
  urgency: z
    .enum(['reminded', 'escalated'])
    .optional()
    .describe('While it waits: how urgent agents were last told that it is.'),
  offer: z
    .object({ agent: knownAgent, until: z.string() })
    .optional()
    .describe('While it waits: the one agent who may accept it, and until when.'),
  movedTo: z
    .string()
    .optional()
    .describe(
      'In the workspace that it was transferred from: where it is now. Agents there may not open it any more.',
    ),
  asked: z.array(z.string()).optional().describe('While it waits: the ids of agents who did not take it.'),
  held: z
    .literal(true)
    .optional()
    .describe(
      'While it waits: the customer is gone, and its escalation is held back for those who are there.',
    ),
  offers: z.number().optional().describe('While it waits and was offered: how often, since it was made.'),
  waitingSince: z
    .string()
    .optional()
    .describe(
      'While it waits: since when, in this workspace and without an agent; absent: since `queuedAt`.',
    ),
  atDesk: z.literal(true).optional().describe('Its agent has accepted it at a desk, whose presence is told.'),
  formerWorkspaces: z.array(z.string()).optional().describe('The workspaces that it came from.'),
})
export type OpenRequest = z.infer<typeof openRequest>
