import { LatestMap } from '../../../engine/latest-map.ts'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { isWeather } from '../../../engine/nats/errors.ts'
import { publishEvent } from '../../../engine/nats/inbox.ts'
import { ConversationView } from '../../../engine/nats/views/conversation-view.ts'
import { type OpenRequests, readRequestForAgents } from '../../../engine/nats/views/open-requests.ts'
import { PresentDesk } from '../../../engine/nats/views/present-desk.ts'
import type { PublicRecord } from '../../../engine/nats/views/records.ts'
import { onTyping, publishTyping } from '../../../engine/nats/views/signals.ts'
import type { Attachment } from '../../../schemas/conversation/attachment.ts'
import type { EventType } from '../../../schemas/conversation/event.ts'
import type { CustomerPresence } from '../../../schemas/conversation/presence.ts'
import { typingPauseMs } from '../../../schemas/limits.ts'
import {
  type AgentEvent,
  type DeskFrame,
  type DeskGatewayFrame,
  deskFrame,
  openConversationsMax,
} from '../../../schemas/protocol/desk.ts'
import { framesReceived } from '../../monitoring/metrics.ts'
import type { Files } from '../files/files.ts'
import type { Outage } from '../http/outage.ts'
import { refusal } from '../http/refusals.ts'
import { onSignInEnd, type SignInValidity } from '../identity/principal.ts'
import type { Client } from './client.ts'
import { agentClientId, eventIds } from './event-id.ts'
import { type Context, performFrame, sendFrame } from './frame-spans.ts'
import type { OpenWorkspaces } from './open-workspaces.ts'
import { readFrame } from './read-frame.ts'
import { frameOf, recordFrame } from './record-frame.ts'
import type { SavedReplies } from './saved-replies.ts'

/** Conversations whose traces a desk remembers. */
const tracesMax = 1_000

/** The connection's only way to NATS. */
export interface AgentConnectionDeps {
  /** In the role of an agent workspace. */
  nats: RoleConnection
  files: Files
  workspaces: OpenWorkspaces
  replies: SavedReplies
  outage: Outage
}

export interface DeskAgent extends SignInValidity {
  id: string
  name: string
}

interface OpenConversation {
  close(): void
  typedAt: number
}

/** An agent's connection: the open requests of one workspace, and the conversations that the desk has open. */
export class AgentConnection {
  /** Settles once all open requests were sent. */
  readonly begun: Promise<void>
  readonly #nats: RoleConnection
  readonly #files: Files
  readonly #workspaces: OpenWorkspaces
  readonly #replies: SavedReplies
  readonly #outage: Outage
  readonly #client: Client
  readonly #agent: DeskAgent
  readonly #workspace: string
  readonly #open = new Map<string, OpenConversation>()
  /** The trace in which something of a conversation was sent last. */
  readonly #traces = new LatestMap<string, Context>(tracesMax)
  readonly #desk: PresentDesk
  readonly #forgetSignIn: () => void
  #leaveWorkspace = () => {}
  #requests: OpenRequests | undefined
  #isClosed = false

