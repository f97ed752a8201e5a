import { type Desk, type DeskConversation, emptyConversation, emptyDesk } from './desk-state.ts'

/** State that must survive a reload; the gateway sends the rest again. */
interface KeptDesk {
  agent: string
  shown: string | null
  conversations: Pick<DeskConversation, 'id' | 'request' | 'pending' | 'seen' | 'draft' | 'noteDraft'>[]
}

/** The desk as JSON for the tab's session storage; `null` while its agent is not known. */
export function keptText({ agent, shown, conversations }: Desk): string | null {
  if (!agent) return null
  const kept: KeptDesk = {
    agent: agent.id,
    shown,
    conversations: [...conversations.values()].map(({ id, request, pending, seen, draft, noteDraft }) => ({
      id,
      request,
      pending,
      seen,
      draft,
      noteDraft,
    })),
  }
  return JSON.stringify(kept)
}

/** The stored desk; an empty one if it is another agent's or not readable. */
export function restored(text: string | null, agent: { id: string; name: string }, workspace: string): Desk {
  const desk = { ...emptyDesk(workspace), agent }
  try {
    const kept = JSON.parse(text ?? 'null') as KeptDesk | null
    if (kept?.agent !== agent.id) return desk
    const conversations = kept.conversations.map((conversation) => ({
      ...emptyConversation(conversation.id),
      ...conversation,
    }))
    return {
      ...desk,
      shown: kept.shown ?? null,
      conversations: new Map(conversations.map((conversation) => [conversation.id, conversation])),
    }
  } catch {
    return desk
  }
}
