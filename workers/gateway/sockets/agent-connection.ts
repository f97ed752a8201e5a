import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { isWeather } from '../../../engine/nats/errors.ts'
import { publishEvent } from '../../../engine/nats/inbox.ts'
import { ConversationView } from '../../../engine/nats/views/conversation-view.ts'
import { type OpenRequests, readRequest } from '../../../engine/nats/views/open-requests.ts'
import type { PublicRecord } from '../../../engine/nats/views/records.ts'
import { hearTyping, sayTyping } from '../../../engine/nats/views/signals.ts'
import type { EventType } from '../../../schemas/conversation/event.ts'
import {
  type AgentEvent,
  type DeskFrame,
  type DeskGatewayFrame,
  deskFrame,
  openConversationsMax,
} from '../../../schemas/protocol/desk.ts'
import { typingPauseMs } from '../../../schemas/protocol/widget.ts'
import type { Client } from './client.ts'
import { agentClientId, eventIds } from './event-id.ts'
import { isError, readFrame } from './read-frame.ts'
import type { WorkspaceRequests } from './workspace-requests.ts'

/** What an agent's connection is given of the gateway; it has no other way to NATS. */
export interface AgentSide {
  /** In the role of an agent workspace. */
  nats: RoleConnection
  workspaces: WorkspaceRequests
}

export interface DeskAgent {
  id: string
  name: string
  /** Until when they are signed in, in epoch milliseconds. */
  expiresAt: number
}

/** `setTimeout` takes no more, which is 24 days; longer than any sign-in should hold. */
const timeoutMsMax = 2 ** 31 - 1

interface OpenConversation {
  close(): void
  typedAt: number
}

/** An agent's connection: the open requests of one workspace, and the conversations that the desk has open. */
export class AgentConnection {
  /** Settles once all was sent that is open at first. */
  readonly begun: Promise<void>
  readonly #nats: RoleConnection
  readonly #workspaces: WorkspaceRequests
  readonly #client: Client
  readonly #agent: DeskAgent
  readonly #workspace: string
  readonly #open = new Map<string, OpenConversation>()
  readonly #expiry: NodeJS.Timeout
  #leaveWorkspace = () => {}
  #requests: OpenRequests | undefined
  #isClosed = false

  constructor({ nats, workspaces }: AgentSide, client: Client, agent: DeskAgent, workspace: string) {
    this.#nats = nats
    this.#workspaces = workspaces
    this.#client = client
    this.#agent = agent
    this.#workspace = workspace
    const leftMs = Math.min(agent.expiresAt - Date.now(), timeoutMsMax)
    this.#expiry = setTimeout(() => client.end('sign_in_needed', 'sign in again'), leftMs)
    this.begun = this.#begin().catch((error) => this.#failed(error))
  }

