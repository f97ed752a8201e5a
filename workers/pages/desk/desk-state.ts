import type { OpenRequest } from '../../../schemas/conversation/notification.ts'
import type { Message, Status } from '../../../schemas/conversation/record.ts'
import type { AgentEvent, DeskGatewayFrame } from '../../../schemas/protocol/desk.ts'
import { typingMs } from './limits.ts'

/** All that an agent's desk knows. Every function here makes the next one of it and changes nothing. */
export interface Desk {
  agent: { id: string; name: string } | null
  workspace: string
  /** Whether the open requests have ever been told in full. */
  isKnown: boolean
  /** The open requests by conversation: those that wait and those that an agent has. */
  requests: ReadonlyMap<string, OpenRequest>
  /** What a new connection has told so far; it takes the place of `requests` once it is whole. */
  arriving: readonly OpenRequest[] | null
  conversations: ReadonlyMap<string, Conversation>
  /** What is shown in tabs or columns, in their order. */
  tabs: readonly string[]
  focused: string | null
}

/** A conversation that this desk follows, or has followed. */
export interface Conversation {
  id: string
  /** As it stood last: of one that is over, the list has none any more. */
  request: OpenRequest | null
  said: readonly Said[]
  status: Status | null
  /** The sequence of the last record; 0: none yet. */
  last: number
  /** Whether all that was said before has arrived. */
  isKnown: boolean
  /** What was sent from here and is not in a record yet, in order. */
  pending: readonly Pending[]
  /** The last record that the agent has had before their eyes; `null`: not known. */
  seen: number | null
  /** Until then the customer counts as typing, in epoch milliseconds. */
  typingUntil: number
  /** Why what the agent did last was refused. */
  refusal: Refusal | null
  isErased: boolean
  draft: string
}

export interface Said {
  message: Message
  at: string
  sequence: number
}

export interface Pending {
  event: AgentEvent
  at: string
  state: 'sending' | 'stored' | 'refused'
  refusal?: Refusal
}

export interface Refusal {
  /** What was refused. */
  type: AgentEvent['type'] | 'open'
  code: string
  message: string
  /** Of a race: who won. */
  agent?: { id: string; name?: string | undefined } | undefined
}

export function emptyDesk(workspace: string): Desk {
  return {
    agent: null,
    workspace,
    isKnown: false,
    requests: new Map(),
    arriving: null,
    conversations: new Map(),
    tabs: [],
    focused: null,
  }
}

/** What follows from a frame of the gateway's. */
export function receive(desk: Desk, frame: DeskGatewayFrame, now: number): Desk {
  switch (frame.type) {
    case 'welcome':
      return { ...desk, agent: frame.agent, workspace: frame.workspace, arriving: [] }
    case 'request':
      return keepRequest(desk, frame.request)
    case 'gone':
      return forget(desk, frame.conversation)
    case 'ready':
      if (frame.conversation !== undefined) return change(desk, frame.conversation, { isKnown: true })
      return letGo({ ...desk, isKnown: true, requests: arrived(desk), arriving: null })
    case 'record':
      return keepRecord(desk, frame)
    case 'stored':
      return changePending(desk, frame.conversation, frame.clientId, (pending) => ({
        ...pending,
        state: 'stored',
      }))
    case 'rejected':
      return refuse(desk, frame.conversation, frame.clientId, frame)
    case 'typing':
      return change(desk, frame.conversation, { typingUntil: now + typingMs })
    case 'error':
      return noteError(desk, frame)
    default:
      return desk
  }
}

/** Shows a conversation. One that is not the agent's to answer gives its place to the next that is opened. */
export function open(desk: Desk, id: string): Desk {
  const next = withConversation({ ...desk, focused: id }, id)
  if (desk.tabs.includes(id)) return next
  const place = desk.tabs.findIndex((tab) => givesPlace(desk, tab))
  const tabs = place < 0 ? [...desk.tabs, id] : desk.tabs.with(place, id)
  return letGo({ ...next, tabs })
}

/** Takes a conversation off the screen; one that is the agent's goes on being followed. */
export function close(desk: Desk, id: string): Desk {
  const place = desk.tabs.indexOf(id)
  const tabs = desk.tabs.filter((tab) => tab !== id)
  const focused = desk.focused === id ? (tabs[Math.min(place, tabs.length - 1)] ?? null) : desk.focused
  return letGo({ ...desk, tabs, focused })
}

