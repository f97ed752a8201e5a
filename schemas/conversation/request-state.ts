import type { OpenRequest } from './notification.ts'
import type { EndReason } from './record.ts'

/** The state of a request, from its conversation's agent and the reason for its end: a context's or a status's. */
export function requestState({
  agent,
  reason,
}: {
  agent?: object | null | undefined
  reason?: EndReason | null | undefined
}): OpenRequest['state'] {
  if (reason) return agent ? 'ended' : 'withdrawn'
  return agent ? 'accepted' : 'waiting'
}

/** Whether agents have it in their lists. */
export function isOpenRequest({ state }: Pick<OpenRequest, 'state'>): boolean {
  return state === 'waiting' || state === 'accepted'
}

/** Whether a later record of its conversation is known: a list that is read while it changes may repeat old states. */
export function isStaleRequest(request: OpenRequest, known: OpenRequest | null | undefined): boolean {
  return known != null && request.record < known.record
}

/** Sorts the longest wait first; requests of the same instant by conversation, so that the order is stable. */
export function byAge(a: OpenRequest, b: OpenRequest): number {
  const [queuedA, queuedB] = [a.queuedAt ?? '', b.queuedAt ?? '']
  if (queuedA !== queuedB) return queuedA < queuedB ? -1 : 1
  return a.conversation < b.conversation ? -1 : 1
}
