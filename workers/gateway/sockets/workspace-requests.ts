import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { OpenRequests, type RequestChanged } from '../../../engine/nats/views/open-requests.ts'

interface Watched {
  requests: Promise<OpenRequests>
  desks: Set<RequestChanged>
}

/** The open requests of each workspace with a desk here, watched once for all its desks. */
export class WorkspaceRequests {
  readonly #nats: RoleConnection
  readonly #watched = new Map<string, Watched>()

  /** @param nats in the role of an agent workspace */
  constructor(nats: RoleConnection) {
    this.#nats = nats
  }

  /** Settles once the present requests are known; `changed` is called for later changes, until `leave`. */
  join(workspace: string, changed: RequestChanged): { requests: Promise<OpenRequests>; leave: () => void } {
    const watched = this.#watched.get(workspace) ?? this.#watch(workspace)
    watched.desks.add(changed)
    return {
      requests: watched.requests,
      leave: () => {
        watched.desks.delete(changed)
        if (watched.desks.size > 0) return
        this.#watched.delete(workspace)
        watched.requests.then(
          (requests) => requests.close(),
          // The connection was closed: each desk knows.
          () => {},
        )
      },
    }
  }

  #watch(workspace: string): Watched {
    const desks = new Set<RequestChanged>()
    const requests = OpenRequests.watch(this.#nats, workspace, (now, before) => {
      for (const changed of desks) changed(now, before)
    })
    const watched = { requests, desks }
    this.#watched.set(workspace, watched)
    return watched
  }
}
