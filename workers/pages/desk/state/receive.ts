import type { OpenRequest } from '../../../../schemas/conversation/notification.ts'
import type { Status } from '../../../../schemas/conversation/record.ts'
import {
  isOpenRequest,
  isStaleRequest,
  requestState,
} from '../../../../schemas/conversation/request-state.ts'
import { typingMs } from '../../../../schemas/limits.ts'
import type { AgentEvent, DeskGatewayFrame } from '../../../../schemas/protocol/desk.ts'
import { syncFollowed } from './agent-actions.ts'
import {
  type Desk,
  type DeskRefusal,
  emptyConversation,
  type Notice,
  type PendingEvent,
  updateConversation,
} from './desk-state.ts'
import { requestOf } from './selectors.ts'

/** The desk after a frame from the gateway. */
export function receive(desk: Desk, frame: DeskGatewayFrame, now: number): Desk {
  switch (frame.type) {
    case 'welcome':
      return { ...desk, agent: frame.agent, workspace: frame.workspace, arriving: [] }
    case 'request':
      return addRequest(desk, frame.request)
    case 'gone':
      return eraseConversation(desk, frame.conversation)
    case 'ready':
      if (frame.conversation !== undefined)
        return updateConversation(desk, frame.conversation, { isKnown: true })
      return syncFollowed({ ...desk, isKnown: true, requests: listed(desk), arriving: null })
    case 'record':
      return addRecord(desk, frame)
    case 'stored':
      return updatePending(desk, frame.conversation, frame.clientId, { state: 'stored' })
    case 'rejected':
      return refuse(desk, frame.conversation, frame.clientId, frame)
    case 'typing':
      return updateConversation(desk, frame.conversation, { typingUntil: now + typingMs })
    case 'error':
      return addError(desk, frame)
    default:
      return desk
  }
}

function addRequest(desk: Desk, request: OpenRequest): Desk {
  // The conversation's record may have arrived before the notifier's request.
  const known = requestOf(desk, request.conversation)
  return setRequest(desk, known && isStaleRequest(request, known) ? known : request)
}

function setRequest(desk: Desk, request: OpenRequest): Desk {
  const { conversation: id } = request
  const isLost = desk.conversations.get(id)?.refusal?.code === 'already_accepted'
  const next = updateConversation(desk, id, {
    request,
    // Once the request waits again, it no longer matters who was faster.
    ...(isLost && request.state === 'waiting' && { refusal: null }),
  })
  if (next.arriving) return { ...next, arriving: [...next.arriving, request] }
  const requests = new Map(next.requests)
  if (isOpenRequest(request)) requests.set(id, request)
  else requests.delete(id)
  return { ...next, requests }
}

/** The open requests once a connection has listed all of them. */
function listed({ arriving, requests }: Desk): ReadonlyMap<string, OpenRequest> {
  if (!arriving) return requests
  const latest = new Map<string, OpenRequest>()
  for (const request of arriving)
    if (!isStaleRequest(request, latest.get(request.conversation))) latest.set(request.conversation, request)
  for (const [id, request] of latest) if (!isOpenRequest(request)) latest.delete(id)
  return latest
}

function eraseConversation(desk: Desk, id: string): Desk {
  const requests = new Map(desk.requests)
  requests.delete(id)
  const arriving = desk.arriving?.filter(({ conversation }) => conversation !== id) ?? null
  const { seen, last } = desk.conversations.get(id) ?? emptyConversation(id)
  const erased = { ...emptyConversation(id), seen, last, isErased: true, isKnown: true }
  return updateConversation({ ...desk, requests, arriving }, id, erased)
}

type DeskRecordFrame = Extract<DeskGatewayFrame, { type: 'record' }>

function addRecord(desk: Desk, frame: DeskRecordFrame): Desk {
  const { conversation: id, sequence, at, messages = [], status, clientId } = frame
  const known = desk.conversations.get(id)
  if (!known || sequence <= known.last) return desk
  const arrived = new Set([clientId, ...messages.map((message) => message.clientId)])
  const isAnswered = ({ event }: PendingEvent) =>
    arrived.has(event.clientId) || (known.isKnown && isReached(event.type, status, desk.agent?.id))
  const hasCustomer = messages.some(({ author }) => author.type === 'customer')
  const next = updateConversation(desk, id, {
    last: sequence,
    transcript: [
      ...known.transcript,
      ...messages.map((message) => {
        const notice = message.type === 'notice' ? noticeOf(status, known.status) : undefined
        return { message, at, sequence, ...(notice && { notice }) }
      }),
    ],
    pending: known.pending.filter((pending) => !isAnswered(pending)),
    ...(status && { status }),
    ...(hasCustomer && { typingUntil: 0 }),
  })
  return status ? applyStatus(next, id, status, sequence, at) : next
}