/** Gives a conversation that is shown the focus; `null`: the list alone, where there is room for one thing. */
export function focus(desk: Desk, id: string | null): Desk {
  return desk.focused === id ? desk : { ...desk, focused: id }
}

/** What the agent has done here, until a record or a refusal answers it. */
export function send(desk: Desk, event: AgentEvent, at: string): Desk {
  const known = withConversation(desk, event.conversation)
  const { pending } = known.conversations.get(event.conversation) as Conversation
  return change(known, event.conversation, {
    pending: [...pending, { event, at, state: 'sending' }],
    refusal: null,
    ...(event.type === 'message' && { draft: '' }),
  })
}

export function draft(desk: Desk, id: string, text: string): Desk {
  return change(desk, id, { draft: text })
}

/** Takes a text that was refused back into the composer, behind what is there. */
export function takeBack(desk: Desk, id: string, clientId: string): Desk {
  const conversation = desk.conversations.get(id)
  const refused = conversation?.pending.find(({ event }) => event.clientId === clientId)
  if (!conversation || refused?.event.type !== 'message') return desk
  return change(desk, id, {
    pending: conversation.pending.filter((pending) => pending !== refused),
    draft: [conversation.draft, refused.event.text].filter(Boolean).join('\n'),
  })
}

/** The agent has had the conversation before their eyes. */
export function see(desk: Desk, id: string): Desk {
  const conversation = desk.conversations.get(id)
  if (!conversation || conversation.seen === conversation.last) return desk
  return change(desk, id, { seen: conversation.last })
}

export function dismissRefusal(desk: Desk, id: string): Desk {
  return desk.conversations.get(id)?.refusal ? change(desk, id, { refusal: null }) : desk
}

/** The request of a conversation as it stands, or stood last. */
export function requestOf(desk: Desk, id: string): OpenRequest | null {
  return desk.requests.get(id) ?? desk.conversations.get(id)?.request ?? null
}

/** Where a conversation stands for this agent. */
export type Standing = 'waiting' | 'mine' | 'others' | 'over' | 'unknown'

export function standing(desk: Desk, id: string): Standing {
  if (desk.conversations.get(id)?.isErased) return 'over'
  const request = requestOf(desk, id)
  switch (request?.state) {
    case undefined:
      return 'unknown'
    case 'waiting':
      return 'waiting'
    case 'accepted':
      return request.agent?.id === desk.agent?.id ? 'mine' : 'others'
    case 'ended':
    case 'withdrawn':
      return 'over'
  }
}

export interface Sections {
  waiting: OpenRequest[]
  mine: OpenRequest[]
  others: OpenRequest[]
}

/** The open requests, the oldest first. */
export function sections({ requests, agent }: Desk): Sections {
  const found: Sections = { waiting: [], mine: [], others: [] }
  for (const request of requests.values()) {
    if (request.state === 'waiting') found.waiting.push(request)
    else if (request.agent?.id === agent?.id) found.mine.push(request)
    else found.others.push(request)
  }
  for (const section of Object.values(found) as OpenRequest[][]) section.sort(byAge)
  return found
}

/** The requests that wait after a change and did not wait before it; none while the first ones arrive. */
export function arrivals(before: Desk, after: Desk): OpenRequest[] {
  if (!before.isKnown || before.requests === after.requests) return []
  return [...after.requests.values()].filter((request) => {
    if (request.state !== 'waiting') return false
    const known = requestOf(before, request.conversation)
    if (known?.state === 'accepted') return known.agent?.id !== after.agent?.id
    return known?.state !== 'waiting' || known.request !== request.request
  })
}

/** What the gateway is asked to send: what is shown, and what is the agent's, seen or not. */
export function followed(desk: Desk): Set<string> {
  const ids = new Set(desk.tabs)
  for (const { conversation, agent, state } of desk.requests.values())
    if (state === 'accepted' && agent?.id === desk.agent?.id) ids.add(conversation)
  return ids
}

/** How many messages of the customer's the agent has not seen: where that is not known, since the last answer. */
export function unread({ said, seen }: Conversation): number {
  const answered = said.findLast(({ message }) => message.author.type === 'agent')?.sequence ?? 0
  const from = seen ?? answered
  return said.filter(({ message, sequence }) => sequence > from && message.author.type === 'customer').length
}

