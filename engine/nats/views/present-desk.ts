import { randomUUID } from 'node:crypto'
import type { Agent } from '../../../schemas/conversation/event.ts'
import { type DeskPresence, deskEveryMs } from '../../../schemas/conversation/presence.ts'
import type { RoleConnection } from '../connect.ts'
import { publishDesk } from './signals.ts'

/** A desk of an agent: tells the notifier whether the agent is there, on each change and every 10 s. */
export class PresentDesk {
  readonly #role: RoleConnection
  readonly #workspace: string
  readonly #agent: Agent
  /** Names this desk among all. */
  readonly #desk = randomUUID()
  #state: DeskPresence['state'] = 'gone'
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  /** The agent is not there yet: see `setState`. */
  constructor(role: RoleConnection, workspace: string, agent: Agent) {
    this.#role = role
    this.#workspace = workspace
    this.#agent = agent
  }

  get state(): DeskPresence['state'] {
    return this.#state
  }

  /** `away`: the agent is offered nothing, and after a while gives back what they have. */
  setState(state: 'online' | 'away'): void {
    this.#set(state)
  }

  /**
   * The agent is not at this desk any more. After the grace time the notifier gives back what they have, unless they are
   * at another desk.
   *
   * @param signsOut gives it back at once
   */
  leave({ signsOut = false } = {}): void {
    this.#set('gone', signsOut)
  }

  /** Leaves for good. */
  close(): void {
    this.leave()
    this.#isClosed = true
  }

  #set(state: DeskPresence['state'], signsOut = false): void {
    if (this.#isClosed || state === this.#state) return
    this.#state = state
    clearInterval(this.#timer)
    this.#timer = state === 'gone' ? undefined : setInterval(() => this.#tell(), deskEveryMs)
    this.#tell(signsOut)
  }

  #tell(signsOut = false): void {
    const presence: DeskPresence = { desk: this.#desk, agent: this.#agent, state: this.#state }
    publishDesk(this.#role, this.#workspace, signsOut ? { ...presence, signsOut } : presence)
  }
}
