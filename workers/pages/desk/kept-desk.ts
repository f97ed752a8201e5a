import { type Conversation, type Desk, emptyConversation, emptyDesk } from './desk-state.ts'

/** What a reload must not lose; the rest comes again from the gateway. */
interface KeptDesk {
  agent: string
  tabs: string[]
  focused: string | null
  conversations: Pick<Conversation, 'id' | 'request' | 'pending' | 'seen' | 'draft'>[]
}

/** As text, for the tab's own storage; `null` while it is not known whose it is. */
export function keptText({ agent, tabs, focused, conversations }: Desk): string | null {
  if (!agent) return null
  const kept: KeptDesk = {
    agent: agent.id,
    tabs: [...tabs],
    focused,
    conversations: [...conversations.values()].map(({ id, request, pending, seen, draft }) => ({
      id,
      request,
      pending,
      seen,
      draft,
    })),
  }
  return JSON.stringify(kept)
}

/** The desk as it was left; an empty one where another agent has left it, or somebody wrote over it. */
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
      tabs: kept.tabs,
      focused: kept.focused,
      conversations: new Map(conversations.map((conversation) => [conversation.id, conversation])),
    }
  } catch {
    return desk
  }
}
