import { z } from 'zod'
import { token } from '../token.ts'
import { knownAgent } from './record.ts'

/** Presence of customers and agents: plain messages that are never stored. */

/** A widget gateway tells each customer's presence this often, in milliseconds, and when it changes. */
export const presenceEveryMs = 30_000
/** A customer of whom nothing was heard for this long, in milliseconds, is gone: two messages were lost. */
export const presenceLostMs = 75_000
/** A desk tells its agent's presence this often, in milliseconds, and when it changes. */
export const deskEveryMs = 10_000
/** A desk of which nothing was heard for this long, in milliseconds, is gone: two messages were lost. */
export const deskLostMs = 30_000

/** On `frontdesk.presence.<conversation>.customer`. `away`: connected, with the page out of sight. */
export const customerPresence = z.object({
  state: z.enum(['here', 'away', 'gone']),
  at: z.string(),
  gateway: token
    .optional()
    .describe('Names the gateway that tells it, since a customer may have pages at several.'),
})
export type CustomerPresence = z.infer<typeof customerPresence>

/** On `frontdesk.desk.<workspace>`: one desk of an agent, who may have several. */
export const deskPresence = z.object({
  desk: token.describe('Names the desk among all desks.'),
  agent: knownAgent,
  state: z.enum(['online', 'away', 'gone']),
  signsOut: z
    .literal(true)
    .optional()
    .describe('With `gone`: the agent signs out, so that they have left at once if this is their last desk.'),
})
export type DeskPresence = z.infer<typeof deskPresence>

/** On `frontdesk.typing.<conversation>.customer` and `.agent`: this party is typing; counts for 5 s. */
export const typist = z.object({
  name: z.string().optional().describe('The agent’s.'),
})
export type Typist = z.infer<typeof typist>

/** On `frontdesk.team.<workspace>`, and the answer to a request to `frontdesk.roster.<workspace>`. */
export const team = z.object({
  agents: z.array(
    knownAgent.extend({
      state: z.enum(['online', 'away']),
      accepted: z.int().describe('Conversations that they have, in all workspaces.'),
      offered: z.int().describe('Requests that are offered to them.'),
    }),
  ),
  waiting: z.int().describe('Requests that wait in the workspace.'),
  /** All workspaces that are known: configured, or with requests or agents. */
  workspaces: z.array(
    z.object({
      id: z.string(),
      name: z.string().optional(),
      online: z.int().describe('Agents who are online.'),
      waiting: z
        .int()
        .default(0)
        .describe('Requests that wait; absent from a notifier of an earlier version.'),
    }),
  ),
})
export type Team = z.infer<typeof team>
