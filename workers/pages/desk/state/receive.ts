import type { OpenRequest } from '../../../../schemas/conversation/notification.ts'
import type { RequestChange, Status } from '../../../../schemas/conversation/record.ts'
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
  type TranscriptEntry,
  updateConversation,
} from './desk-state.ts'
import { requestOf } from './selectors.ts'

/** The desk after a frame from the gateway. */
export function receive(desk: Desk, frame: DeskGatewayFrame, now: number): Desk {
  switch (frame.type) {
    case 'welcome':
      return { ...desk, agent: frame.agent, workspace: frame.workspace, files: frame.files, arriving: [] }
    case 'request':
      return addRequest(desk, frame.request)
    case 'gone':
      return eraseConversation(desk, frame.conversation)
    case 'ready':
      if (frame.conversation !== undefined)
        return updateConversation(desk, frame.conversation, { isKnown: true })
      return syncFollowed(withList({ ...desk, isKnown: true }, listed(desk)))
    case 'record':
      return addRecord(desk, frame)
    case 'stored':
      return updatePending(desk, frame.conversation, frame.clientId, { state: 'stored' })
    case 'rejected':
      return refuse(desk, frame.conversation, frame.clientId, frame)
    case 'typing':
      return updateConversation(desk, frame.conversation, { typingUntil: now + typingMs })
    case 'presence':
      return addPresence(desk, frame)
    case 'team': {
      const { type: _, ...team } = frame
      return { ...desk, team }
    }
    case 'replies':
      return { ...desk, replies: frame.replies }
    case 'error':
      return addError(desk, frame)
    default:
      return desk
  }
}

function addRequest(desk: Desk, request: OpenRequest): Desk {
  // The conversation's record may have arrived before the notifier's request.
  const known = requestOf(desk, request.conversation)
  const next = setRequest(desk, known && isStaleRequest(request, known) ? known : request)
  // It may have become the agent's own at another desk.
  return next.arriving ? next : syncFollowed(next)
}

