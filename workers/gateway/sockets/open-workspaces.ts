import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { OpenRequests, type RequestChanged } from '../../../engine/nats/views/open-requests.ts'
import { onTeam } from '../../../engine/nats/views/signals.ts'
import type { CustomerPresence, Team } from '../../../schemas/conversation/presence.ts'
import { SeenCustomers } from './seen-customers.ts'

/** A desk, which is told each change of its workspace. */
export interface WorkspaceListener {
  request: RequestChanged
  /** Called for customers with an open request. */
  presence(conversation: string, presence: CustomerPresence): void
  team(team: Team): void
}

interface Watched {
  requests: Promise<OpenRequests>
  /** Once they are known. */
  known: OpenRequests | undefined
  desks: Set<WorkspaceListener>
  team: Team | undefined
  stopTeam(): void
}

/** The open requests, customers and agents of each workspace with a desk here, watched once for all its desks. */
export class OpenWorkspaces {
  readonly #nats: RoleConnection
  readonly #watched = new Map<string, Watched>()
  readonly #customers: SeenCustomers

  /** @param nats in the role of an agent workspace */
  constructor(nats: RoleConnection) {
    this.#nats = nats
    this.#customers = new SeenCustomers(nats, {
      changed: (conversation, presence) => {
        for (const { desks, known } of this.#watched.values())
          if (known?.get(conversation)) for (const desk of desks) desk.presence(conversation, presence)
      },
      open: () =>
        [...this.#watched.values()].flatMap(({ known }) =>
          known ? [...known.waiting(), ...known.accepted()].map(({ conversation }) => conversation) : [],
        ),
    })
  }

  /** Settles once the present requests are known; the listener is called for later changes, until `leave`. */
  join(
    workspace: string,
    listener: WorkspaceListener,
  ): { requests: Promise<OpenRequests>; leave: () => void } {
    const watched = this.#watched.get(workspace) ?? this.#watch(workspace)
    watched.desks.add(listener)
    if (watched.team) listener.team(watched.team)
    return {
      requests: watched.requests,
      leave: () => {
        watched.desks.delete(listener)
        if (watched.desks.size > 0) return
        this.#watched.delete(workspace)
        watched.stopTeam()
        watched.requests.then(
          (requests) => requests.close(),
          // The connection was closed: each desk knows.
          () => {},
        )
      },
    }
  }

  /** Whether a customer is there; `undefined`: not known yet. */
  presenceOf(conversation: string): CustomerPresence | undefined {
    return this.#customers.presenceOf(conversation)
  }

  stop(): void {
    this.#customers.stop()
  }

  #watch(workspace: string): Watched {
    const desks = new Set<WorkspaceListener>()
    const requests = OpenRequests.watch(this.#nats, workspace, (now, before) => {
      const presence = now && !before ? this.presenceOf(now.conversation) : undefined
      for (const desk of desks) {
        desk.request(now, before)
        if (now && presence) desk.presence(now.conversation, presence)
      }
    })
    const stopTeam = onTeam(this.#nats, workspace, (team) => {
      watched.team = team
      for (const desk of desks) desk.team(team)
    })
    const watched: Watched = { requests, known: undefined, desks, team: undefined, stopTeam }
    this.#watched.set(workspace, watched)
    requests.then(
      (known) => {
        watched.known = known
      },
      () => {},
    )
    return watched
  }
}