/** What the agent has asked for and is not done yet, other than messages. */
export function acting({ pending }: Conversation): 'accept' | 'release' | 'end' | null {
  for (const { event } of pending) if (event.type !== 'message') return event.type
  return null
}

/** What was not stored yet, in the order in which it was done. */
export function unsent(desk: Desk): AgentEvent[] {
  return [...desk.conversations.values()]
    .flatMap(({ pending }) => pending.filter(({ state }) => state === 'sending'))
    .sort((a, b) => a.at.localeCompare(b.at))
    .map(({ event }) => event)
}

/** The labels of a form's fields, by their ids: answers are known by these only. */
export function fieldLabels({ said }: Conversation): Map<string, string> {
  return new Map(said.flatMap(({ message }) => message.fields?.map(({ id, label }) => [id, label]) ?? []))
}

function keepRequest(desk: Desk, request: OpenRequest): Desk {
  const { conversation: id } = request
  // A record tells of its request before the notifier does.
  const latest = later(requestOf(desk, id), request)
  return putRequest(withRequest(desk, id, latest), latest)
}

/** The conversation as its request says; who won a race is of no interest once the request waits again. */
function withRequest(desk: Desk, id: string, request: OpenRequest): Desk {
  const isLost = desk.conversations.get(id)?.refusal?.code === 'already_accepted'
  return change(desk, id, { request, ...(isLost && request.state === 'waiting' && { refusal: null }) })
}

function later(known: OpenRequest | null | undefined, request: OpenRequest): OpenRequest {
  return known && known.record > request.record ? known : request
}

/** What a connection has told in all: the list is read while it changes, so an older word may follow. */
function arrived({ arriving, requests }: Desk): ReadonlyMap<string, OpenRequest> {
  if (!arriving) return requests
  const latest = new Map<string, OpenRequest>()
  for (const request of arriving)
    latest.set(request.conversation, later(latest.get(request.conversation), request))
  for (const [id, request] of latest) if (!isOpen(request)) latest.delete(id)
  return latest
}

function putRequest(desk: Desk, request: OpenRequest): Desk {
  if (desk.arriving) return { ...desk, arriving: [...desk.arriving, request] }
  const requests = new Map(desk.requests)
  if (isOpen(request)) requests.set(request.conversation, request)
  else requests.delete(request.conversation)
  return { ...desk, requests }
}

function isOpen({ state }: OpenRequest): boolean {
  return state === 'waiting' || state === 'accepted'
}

function forget(desk: Desk, id: string): Desk {
  const requests = new Map(desk.requests)
  requests.delete(id)
  const arriving = desk.arriving?.filter(({ conversation }) => conversation !== id) ?? null
  const { seen, last } = desk.conversations.get(id) ?? emptyConversation(id)
  const erased = { ...emptyConversation(id), seen, last, isErased: true, isKnown: true }
  return change({ ...desk, requests, arriving }, id, erased)
}

type RecordFrame = Extract<DeskGatewayFrame, { type: 'record' }>

function keepRecord(desk: Desk, frame: RecordFrame): Desk {
  const { conversation: id, sequence, at, messages = [], status, clientId } = frame
  const known = desk.conversations.get(id)
  if (!known || sequence <= known.last) return desk
  const arrived = new Set([clientId, ...messages.map((message) => message.clientId)])
  const hasCustomer = messages.some(({ author }) => author.type === 'customer')
  const next = change(desk, id, {
    last: sequence,
    said: [...known.said, ...messages.map((message) => ({ message, at, sequence }))],
    pending: known.pending.filter(
      ({ event }) =>
        !arrived.has(event.clientId) && !(known.isKnown && isReached(event.type, status, desk.agent?.id)),
    ),
    ...(status && { status }),
    ...(hasCustomer && { typingUntil: 0 }),
  })
  return status ? noteStatus(next, id, status, sequence, at) : next
}

/** Whether what was asked for has come about, by whatever event; a race that was lost is answered by its refusal. */
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

/** A record tells of its request before the notifier does: the desk does not wait for the list. */
function noteStatus(desk: Desk, id: string, status: Status, record: number, at: string): Desk {
  const request = requestOf(desk, id)
  if (!request || request.record >= record) return desk
  const { agent: before, ...rest } = request
  const agent = status.agent ?? before
  const known = { ...rest, request: status.request ?? request.request, record, at }
  const next: OpenRequest | null =
    status.state === 'queued'
      ? { ...known, state: 'waiting' }
      : status.state === 'withAgent' && agent
        ? { ...known, state: 'accepted', agent }
        : status.state === 'ended'
          ? { ...known, state: before ? 'ended' : 'withdrawn', ...(before && { agent: before }) }
          : null
  return next ? putRequest(withRequest(desk, id, next), next) : desk
}

