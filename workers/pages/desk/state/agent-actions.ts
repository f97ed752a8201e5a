import type { AgentEvent } from '../../../../schemas/protocol/desk.ts'
import { type Desk, type DeskConversation, updateConversation, withConversation } from './desk-state.ts'
import { followed, standing, unread } from './selectors.ts'

/** Shows a conversation, in place of the first tab that nothing keeps open. */
export function open(desk: Desk, id: string): Desk {
  const next = withConversation({ ...desk, focused: id }, id)
  if (desk.tabs.includes(id)) return next
  const place = desk.tabs.findIndex((tab) => isReplaceable(desk, tab))
  const tabs = place < 0 ? [...desk.tabs, id] : desk.tabs.with(place, id)
  return syncFollowed({ ...next, tabs })
}

/** Closes a conversation's tab; the agent's own conversations stay followed. */
export function close(desk: Desk, id: string): Desk {
  const place = desk.tabs.indexOf(id)
  const tabs = desk.tabs.filter((tab) => tab !== id)
  const focused = desk.focused === id ? (tabs[Math.min(place, tabs.length - 1)] ?? null) : desk.focused
  return syncFollowed({ ...desk, tabs, focused })
}

/** Focuses an open conversation; `null`: the list of requests, on a phone. */
export function focus(desk: Desk, id: string | null): Desk {
  return desk.focused === id ? desk : { ...desk, focused: id }
}

/** Adds an event of the agent's, pending until a record or a refusal answers it. */
export function send(desk: Desk, event: AgentEvent, at: string): Desk {
  const known = withConversation(desk, event.conversation)
  const { pending } = known.conversations.get(event.conversation) as DeskConversation
  return updateConversation(known, event.conversation, {
    pending: [...pending, { event, at, state: 'sending' }],
    refusal: null,
    ...(event.type === 'message' && { draft: '' }),
  })
}

export function draft(desk: Desk, id: string, text: string): Desk {
  return updateConversation(desk, id, { draft: text })
}

/** Moves a refused text back into the composer, after the draft. */
export function takeBack(desk: Desk, id: string, clientId: string): Desk {
  const conversation = desk.conversations.get(id)
  const refused = conversation?.pending.find(({ event }) => event.clientId === clientId)
  if (!conversation || refused?.event.type !== 'message') return desk
  return updateConversation(desk, id, {
    pending: conversation.pending.filter((pending) => pending !== refused),
    draft: [conversation.draft, refused.event.text].filter(Boolean).join('\n'),
  })
}

/** Marks all of a conversation as seen by the agent. */
export function markSeen(desk: Desk, id: string): Desk {
  const conversation = desk.conversations.get(id)
  if (!conversation || conversation.seen === conversation.last) return desk
  return updateConversation(desk, id, { seen: conversation.last })
}

export function dismissRefusal(desk: Desk, id: string): Desk {
  return desk.conversations.get(id)?.refusal ? updateConversation(desk, id, { refusal: null }) : desk
}

/** Adds followed conversations that are missing, and drops those that are neither followed nor hold unsent work. */
export function syncFollowed(desk: Desk): Desk {
  const kept = followed(desk)
  const dropped = [...desk.conversations.values()].filter(
    ({ id, pending, draft }) => !kept.has(id) && pending.length === 0 && draft === '',
  )
  const added = [...kept].filter((id) => !desk.conversations.has(id))
  if (dropped.length === 0 && added.length === 0) return desk
  const conversations = new Map(desk.conversations)
  for (const { id } of dropped) conversations.delete(id)
  return added.reduce(withConversation, { ...desk, conversations })
}

function isReplaceable(desk: Desk, id: string): boolean {
  const conversation = desk.conversations.get(id)
  if (!conversation) return true
  return (
    standing(desk, id) !== 'mine' &&
    conversation.pending.length === 0 &&
    conversation.draft === '' &&
    unread(conversation) === 0
  )
}
