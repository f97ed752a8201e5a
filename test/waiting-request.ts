import type { OpenRequest } from '../schemas/conversation/notification.ts'

/** A request that waits for an agent in the workspace `main`, as the bucket of open requests has it. */
export function waitingRequest(
  conversation: string,
  record: number,
  more: Partial<OpenRequest> = {},
): OpenRequest {
  const at = '2026-06-05T15:00:00.000Z'
  return {
    workspace: 'main',
    conversation,
    request: 1,
    record,
    state: 'waiting',
    at,
    queuedAt: at,
    channel: 'web',
    locale: 'en',
    hours: 'during',
    opensAt: null,
    customer: { name: null, email: null, externalId: null, verified: false },
    need: null,
    ...more,
  }
}
