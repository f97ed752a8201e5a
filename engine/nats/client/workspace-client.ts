import type { Agent, EventType, Payload } from '../../../schemas/conversation/event.ts'
import type { Team } from '../../../schemas/conversation/presence.ts'
import type { RoleConnection } from '../connect.ts'
import { retry } from '../retry.ts'
import { OpenRequests, type RequestChanged } from '../views/open-requests.ts'
import { PresentDesk } from '../views/present-desk.ts'
import { onTeam, onTyping, publishTyping } from '../views/signals.ts'
import { withDeadline } from './deadline.ts'
import { type FollowedNotification, followNotifications, lastNotificationOf } from './follow-notifications.ts'
import {
  type ClientOptions,
  checkAfter,
  connectAs,
  type EventOutcome,
  type FollowOptions,
  RoleClient,
  type SendOptions,
} from './role-client.ts'
import { checkToken } from './store-event.ts'

/** The events that a workspace publishes for its agents. */
export type AgentEventType = Extract<EventType, `agent.${string}`>

/** An agent workspace: it knows the open requests, and acts for its agents. */
export class WorkspaceClient extends RoleClient<AgentEventType> {
  /**
   * Connects, and reconnects for ever. Throws ClientError: `unauthorized`, `unavailable`, `wrong_role`.
   *
   * @param url of the role `workspace`, or one with full rights
   */
  static async connect(url: string, options: ClientOptions = {}): Promise<WorkspaceClient> {
    return new WorkspaceClient(await connectAs('workspace', url, options), 'agent')
  }

  /** The acts of an agent. */
  agent(agent: Agent): WorkspaceAgent {
    return new WorkspaceAgent(this, this.role, agent)
  }

  /**
   * The open requests of a workspace, kept up to date until the signal is aborted. Settles once all present ones are
   * known; `changed` is called for later changes. Throws the signal's reason, and ClientError, `closed`.
   *
   * @param workspace `*` for all
   */
  async openRequests(
    workspace: string,
    changed: RequestChanged = () => {},
    { signal }: Pick<FollowOptions, 'signal'> = {},
  ): Promise<OpenRequests> {
    checkWorkspace(workspace)
    const requests = await this.#wait(signal, async (ending) => {
      const found = await OpenRequests.watch(this.role, workspace, changed)
      if (ending.aborted) found.close()
      return found
    })
    signal?.addEventListener('abort', () => requests.close())
    return requests
  }

  /**
   * The notifications of a workspace after a sequence of their stream, each once and in order; without `after` from now
   * on. They are kept for 30 days. It ends as `follow` does.
   *
   * @param workspace `*` for all
   */
  async notifications(
    workspace: string,
    { after, signal }: FollowOptions = {},
  ): Promise<AsyncIterable<FollowedNotification>> {
    checkWorkspace(workspace)
    checkAfter(after)
    const begin =
      after ??
      (await this.#wait(signal, (ending) =>
        retry('a read', { signal: ending }, () => lastNotificationOf(this.role, workspace)),
      ))
    return followNotifications(this.role, workspace, begin, [signal, this.ended])
  }

  /** Calls back with the agents of a workspace who are there, and each change. Returns the function that ends it. */
  onTeam(workspace: string, callback: (team: Team) => void): () => void {
    checkToken('workspace', workspace)
    return onTeam(this.role, workspace, callback)
  }

  /** Calls back while a customer is typing, which counts for 5 s. Returns the function that ends it. */
  onTyping(conversation: string, callback: () => void): () => void {
    checkToken('conversation', conversation)
    return onTyping(this.role, conversation, 'customer', callback)
  }

  #wait<T>(signal: AbortSignal | undefined, work: (ending: AbortSignal) => Promise<T>): Promise<T> {
    return withDeadline({ timeoutMs: Number.POSITIVE_INFINITY, signals: [this.ended, signal] }, work)
  }
}

/**
 * An agent's acts. Each is an event of the conversation and settles with its outcome: `error.code` of an acceptance that
 * is refused says why, and `error.agent` who has the conversation. They throw as `send` does.
 */
