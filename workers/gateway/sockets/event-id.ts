import { createHash } from 'node:crypto'

/**
 * The id of a client's event: the same when the client sends it again, different for every client, whatever its
 * `clientId`.
 */
export const eventIds = {
  started: (conversation: string) => `${conversation}.started`,
  ofCustomer: (conversation: string, clientId: string) => `${conversation}.customer.${clientId}`,
  ofAgent: (conversation: string, agent: string, clientId: string) =>
    `${conversation}.${agentKey(agent)}.${clientId}`,
}

/** The `clientId` of an event that a customer's clients sent. */
export function customerClientId(conversation: string, eventId: string): string | undefined {
  return after(`${conversation}.customer.`, eventId)
}

/** The `clientId` of an event that this agent's clients sent. */
export function agentClientId(conversation: string, agent: string, eventId: string): string | undefined {
  return after(`${conversation}.${agentKey(agent)}.`, eventId)
}

function after(prefix: string, text: string): string | undefined {
  return text.startsWith(prefix) ? text.slice(prefix.length) : undefined
}

// An agent's id, which may be an e-mail address, is not put into message headers.
function agentKey(agent: string): string {
  return `agent-${createHash('sha256').update(agent).digest('base64url').slice(0, 16)}`
}