function setRequest(desk: Desk, request: OpenRequest): Desk {
  const { conversation: id } = request
  const known = requestOf(desk, id)
  const me = desk.agent?.id
  const isLost = desk.conversations.get(id)?.refusal?.code === 'already_accepted'
  const isAccepted = request.state === 'accepted'
  const wasMine = known?.state === 'accepted' && known.agent?.id === me
  const isAnothers = isAccepted && request.agent?.id !== me
  const next = updateConversation(desk, id, {
    request,
    // Once the request waits again, it no longer matters who was faster.
    ...(isLost && request.state === 'waiting' && { refusal: null }),
    ...(wasMine && isAnothers && { takenBy: request.agent ?? null }),
    ...(!isAnothers && { takenBy: null }),
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

function withList(desk: Desk, requests: Desk['requests']): Desk {
  const presence = new Map([...desk.presence].filter(([id]) => requests.has(id)))
  return { ...desk, requests, arriving: null, presence }
}

function addPresence(
  desk: Desk,
  { conversation, state, at }: Extract<DeskGatewayFrame, { type: 'presence' }>,
): Desk {
  // Repeated until somebody comes back: the first one says since when they are gone.
  if (desk.presence.get(conversation)?.state === state) return desk
  return { ...desk, presence: new Map(desk.presence).set(conversation, { state, at }) }
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
  const {
    conversation: id,
    sequence,
    at,
    messages = [],
    notes = [],
    status,
    clientId,
    requests,
    rating,
  } = frame
  const known = desk.conversations.get(id)
  if (!known || sequence <= known.last) return desk
  const arrived = new Set([clientId, ...messages.map((message) => message.clientId)])
  const isAnswered = ({ event }: PendingEvent) =>
    arrived.has(event.clientId) || (known.isKnown && isReached(event.type, status, desk.agent?.id))
  const hasCustomer = messages.some(({ author }) => author.type === 'customer')
  const said = messages.map((message): TranscriptEntry => {
    const notice = message.type === 'notice' ? noticeOf(status, known.status, requests) : undefined
    return { message, at, sequence, ...(notice && { notice }) }
  })
  const noted = notes.map(
    (note): TranscriptEntry => ({ message: { ...note, type: 'text' }, at, sequence, isNote: true }),
  )
  const next = updateConversation(desk, id, {
    last: sequence,
    // A transcript that is the same is not drawn again.
    ...(said.length + noted.length > 0 && { transcript: [...known.transcript, ...said, ...noted] }),
    pending: known.pending.filter((pending) => !isAnswered(pending)),
    ...(status && { status }),
    ...(hasCustomer && { typingUntil: 0 }),
    ...(rating && { rating }),
  })
  const own = known.pending.find(({ event }) => event.clientId === clientId)?.event
  const applied = own ? applyOwn(next, id, own) : next
  return status ? applyStatus(applied, id, status, sequence, at) : applied
}

/** The agent's own change of the request, which the notifier's request has only later. */
function applyOwn(desk: Desk, id: string, event: AgentEvent): Desk {
  const request = requestOf(desk, id)
  if (!request) return desk
  if (event.type === 'tag') return setRequest(desk, { ...request, tags: event.tags })
  if (event.type !== 'correct') return desk
  return setRequest(desk, { ...request, customer: { ...request.customer, name: event.name } })
}

/** The meaning of a record's notice, by the change of status; `undefined` for one of a machine's own. */
function noticeOf(
  status: Status | undefined,
  before: Status | null,
  requests: readonly RequestChange[] = [],
): Notice | undefined {
  const agent = before?.agent
  switch (status?.state) {
    case 'withAgent':
      if (agent && agent.id !== status.agent?.id)
        return { kind: 'tookOver', agent: status.agent, other: agent }
      return { kind: 'joined', agent: status.agent }
    case 'queued':
      return agent && { ...backInQueue(requests), agent }
    case 'ended':
      if (status.reason === 'agent') return { kind: 'endedByAgent', agent }
      return status.reason === 'inactivity' ? { kind: 'endedByInactivity', agent } : undefined
    default:
      return undefined
  }
}

function backInQueue(requests: readonly RequestChange[]): Pick<Notice, 'kind' | 'other'> {
  const reason = requests.find(({ action }) => action === 'released')?.reason
  if (reason === 'unattended' || reason === 'agentAway') return { kind: reason }
  if (!requests.some(({ action }) => action === 'transferred')) return { kind: 'released' }
  const to = requests.find(({ action }) => action === 'offered')?.agent
  return { kind: 'transferred', ...(to && { other: to }) }
}

/** Whether an action's goal is reached, by whichever event; its refusal answers an accept that came too late. */
function isReached(type: AgentEvent['type'], status: Status | undefined, me: string | undefined): boolean {
  switch (status?.state) {
    case 'ended':
      return type !== 'message' && type !== 'note' && type !== 'tag' && type !== 'correct'
    case 'withAgent':
      return type === 'accept' && status.agent?.id === me
    case 'queued':
      return type === 'release' || type === 'transfer'
    default:
      return false
  }
}

/** Derives the request from a record's status: the record arrives before the notifier's request does. */
function applyStatus(desk: Desk, id: string, status: Status, record: number, at: string): Desk {
  const request = requestOf(desk, id)
  if (!request || request.record >= record) return desk
  if (status.state !== 'queued' && status.state !== 'withAgent' && status.state !== 'ended') return desk
  const state = requestState(status)
  const { agent, unattendedSince: _, offer: __, asked: ___, urgency: ____, ...rest } = request
  const isSame = state === request.state && agent?.id === status.agent?.id
  return setRequest(desk, {
    // Neither the clock of a former agent nor an offer lasts.
    ...(isSame ? request : rest),
    request: status.request ?? request.request,
    record,
    at,
    state,
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
      .filter(({ event }) => event.type === 'message' || event.type === 'note')
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
  if (refused.event.type === 'message' || refused.event.type === 'note')
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