export class WorkspaceAgent {
  readonly #client: WorkspaceClient
  readonly #role: RoleConnection
  readonly #agent: Agent
  readonly #desks = new Set<PresentDesk>()

  /** Made by `workspace.agent(…)`. */
  constructor(client: WorkspaceClient, role: RoleConnection, agent: Agent) {
    this.#client = client
    this.#role = role
    this.#agent = agent
  }

  /**
   * A desk of the agent in a workspace, where they are online now: only agents who are there are offered requests. Close
   * it when they go, before the client; one of which nothing was heard for 30 s is gone. What an agent accepts at a desk
   * goes back to the queue once they have been gone for a minute.
   */
  openDesk(workspace: string): PresentDesk {
    checkToken('workspace', workspace)
    const desk = new PresentDesk(this.#role, workspace, this.#agent)
    desk.setState('online')
    this.#desks.add(desk)
    return desk
  }

  /**
   * Accepts the request of a conversation. Of two agents the first one gets it; the other is refused:
   * `already_accepted`, or `offered_to_other`.
   *
   * @param options.request its number, to be refused where it is another one by now (`stale_request`)
   * @param options.takeOver also from the agent who has it
   */
  accept(
    conversation: string,
    { request, takeOver, ...options }: { request?: number; takeOver?: boolean } & SendOptions = {},
  ): Promise<EventOutcome> {
    const isAtDesk = [...this.#desks].some(({ state }) => state !== 'gone')
    const payload = { agent: this.#agent, request, takeOver, ...(isAtDesk && { atDesk: true as const }) }
    return this.#client.send(conversation, 'agent.accepted', payload, options)
  }

  /** Writes to the customer. Only the agent who has the conversation may: else `not_the_agent`. */
  reply(
    conversation: string,
    text: string,
    { attachments, ...options }: Pick<Payload<'agent.message'>, 'attachments'> & SendOptions = {},
  ): Promise<EventOutcome> {
    return this.#client.send(conversation, 'agent.message', { agent: this.#id, text, attachments }, options)
  }

  /** Gives the request back to the queue, or declines an offer. @param options.reason is kept as a note */
  release(
    conversation: string,
    { reason, ...options }: { reason?: string } & SendOptions = {},
  ): Promise<EventOutcome> {
    return this.#client.send(conversation, 'agent.released', { agent: this.#id, reason }, options)
  }

  /** Puts the request into the queue of another workspace, or offers it to one agent. */
  transfer(
    conversation: string,
    to: Payload<'agent.transferred'>['to'],
    { note, ...options }: { note?: string } & SendOptions = {},
  ): Promise<EventOutcome> {
    return this.#client.send(conversation, 'agent.transferred', { agent: this.#id, to, note }, options)
  }

  /** Replaces the tags of the request. */
  tag(conversation: string, tags: string[], options?: SendOptions): Promise<EventOutcome> {
    return this.#client.send(conversation, 'agent.tagged', { agent: this.#id, tags }, options)
  }

  /** Makes a note for agents, which no customer sees; in any state, also after the end. */
  note(conversation: string, text: string, options?: SendOptions): Promise<EventOutcome> {
    return this.#client.send(conversation, 'agent.noted', { agent: this.#agent, text }, options)
  }

  /** Corrects the customer's name. */
  correctName(conversation: string, name: string, options?: SendOptions): Promise<EventOutcome> {
    return this.#client.send(conversation, 'agent.corrected', { agent: this.#id, name }, options)
  }

  /** Ends the conversation. */
  end(conversation: string, options?: SendOptions): Promise<EventOutcome> {
    return this.#client.send(conversation, 'agent.ended', { agent: this.#id }, options)
  }

  /** Tells the customer that the agent is typing: at most every 2 s. Never stored. */
  showTyping(conversation: string): void {
    checkToken('conversation', conversation)
    publishTyping(this.#role, conversation, 'agent', { name: this.#agent.name })
  }

  get #id(): { id: string } {
    return { id: this.#agent.id }
  }
}

function checkWorkspace(workspace: string): void {
  if (workspace !== '*') checkToken('workspace', workspace)
}