  constructor(
    { nats, files, workspaces, replies, outage }: AgentConnectionDeps,
    client: Client,
    agent: DeskAgent,
    workspace: string,
  ) {
    this.#nats = nats
    this.#files = files
    this.#workspaces = workspaces
    this.#replies = replies
    this.#outage = outage
    this.#client = client
    this.#agent = agent
    this.#workspace = workspace
    this.#desk = new PresentDesk(nats, workspace, { id: agent.id, name: agent.name })
    this.#forgetSignIn = onSignInEnd(agent, () => {
      this.#desk.leave()
      client.end('sign_in_needed')
    })
    this.begun = this.#begin().catch((error) => this.#failed(error))
  }

  /** Performs one frame; the next one waits for it. */
  async handle(text: string): Promise<void> {
    await this.begun
    const frame = readFrame(deskFrame, text)
    if (!frame.ok) return this.#send({ type: 'error', ...frame.error })
    framesReceived.inc({ kind: 'agent', type: frame.value.type })
    const conversation = 'conversation' in frame.value ? frame.value.conversation : ''
    const parent = this.#traces.get(conversation)
    await performFrame('desk', frame.value, conversation, () => this.#perform(frame.value), parent).catch(
      (error) => this.#failed(error),
    )
  }

  /** Sends something of a conversation; the agent's next frame about it continues its trace. */
  #inTrace<T>(conversation: string, send: () => T): T {
    return sendFrame('desk', (trace) => {
      if (trace) this.#traces.set(conversation, trace)
      return send()
    })
  }

  close(): void {
    this.#desk.close()
    this.#isClosed = true
    this.#forgetSignIn()
    this.#leaveWorkspace()
    for (const conversation of [...this.#open.keys()]) this.#close(conversation)
  }

  #failed(error: unknown): void {
    if (!isWeather(error)) throw error
    this.#outage.failed(error)
    this.#client.end('unavailable')
  }

  /** Sends the agent's identity and all open requests of the workspace. */
  async #begin(): Promise<void> {
    const workspace = this.#workspace
    const { id, name } = this.#agent
    this.#send({
      type: 'welcome',
      agent: { id, name },
      workspace,
      files: this.#files.acceptedOf('agent'),
    })
    this.#desk.setState('online')
    const joined = this.#workspaces.join(workspace, {
      request: (now, before) => {
        if (now) {
          this.#inTrace(now.conversation, () => this.#send({ type: 'request', request: now }))
          // It is another workspace's now.
          if (now.movedTo !== undefined) this.#close(now.conversation)
        } else if (before) {
          this.#traces.delete(before.conversation)
          this.#send({ type: 'gone', conversation: before.conversation })
        }
      },
      presence: (conversation, presence) => this.#send(presenceFrame(conversation, presence)),
      team: (team) => this.#send({ type: 'team', ...team }),
    })
    const leaveReplies = this.#replies.join(workspace, (replies) => this.#send({ type: 'replies', replies }))
    this.#leaveWorkspace = () => {
      joined.leave()
      leaveReplies()
    }
    const requests = await joined.requests
    this.#requests = requests
    for (const { conversation } of [...requests.waiting(), ...requests.accepted()]) {
      // Its state at the time of sending: the desk was sent earlier changes already.
      const request = requests.get(conversation)
      if (!request) continue
      await this.#deliver({ type: 'request', request })
      const presence = this.#workspaces.presenceOf(conversation)
      if (presence) await this.#deliver(presenceFrame(conversation, presence))
    }
    this.#send({ type: 'ready' })
  }

  async #perform(frame: DeskFrame): Promise<void> {
    switch (frame.type) {
      case 'ping':
        return this.#send({ type: 'pong' })
      case 'close':
        return this.#close(frame.conversation)
      case 'open':
        return void (await this.#openConversation(frame.conversation, frame))
      case 'typing':
        return this.#typing(frame.conversation)
      case 'state':
        return this.#desk.setState(frame.state)
      case 'leave':
        return this.#leave()
      default:
        return this.#publish(frame)
    }
  }

  /**
   * Closes the desk, as the agent signs out. If it is their last one, the notifier, which knows all desks, has
   * everything that they have given back at once.
   */
  async #leave(): Promise<void> {
    this.#desk.leave({ signsOut: true })
    // The desk signs out once this is on its way.
    await this.#nats.flush()
    this.#outage.served()
    this.#send({ type: 'left' })
  }

  async #publish(frame: AgentEvent): Promise<void> {
    const { conversation, clientId } = frame
    const { id, name } = this.#agent
    // The conversation's records tell the desk the event's outcome.
    if (!(await this.#openConversation(conversation, { clientId }))) return
    const sent = (frame.type === 'message' && frame.attachments) || []
    const attached = sent.length > 0 ? await this.#files.attached(conversation, 'agent', sent) : undefined
    if (attached === null) {
      const { error } = refusal('attachment_unknown')
      return this.#send({ type: 'error', ...error, conversation, clientId })
    }
    const [event, payload] = eventOf(frame, { id, name }, attached)
    const eventId = eventIds.ofAgent(conversation, id, clientId)
    await publishEvent(this.#nats, conversation, event, payload, eventId)
    this.#outage.served()
    this.#send({ type: 'stored', conversation, clientId })
  }

  /** Sends a conversation's records after a sequence; returns whether this agent may have them. */
  async #openConversation(conversation: string, { after, clientId }: OpenOptions): Promise<boolean> {
    if (this.#open.has(conversation)) {
      if (after === undefined) return true
      this.#close(conversation)
    }
    const refuse = (code: 'unknown_conversation' | 'too_many_open' | 'after_unknown', message?: string) => {
      const { error } = refusal(code, message)
      this.#send({ type: 'error', ...error, conversation, ...(clientId !== undefined && { clientId }) })
      return false
    }
    const request = await readRequestForAgents(this.#nats, this.#workspace, conversation)
    if (this.#isClosed) return false
    if (!request) return refuse('unknown_conversation')
    // The desk was not sent requests that are over.
    if (!this.#requests?.get(conversation)) this.#send({ type: 'request', request })
    if (this.#open.size >= openConversationsMax)
      return refuse(
        'too_many_open',
        `${openConversationsMax} conversations are open, the limit: close one first`,
      )
    const nats = this.#nats
    const stopTyping = onTyping(nats, conversation, 'customer', () =>
      this.#send({ type: 'typing', conversation }),
    )
    const show = (record: PublicRecord, sequence: number) =>
      this.#inTrace(conversation, () => this.#show(conversation, record, sequence))
    const isBeyondEnd = () => {
      this.#close(conversation)
      refuse('after_unknown')
    }
    const view = new ConversationView(nats, conversation, show, {
      after,
      isBeyondEnd,
      failed: (error) => this.#outage.failed(error),
    })
    const close = () => {
      stopTyping()
      view.close()
    }
    this.#open.set(conversation, { close, typedAt: 0 })
    await view.caughtUp
    if (!this.#open.has(conversation)) return false
    this.#send({ type: 'ready', conversation })
    return true
  }

  #close(conversation: string): void {
    this.#open.get(conversation)?.close()
    this.#open.delete(conversation)
    this.#traces.delete(conversation)
  }

  #typing(conversation: string): void {
    const open = this.#open.get(conversation)
    const request = this.#requests?.get(conversation)
    // Customers see the typing of their own agent only.
    const isTheirs = request?.state === 'accepted' && request.agent?.id === this.#agent.id
    if (!open || !isTheirs || Date.now() - open.typedAt < typingPauseMs) return
    open.typedAt = Date.now()
    publishTyping(this.#nats, conversation, 'agent', { name: this.#agent.name })
  }

  #show(conversation: string, record: PublicRecord, sequence: number): Promise<void> | undefined {
    const { event, rejected, notes, requests } = record
    const clientId = agentClientId(conversation, this.#agent.id, event.id)
    if (!rejected) {
      const frame = notes ? frameOf(record, sequence, clientId) : recordFrame(record, sequence, clientId)
      const internal = { ...(notes && { notes }), ...(requests && { requests }) }
      return frame && this.#deliver({ ...frame, ...internal, conversation })
    }
    if (clientId === undefined) return
    return this.#deliver({ type: 'rejected', conversation, clientId, ...rejected })
  }

  #send(frame: DeskGatewayFrame): void {
    this.#client.send(frame)
  }

  #deliver(frame: DeskGatewayFrame): Promise<void> | undefined {
    return this.#client.deliver(frame)
  }
}

interface OpenOptions {
  /** Sends the records behind this sequence. */
  after?: number | undefined
  /** The event that needs the conversation to be open. */
  clientId?: string
}

function presenceFrame(conversation: string, { state, at }: CustomerPresence): DeskGatewayFrame {
  return { type: 'presence', conversation, state, at }
}

function eventOf(
  frame: AgentEvent,
  agent: { id: string; name: string },
  attachments?: Attachment[],
): [EventType, object] {
  switch (frame.type) {
    case 'accept':
      return ['agent.accepted', { agent, request: frame.request, takeOver: frame.takeOver, atDesk: true }]
    case 'message':
      return [
        'agent.message',
        { agent: { id: agent.id }, text: frame.text, attachments, clientId: frame.clientId },
      ]
    case 'release':
      return ['agent.released', { agent: { id: agent.id }, reason: frame.reason }]
    case 'end':
      return ['agent.ended', { agent: { id: agent.id } }]
    case 'transfer':
      return ['agent.transferred', { agent: { id: agent.id }, to: frame.to, note: frame.note }]
    case 'note':
      return ['agent.noted', { agent, text: frame.text }]
    case 'correct':
      return ['agent.corrected', { agent: { id: agent.id }, name: frame.name }]
    case 'tag':
      return ['agent.tagged', { agent: { id: agent.id }, tags: frame.tags }]
  }
}