/** The meaning of a record's notice, by the change of status; `undefined` for one of a machine's own. */
function noticeOf(status: Status | undefined, before: Status | null): Notice | undefined {
  const agent = before?.agent
  switch (status?.state) {
    case 'withAgent':
      return { kind: 'joined', agent: status.agent }
    case 'queued':
      return agent && { kind: 'released', agent }
    case 'ended':
      if (status.reason === 'agent') return { kind: 'endedByAgent', agent }
      return status.reason === 'inactivity' ? { kind: 'endedByInactivity', agent } : undefined
    default:
      return undefined
  }
}

/** Whether an action's goal is reached, by whichever event; its refusal answers an accept that came too late. */
function isReached(type: AgentEvent['type'], status: Status | undefined, me: string | undefined): boolean {
  switch (status?.state) {
    case 'ended':
      return type !== 'message'
    case 'withAgent':
      return type === 'accept' && status.agent?.id === me
    case 'queued':
      return type === 'release'
    default:
      return false
  }
}

/** Derives the request from a record's status: the record arrives before the notifier's request does. */
function applyStatus(desk: Desk, id: string, status: Status, record: number, at: string): Desk {
  const request = requestOf(desk, id)
  if (!request || request.record >= record) return desk
  if (status.state !== 'queued' && status.state !== 'withAgent' && status.state !== 'ended') return desk
  const { agent: _, ...rest } = request
  return setRequest(desk, {
    ...rest,
    request: status.request ?? request.request,
    record,
    at,
    state: requestState(status),
    ...(status.agent && { agent: status.agent }),
  })
}

function addError(desk: Desk, frame: Extract<DeskGatewayFrame, { type: 'error' }>): Desk {
  const { conversation, clientId } = frame
  if (clientId !== undefined) {
    const id = conversation ?? conversationOfEvent(desk, clientId)
    return id === undefined ? desk : refuse(desk, id, clientId, frame)
  }
  const known = conversation === undefined ? undefined : desk.conversations.get(conversation)
  if (!known) return desk
  if (frame.code === 'after_unknown')
    return updateConversation(desk, known.id, { last: 0, transcript: [], isKnown: false })
  const refusal: DeskRefusal = { type: 'open', code: frame.code, message: frame.message }
  return updateConversation(desk, known.id, {
    isKnown: true,
    refusal,
    // The conversation cannot be opened, so its unsent texts cannot be sent either.
    pending: known.pending
      .filter(({ event }) => event.type === 'message')
      .map((pending) => ({ ...pending, state: 'refused' as const, refusal })),
  })
}

function conversationOfEvent(desk: Desk, clientId: string): string | undefined {
  for (const { id, pending } of desk.conversations.values())
    if (pending.some(({ event }) => event.clientId === clientId)) return id
  return undefined
}

function refuse(desk: Desk, id: string, clientId: string, reason: Omit<DeskRefusal, 'type'>): Desk {
  const conversation = desk.conversations.get(id)
  const refused = conversation?.pending.find(({ event }) => event.clientId === clientId)
  if (!conversation || !refused) return desk
  const { code, message, agent } = reason
  const refusal: DeskRefusal = { type: refused.event.type, code, message, agent }
  // A refused text stays on the screen: nothing that was written is lost.
  if (refused.event.type === 'message')
    return updatePending(desk, id, clientId, { state: 'refused', refusal })
  return updateConversation(desk, id, {
    pending: conversation.pending.filter((pending) => pending !== refused),
    refusal,
  })
}

function updatePending(desk: Desk, id: string, clientId: string, changes: Partial<PendingEvent>): Desk {
  const pending = desk.conversations.get(id)?.pending
  if (!pending?.some(({ event }) => event.clientId === clientId)) return desk
  return updateConversation(desk, id, {
    pending: pending.map((known) => (known.event.clientId === clientId ? { ...known, ...changes } : known)),
  })
}
