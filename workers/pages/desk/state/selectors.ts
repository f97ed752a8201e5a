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

export interface Sections {
  waiting: OpenRequest[]
  mine: OpenRequest[]
  others: OpenRequest[]
}

/** The open requests, the longest wait first. */
export function sections({ requests, agent }: Desk): Sections {
  const found: Sections = { waiting: [], mine: [], others: [] }
  for (const request of [...requests.values()].sort(byAge)) {
    if (request.state === 'waiting') found.waiting.push(request)
    else if (request.agent?.id === agent?.id) found.mine.push(request)
    else found.others.push(request)
  }
  return found
}

/** Requests that wait in `after` and did not in `before`; none while the first list arrives. */
export function arrivals(before: Desk, after: Desk): OpenRequest[] {
  if (!before.isKnown || before.requests === after.requests) return []
  return [...after.requests.values()].filter((request) => {
    if (request.state !== 'waiting') return false
    const known = requestOf(before, request.conversation)
    if (known?.state === 'accepted') return known.agent?.id !== after.agent?.id
    return known?.state !== 'waiting' || known.request !== request.request
  })
}

/** The conversations to subscribe to: those in tabs, and all of the agent's own. */
export function followed(desk: Desk): Set<string> {
  const ids = new Set(desk.tabs)
  for (const { conversation, agent, state } of desk.requests.values())
    if (state === 'accepted' && agent?.id === desk.agent?.id) ids.add(conversation)
  return ids
}

/** How many of the customer's messages the agent has not seen: if `seen` is not known, since the last answer. */
export function unread({ transcript, seen }: DeskConversation): number {
  const answered = transcript.findLast(({ message }) => message.author.type === 'agent')?.sequence ?? 0
  const from = seen ?? answered
  return transcript.filter(({ message, sequence }) => sequence > from && message.author.type === 'customer')
    .length
}

/** The last text of the customer's. */
export function lastOfCustomer(conversation: DeskConversation | undefined): TranscriptEntry | undefined {
  return conversation?.transcript.findLast(
    ({ message }) => message.author.type === 'customer' && message.text,
  )
}

/** The agent's pending action, other than what they write. */
export function pendingAction({
  pending,
}: DeskConversation): 'accept' | 'release' | 'end' | 'transfer' | null {
  for (const { event } of pending)
    if (event.type !== 'message' && event.type !== 'note' && event.type !== 'tag') return event.type
  return null
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
