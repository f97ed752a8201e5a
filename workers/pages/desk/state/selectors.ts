import type { OpenRequest } from '../../../../schemas/conversation/notification.ts'
import { byAge } from '../../../../schemas/conversation/request-state.ts'
import type { AgentEvent } from '../../../../schemas/protocol/desk.ts'
import type { Desk, DeskConversation, TranscriptEntry } from './desk-state.ts'

/** The latest request of a conversation, open or not. */
export function requestOf(desk: Desk, id: string): OpenRequest | null {
  return desk.requests.get(id) ?? desk.conversations.get(id)?.request ?? null
}

/** A conversation as this agent sees it. */
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

/** To whom a waiting request is offered: only they may accept it. */
export function offeredTo(desk: Desk, { state, offer }: OpenRequest): 'me' | 'other' | 'all' {
  if (state !== 'waiting' || !offer) return 'all'
  return offer.agent.id === desk.agent?.id ? 'me' : 'other'
}

export interface Sections {
  waiting: OpenRequest[]
  mine: OpenRequest[]
  others: OpenRequest[]
}

const found = new WeakMap<Desk['requests'], { agent: string | undefined; sections: Sections }>()

/** The open requests, the longest wait first; those that are offered to this agent before the others that wait. */
export function sections(desk: Desk): Sections {
  const { requests, agent } = desk
  const known = found.get(requests)
  if (known && known.agent === agent?.id) return known.sections
  const offered: OpenRequest[] = []
  const sections: Sections = { waiting: [], mine: [], others: [] }
  for (const request of [...requests.values()].sort(byAge)) {
    if (request.state !== 'waiting') {
      if (request.agent?.id === agent?.id) sections.mine.push(request)
      else sections.others.push(request)
    } else if (offeredTo(desk, request) === 'me') offered.push(request)
    else sections.waiting.push(request)
  }
  sections.waiting.unshift(...offered)
  found.set(requests, { agent: agent?.id, sections })
  return sections
}

/** The request to take next: offered to this agent, else the longest wait of those that are offered to nobody. */
export function nextRequest(desk: Desk, except?: string): OpenRequest | undefined {
  return sections(desk).waiting.find(
    (request) => request.conversation !== except && offeredTo(desk, request) !== 'other',
  )
}

/** The conversations to subscribe to: the one that is shown, and all of the agent's own. */
export function followed(desk: Desk): Set<string> {
  const ids = new Set(desk.shown === null ? [] : [desk.shown])
  for (const { conversation, agent, state } of desk.requests.values())
    if (state === 'accepted' && agent?.id === desk.agent?.id) ids.add(conversation)
  return ids
}

/** How many of the customer's messages the agent has not seen; what was answered, at whichever desk, counts as seen. */
export function unread({ transcript, seen }: DeskConversation): number {
  const answered = transcript.findLast(isAnswer)?.sequence ?? 0
  const from = Math.max(seen ?? 0, answered)
  let count = 0
  for (let i = transcript.length - 1; i >= 0; i--) {
    const { message, sequence } = transcript[i] as TranscriptEntry
    if (sequence <= from) break
    if (message.author.type === 'customer') count++
  }
  return count
}

/** How much calls for the agent: the customers' messages in their own conversations, and offers. */
export function unseen(desk: Desk): number {
  const { mine, waiting } = sections(desk)
  const offers = waiting.filter((request) => offeredTo(desk, request) === 'me').length
  return mine.reduce((sum, { conversation: id }) => {
    const conversation = desk.conversations.get(id)
    return sum + (conversation ? unread(conversation) : 0)
  }, offers)
}

/** The last text of the customer's. */
export function lastOfCustomer(conversation: DeskConversation | undefined): TranscriptEntry | undefined {
  return conversation?.transcript.findLast(
    ({ message }) => message.author.type === 'customer' && message.text,
  )
}

/** Whose turn it is to write in a conversation with an agent, and since when. */
export function turnOf({ transcript }: DeskConversation): { isAgents: boolean; since: string } | undefined {
  let since: string | undefined
  for (let i = transcript.length - 1; i >= 0; i--) {
    const entry = transcript[i] as TranscriptEntry
    if (isAnswer(entry)) return since === undefined ? { isAgents: false, since: entry.at } : asked(since)
    if (entry.message.author.type === 'customer') since = entry.at
  }
  return since === undefined ? undefined : asked(since)
}

const asked = (since: string) => ({ isAgents: true, since })

function isAnswer({ message: { author, type }, isNote }: TranscriptEntry): boolean {
  return author.type === 'agent' && type !== 'notice' && !isNote
}

/** The agent's pending action, other than what they write. */
export function pendingAction({
  pending,
}: DeskConversation): 'accept' | 'release' | 'end' | 'transfer' | null {
  for (const { event } of pending) if (!leavesAsItIs(event)) return event.type
  return null
}

type Unmoving = 'message' | 'note' | 'tag' | 'correct'

/** Whether the event leaves the conversation with whom it is. */
export function leavesAsItIs(event: AgentEvent): event is Extract<AgentEvent, { type: Unmoving }> {
  return ['message', 'note', 'tag', 'correct'].includes(event.type)
}

/** A request's tags, as the agent has left them. */
export function tagsOf(request: OpenRequest, { pending }: DeskConversation): readonly string[] {
  const last = pending.findLast(({ event }) => event.type === 'tag')?.event
  return last?.type === 'tag' ? last.tags : (request.tags ?? [])
}

/** Events that the gateway has not stored yet, in the order in which they were made. */
export function unsent(desk: Desk): AgentEvent[] {
  return [...desk.conversations.values()]
    .flatMap(({ pending }) => pending.filter(({ state }) => state === 'sending'))
    .sort((a, b) => a.at.localeCompare(b.at))
    .map(({ event }) => event)
}

/** The labels of form fields by id: a request's details have ids only. */
export function fieldLabels({ transcript }: DeskConversation): Map<string, string> {
  return new Map(
    transcript.flatMap(({ message }) => message.fields?.map(({ id, label }) => [id, label]) ?? []),
  )
}
