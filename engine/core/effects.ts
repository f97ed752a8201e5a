import type { Call } from '../../schemas/conversation/call.ts'
import type { OpenRequest } from '../../schemas/conversation/notification.ts'
import type { RequestChange } from '../../schemas/conversation/record.ts'
import type { RequestChanges, RequestRecord } from '../../schemas/conversation/request-record.ts'
import { requestState } from '../../schemas/conversation/request-state.ts'
import type { ConversationContext } from '../machines/context.ts'
import type { StoredSnapshot } from '../machines/step.ts'
import { contextOf, type State, type StoredRecord, timerName } from './conversation.ts'

/** An action to perform after a record is stored. Each is idempotent. */
export type Effect =
  /** Store the present request and tell the workspace what has changed. */
  | { kind: 'notify'; conversation: string; request: RequestChanges }
  /** Let the notifier remove the requests and notifications of an erased conversation. */
  | { kind: 'forgetRequests'; conversation: string; request: RequestRecord }
  /** Let the conversation be woken up at an instant, in epoch milliseconds. */
  | { kind: 'wake'; conversation: string; generation: number; at: number }
  /** Remove the wake-ups of a conversation that has ended: nothing waits for them any more. */
  | { kind: 'disarm'; conversation: string }
  /** Let an API be called. */
  | { kind: 'call'; conversation: string; call: Call }
  /** Remove the conversation's events up to this one, its records before this one, and its other data. */
  | { kind: 'forget'; conversation: string; seq: number; record: number }

/**
 * The effects of a stored record, from the record alone, so that any worker that finds it can perform them.
 *
 * @param isFound the record was found above the cursor: the wake-up of an earlier record may not be armed yet, too
 */
export function effectsOf(
  conversation: string,
  sequence: number,
  record: StoredRecord,
  isFound = false,
): Effect[] {
  const { state, event, requests } = record
  const effects: Effect[] = []
  if (state.erased) {
    // The record of the erasure stays, and those of what was refused after it.
    const isErasure = event.type === 'admin.erased' && record.outcome === 'applied'
    effects.push({ kind: 'forget', conversation, seq: event.seq, record: isErasure ? sequence : 0 })
    const { workspace, startedAt, request, formerWorkspaces = [], files } = state.erased
    // After the erasure, a later event leaves only itself to forget.
    if (isErasure && workspace !== null && startedAt !== null) {
      const erasedSince = isoOf(startedAt)
      for (const where of new Set([workspace, ...formerWorkspaces])) {
        const gone = {
          ...erasedRequest,
          workspace: where,
          conversation,
          request,
          record: sequence,
          at: record.at,
        }
        const changes = where === workspace ? (requests ?? []) : []
        effects.push({
          kind: 'forgetRequests',
          conversation,
          request: { changes, request: gone, erasedSince, ...(where === workspace && files && { files }) },
        })
      }
    }
    return effects
  }
  if (requests) {
    const request = requestOf(conversation, sequence, record.at, state)
    const isHere = ({ workspace = request.workspace }: RequestChange) => workspace === request.workspace
    effects.push({ kind: 'notify', conversation, request: { changes: requests.filter(isHere), request } })
    // The workspace that it was transferred from.
    for (const change of requests.filter((change) => !isHere(change))) {
      const workspace = change.workspace as string
      const withdrawn = { ...request, workspace, state: 'withdrawn' as const, movedTo: request.workspace }
      effects.push({ kind: 'notify', conversation, request: { changes: [change], request: withdrawn } })
    }
  }
  for (const call of state.calls ?? []) effects.push({ kind: 'call', conversation, call })
  const { wake } = state
  if (wake && (wake.seq === event.seq || (isFound && state.snapshot?.status !== 'done')))
    effects.push({ kind: 'wake', conversation, generation: wake.generation, at: wake.at })
  // Only what the wake-up itself has ended needs none: one whose time has passed may have been put off, without a record.
  if (record.status?.state === 'ended' && wake && (wake.at > Date.parse(record.at) || !isTimer(event)))
    effects.push({ kind: 'disarm', conversation })
  return effects
}

function isTimer({ type }: StoredRecord['event']): boolean {
  return type.startsWith('timer.')
}

/** The request of a conversation that has begun, as it is after a record. All fields in one place: spreading those that are set takes several times as long. */
export function requestOf(conversation: string, record: number, at: string, state: State): OpenRequest {
  const { desk } = state
  const context = contextOf(state.snapshot as StoredSnapshot)
  const { pinned, customer, need, agent, request, answers, attributes, tags } = context
  const { workspace, channel, locale, hours, opensAt, page } = pinned
  return {
    workspace,
    conversation,
    request,
    record,
    state: requestState(context),
    at,
    queuedAt: isoOrNull(context.queuedAt),
    channel,
    locale,
    hours,
    opensAt: isoOrNull(opensAt),
    customer,
    page,
    attributes,
    details: Object.keys(answers).length > 0 ? answers : undefined,
    need,
    agent: agent ?? undefined,
    urgency: urgencyOf(state, context),
    tags,
    unattendedSince: desk?.unanswered?.isTold ? isoOf(desk.unanswered.since) : undefined,
    offer: desk?.offer && { agent: desk.offer.agent, until: isoOf(desk.offer.until) },
    asked: desk?.asked,
    held: desk?.isHeld,
    offers: desk?.offer || desk?.asked ? state.told?.offered : undefined,
    waitingSince: waitingSinceOf(state, context),
    atDesk: desk?.isAtDesk,
    rating: state.rating,
    formerWorkspaces: desk?.formerWorkspaces,
  }
}

/** When the present wait in this workspace began, where that is not when it was queued. */
function waitingSinceOf({ since = 0, desk }: State, context: ConversationContext): string | undefined {
  const from = Math.max(since, desk?.movedAt ?? 0)
  return requestState(context) === 'waiting' && from > (context.queuedAt ?? 0) ? isoOf(from) : undefined
}

/** How urgent agents were told that a waiting request is: by the timers of the present wait that have come due. */
function urgencyOf({ fired }: State, context: ConversationContext): OpenRequest['urgency'] {
  if (!fired || requestState(context) !== 'waiting') return undefined
  const names = fired.map((id) => timerName({ id }))
  if (names.includes('escalate')) return 'escalated'
  return names.includes('unanswered') ? 'reminded' : undefined
}

function isoOrNull(instant: number | null): string | null {
  return instant === null ? null : isoOf(instant)
}

function isoOf(instant: number): string {
  return new Date(instant).toISOString()
}

const erasedRequest = {
  state: 'withdrawn',
  queuedAt: null,
  channel: '',
  locale: '',
  hours: 'during',
  opensAt: null,
  customer: { name: null, email: null, externalId: null, verified: false },
  need: null,
} as const
