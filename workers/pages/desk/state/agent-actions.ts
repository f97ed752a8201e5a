import type { AgentEvent } from '../../../../schemas/protocol/desk.ts'
import { type Desk, type DeskConversation, updateConversation, withConversation } from './desk-state.ts'
import { followed } from './selectors.ts'

/** Shows a conversation, in place of the one that was shown; `null`: none. */
export function show(desk: Desk, id: string | null): Desk {
  if (desk.shown === id) return desk
  const next = { ...desk, shown: id }
  return syncFollowed(id === null ? next : withConversation(next, id))
}

/** Adds an event of the agent's, pending until a record or a refusal answers it. */
export function send(desk: Desk, event: AgentEvent, at: string): Desk {
  const known = withConversation(desk, event.conversation)
  const { pending } = known.conversations.get(event.conversation) as DeskConversation
  return updateConversation(known, event.conversation, {
    pending: [...pending, { event, at, state: 'sending' }],
    refusal: null,
    ...(event.type === 'message' && { draft: '' }),
    ...(event.type === 'note' && { noteDraft: '' }),
  })
}

/** Keeps the agent's unsent text, to the customer or as a note. */
export function draft(desk: Desk, id: string, text: string, isNote = false): Desk {
  return updateConversation(desk, id, isNote ? { noteDraft: text } : { draft: text })
}

/** Moves a refused text back into the composer, after the draft. */
export function takeBack(desk: Desk, id: string, clientId: string): Desk {
  const conversation = desk.conversations.get(id)
  const refused = conversation?.pending.find(({ event }) => event.clientId === clientId)
  if (!conversation || !refused) return desk
  const { event } = refused
  if (event.type !== 'message' && event.type !== 'note') return desk
  const field = event.type === 'note' ? 'noteDraft' : 'draft'
  return updateConversation(desk, id, {
    pending: conversation.pending.filter((pending) => pending !== refused),
    [field]: [conversation[field], event.text].filter(Boolean).join('\n'),
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
    ({ id, pending, draft, noteDraft }) =>
      !kept.has(id) && pending.length === 0 && draft === '' && noteDraft === '',
  )
  const added = [...kept].filter((id) => !desk.conversations.has(id))
  if (dropped.length === 0 && added.length === 0) return desk
  const conversations = new Map(desk.conversations)
  for (const { id } of dropped) conversations.delete(id)
  return added.reduce(withConversation, { ...desk, conversations })
}