  /** Deals with one frame; the next one waits for it. */
  async handle(text: string): Promise<void> {
    await this.begun
    const frame = readFrame(deskFrame, text)
    if (isError(frame)) return this.#send(frame)
    await this.#deal(frame).catch((error) => this.#failed(error))
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#expiry)
    this.#leaveWorkspace()
    for (const conversation of [...this.#open.keys()]) this.#close(conversation)
  }

  #failed(error: unknown): void {
    if (!isWeather(error)) throw error
    this.#client.end('unavailable', 'this cannot be stored just now: come back and send it again')
  }

  /** Tells who one is and what is open. */
  async #begin(): Promise<void> {
    const workspace = this.#workspace
    const { id, name } = this.#agent
    this.#send({ type: 'welcome', agent: { id, name }, workspace })
    const joined = this.#workspaces.join(workspace, (now, before) => {
      if (now) this.#send({ type: 'request', request: now })
      else if (before) this.#send({ type: 'gone', conversation: before.conversation })
    })
    this.#leaveWorkspace = joined.leave
    const requests = await joined.requests
    this.#requests = requests
    for (const { conversation } of [...requests.waiting(), ...requests.accepted()]) {
      // As it stands when it is sent: what has changed while the desk was slow to read was told already.
      const request = requests.get(conversation)
      if (request) await this.#deliver({ type: 'request', request })
    }
    this.#send({ type: 'ready' })
  }

  async #deal(frame: DeskFrame): Promise<void> {
    switch (frame.type) {
      case 'ping':
        return this.#send({ type: 'pong' })
      case 'close':
        return this.#close(frame.conversation)
      case 'open':
        return void (await this.#follow(frame.conversation, frame))
      case 'typing':
        return this.#typing(frame.conversation)
      default:
        return this.#act(frame)
    }
  }

  async #act(frame: AgentEvent): Promise<void> {
    const { conversation, clientId } = frame
    const { id, name } = this.#agent
    // What comes of it is told by the conversation's records.
    if (!(await this.#follow(conversation, { clientId }))) return
    const [event, payload] = eventOf(frame, { id, name })
    const eventId = eventIds.ofAgent(conversation, id, clientId)
    await publishEvent(this.#nats, conversation, event, payload, eventId)
    this.#send({ type: 'stored', conversation, clientId })
  }

  /** Sends a conversation's records, those after a sequence; says whether this agent may have them. */
  async #follow(conversation: string, { after, clientId }: Asked): Promise<boolean> {
    if (this.#open.has(conversation)) {
      if (after === undefined) return true
      this.#close(conversation)
    }
    const refuse = (code: string, message: string) =>
      this.#send({ type: 'error', code, message, conversation, ...(clientId !== undefined && { clientId }) })
    const request = await readRequest(this.#nats, this.#workspace, conversation)
    if (this.#isClosed) return false
    if (!request) {
      refuse('unknown_conversation', 'no request of this conversation in this workspace')
      return false
    }
    // Of one that is over the desk has not been told.
    if (!this.#requests?.get(conversation)) this.#send({ type: 'request', request })
    if (this.#open.size >= openConversationsMax) {
      refuse('too_many_open', `${openConversationsMax} conversations are open, the limit: close one first`)
      return false
    }
    const nats = this.#nats
    const stopTyping = hearTyping(nats, conversation, 'customer', () =>
      this.#send({ type: 'typing', conversation }),
    )
    const see = (record: PublicRecord, sequence: number) => this.#see(conversation, record, sequence)
    const view = new ConversationView(nats, conversation, see, after)
    const close = () => {
      stopTyping()
      view.close()
    }
    this.#open.set(conversation, { close, typedAt: 0 })
    await view.caughtUp
    this.#send({ type: 'ready', conversation })
    return true
  }

  #close(conversation: string): void {
    this.#open.get(conversation)?.close()
    this.#open.delete(conversation)
  }

  #typing(conversation: string): void {
    const open = this.#open.get(conversation)
    const request = this.#requests?.get(conversation)
    // Customers are told of their agent's typing only.
    const isTheirs = request?.state === 'accepted' && request.agent?.id === this.#agent.id
    if (!open || !isTheirs || Date.now() - open.typedAt < typingPauseMs) return
    open.typedAt = Date.now()
    sayTyping(this.#nats, conversation, 'agent', { name: this.#agent.name })
  }

  #see(conversation: string, record: PublicRecord, sequence: number): Promise<void> | undefined {
    const { at, event, messages, status, rejected } = record
    const clientId = agentClientId(conversation, this.#agent.id, event.id)
    if (rejected) {
      if (clientId === undefined) return
      return this.#deliver({ type: 'rejected', conversation, clientId, ...rejected })
    }
    if (!messages && !status && clientId === undefined) return
    return this.#deliver({
      type: 'record',
      conversation,
      sequence,
      at,
      ...(messages && { messages }),
      ...(status && { status }),
      ...(clientId !== undefined && { clientId }),
    })
  }

  #send(frame: DeskGatewayFrame): void {
    this.#client.send(frame)
  }

  #deliver(frame: DeskGatewayFrame): Promise<void> | undefined {
    return this.#client.deliver(frame)
  }
}

/** From where a conversation is wanted, or the event that wants it. */
interface Asked {
  after?: number | undefined
  clientId?: string
}

function eventOf(frame: AgentEvent, agent: { id: string; name: string }): [EventType, object] {
  switch (frame.type) {
    case 'accept':
      return ['agent.accepted', { agent, request: frame.request }]
    case 'message':
      return ['agent.message', { agent: { id: agent.id }, text: frame.text, clientId: frame.clientId }]
    case 'release':
      return ['agent.released', { agent: { id: agent.id }, reason: frame.reason }]
    case 'end':
      return ['agent.ended', { agent: { id: agent.id } }]
  }
}