function noteError(desk: Desk, frame: Extract<DeskGatewayFrame, { type: 'error' }>): Desk {
  const { conversation, clientId } = frame
  if (clientId !== undefined) {
    const id = conversation ?? ownerOf(desk, clientId)
    return id === undefined ? desk : refuse(desk, id, clientId, frame)
  }
  const followed = conversation === undefined ? undefined : desk.conversations.get(conversation)
  if (!followed) return desk
  const refusal: Refusal = { type: 'open', code: frame.code, message: frame.message }
  return change(desk, followed.id, {
    isKnown: true,
    refusal,
    // There is nobody to whom it could be sent.
    pending: followed.pending
      .filter(({ event }) => event.type === 'message')
      .map((pending) => ({ ...pending, state: 'refused' as const, refusal })),
  })
}

function ownerOf(desk: Desk, clientId: string): string | undefined {
  for (const { id, pending } of desk.conversations.values())
    if (pending.some(({ event }) => event.clientId === clientId)) return id
  return undefined
}

function refuse(desk: Desk, id: string, clientId: string, why: Omit<Refusal, 'type'>): Desk {
  const conversation = desk.conversations.get(id)
  const pending = conversation?.pending.find(({ event }) => event.clientId === clientId)
  if (!conversation || !pending) return desk
  const { code, message, agent } = why
  const refusal: Refusal = { type: pending.event.type, code, message, agent }
  // A text that was refused stays where it stands: nothing that was written is lost.
  if (pending.event.type === 'message')
    return changePending(desk, id, clientId, (before) => ({ ...before, state: 'refused', refusal }))
  return change(desk, id, { pending: conversation.pending.filter((other) => other !== pending), refusal })
}

function changePending(desk: Desk, id: string, clientId: string, by: (pending: Pending) => Pending): Desk {
  const pending = desk.conversations.get(id)?.pending
  if (!pending?.some(({ event }) => event.clientId === clientId)) return desk
  return change(desk, id, {
    pending: pending.map((one) => (one.event.clientId === clientId ? by(one) : one)),
  })
}

function change(desk: Desk, id: string, to: Partial<Conversation>): Desk {
  const conversation = desk.conversations.get(id)
  if (!conversation) return desk
  return { ...desk, conversations: new Map(desk.conversations).set(id, { ...conversation, ...to }) }
}

function withConversation(desk: Desk, id: string): Desk {
  if (desk.conversations.has(id)) return desk
  const conversation = { ...emptyConversation(id), request: requestOf(desk, id) }
  return { ...desk, conversations: new Map(desk.conversations).set(id, conversation) }
}

export function emptyConversation(id: string): Conversation {
  return {
    id,
    request: null,
    said: [],
    status: null,
    last: 0,
    isKnown: false,
    pending: [],
    seen: null,
    typingUntil: 0,
    refusal: null,
    isErased: false,
    draft: '',
  }
}

/** Makes sure that the agent's own conversations are known, and forgets those that nobody looks at any more. */
export function letGo(desk: Desk): Desk {
  const kept = followed(desk)
  const gone = [...desk.conversations.values()].filter(
    ({ id, pending, draft }) => !kept.has(id) && pending.length === 0 && draft === '',
  )
  const fresh = [...kept].filter((id) => !desk.conversations.has(id))
  if (gone.length === 0 && fresh.length === 0) return desk
  const conversations = new Map(desk.conversations)
  for (const { id } of gone) conversations.delete(id)
  for (const id of fresh)
    conversations.set(id, { ...emptyConversation(id), request: desk.requests.get(id) ?? null })
  return { ...desk, conversations }
}

function givesPlace(desk: Desk, id: string): boolean {
  const conversation = desk.conversations.get(id)
  if (!conversation) return true
  return (
    standing(desk, id) !== 'mine' &&
    conversation.pending.length === 0 &&
    conversation.draft === '' &&
    unread(conversation) === 0
  )
}

function byAge(a: OpenRequest, b: OpenRequest): number {
  return (a.queuedAt ?? '').localeCompare(b.queuedAt ?? '') || (a.conversation < b.conversation ? -1 : 1)
}
