import type { Agent } from '../../../../schemas/conversation/event.ts'
import type { OpenRequest } from '../../../../schemas/conversation/notification.ts'
import type { CustomerPresence, Team } from '../../../../schemas/conversation/presence.ts'
import type { Message, Rating, Status } from '../../../../schemas/conversation/record.ts'
import type { AgentEvent, SavedReply } from '../../../../schemas/protocol/desk.ts'
import type { AcceptedFiles } from '../../../../schemas/protocol/widget.ts'

/** The state of an agent's desk. It is immutable: each function returns the next state. */
export interface Desk {
  agent: { id: string; name: string } | null
  workspace: string
  /** Whether the list of open requests has ever arrived in full. */
  isKnown: boolean
  /** The open requests by conversation: waiting, or accepted by an agent. */
  requests: ReadonlyMap<string, OpenRequest>
  /** Requests listed so far on a new connection; they replace `requests` once the list is complete. */
  arriving: readonly OpenRequest[] | null
  /** Whether the customers of open requests are there, by conversation, as far as it is known. */
  presence: ReadonlyMap<string, CustomerPresence>
  /** The agents of the workspace; `null`: not known. */
  team: Team | null
  /** The saved replies of the workspace. */
  replies: readonly SavedReply[]
  /** The files that may be sent to customers; `undefined`: none. */
  files?: AcceptedFiles | undefined
  /** Whether the agent has switched to away. */
  isAway: boolean
  conversations: ReadonlyMap<string, DeskConversation>
  /** The conversation that is shown; `null`: none, or the list, on a phone. */
  shown: string | null
}

/** A conversation that this desk follows, or has followed. */
export interface DeskConversation {
  id: string
  /** The latest known request: once a conversation has ended, it is no longer among the open requests. */
  request: OpenRequest | null
  transcript: readonly TranscriptEntry[]
  status: Status | null
  /** The sequence of the last record; 0: none yet. */
  last: number
  /** Whether the transcript has arrived in full. */
  isKnown: boolean
  /** The agent's events that no record contains yet, in order. */
  pending: readonly PendingEvent[]
  /** The sequence of the last record that the agent has had on the screen; `null`: not known. */
  seen: number | null
  /** The customer counts as typing until then, in epoch milliseconds. */
  typingUntil: number
  /** How the customer rated it after its end. */
  rating?: Rating
  /** Why the agent's last action was refused. */
  refusal: DeskRefusal | null
  /** The colleague who took it over from this agent. */
  takenBy: Agent | null
  isErased: boolean
  draft: string
  /** The draft of a note to colleagues. */
  noteDraft: string
}

export interface TranscriptEntry {
  message: Message
  at: string
  sequence: number
  /** Whether it is an agent's note for other agents. */
  isNote?: true
  /** The notice's meaning, which agents read in other words than the customer. */
  notice?: Notice | undefined
}

export interface Notice {
  kind:
    | 'joined'
    | 'tookOver'
    | 'released'
    | 'transferred'
    | 'unattended'
    | 'agentAway'
    | 'endedByAgent'
    | 'endedByInactivity'
  agent: Agent | undefined
  /** With `tookOver`: the former agent; with `transferred`: to whom, if to a colleague. */
  other?: Agent | undefined
}

export interface PendingEvent {
  event: AgentEvent
  at: string
  state: 'sending' | 'stored' | 'refused'
  refusal?: DeskRefusal
}

export interface DeskRefusal {
  /** The refused action. */
  type: AgentEvent['type'] | 'open'
  code: string
  message: string
  /** With `already_accepted`: the agent who was faster; with `offered_to_other`: who may accept it. */
  agent?: { id: string; name?: string | undefined } | undefined
}

export function emptyDesk(workspace: string): Desk {
  return {
    agent: null,
    workspace,
    isKnown: false,
    requests: new Map(),
    arriving: null,
    presence: new Map(),
    team: null,
    replies: [],
    isAway: false,
    conversations: new Map(),
    shown: null,
  }
}

export function emptyConversation(id: string): DeskConversation {
  return {
    id,
    request: null,
    transcript: [],
    status: null,
    last: 0,
    isKnown: false,
    pending: [],
    seen: null,
    typingUntil: 0,
    refusal: null,
    takenBy: null,
    isErased: false,
    draft: '',
    noteDraft: '',
  }
}

/** The desk with changes to one conversation; the same desk if it does not have that conversation. */
export function updateConversation(desk: Desk, id: string, changes: Partial<DeskConversation>): Desk {
  const conversation = desk.conversations.get(id)
  if (!conversation) return desk
  return { ...desk, conversations: new Map(desk.conversations).set(id, { ...conversation, ...changes }) }
}

/** The desk with a conversation of that id, known or not. */
export function withConversation(desk: Desk, id: string): Desk {
  if (desk.conversations.has(id)) return desk
  const conversation = { ...emptyConversation(id), request: desk.requests.get(id) ?? null }
  return { ...desk, conversations: new Map(desk.conversations).set(id, conversation) }
}
