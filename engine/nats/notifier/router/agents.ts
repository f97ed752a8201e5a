import { type DeskPresence, deskLostMs } from '../../../../schemas/conversation/presence.ts'

interface Desk {
  workspace: string
  state: 'online' | 'away'
  heardAt: number
}

/** An agent who has, or had, a desk; instants are epoch milliseconds. */
export interface PresentAgent {
  id: string
  name?: string
  state: 'online' | 'away' | 'gone'
  /** The workspaces of their desks. */
  workspaces: ReadonlySet<string>
  /** Since when they are not online. */
  absentSince?: number
  /** Their last desk was one that they signed out at. */
  hasSignedOut?: true
}

interface KnownAgent {
  name?: string
  /** The desks, by workspace and their own name. */
  desks: Map<string, Desk>
  absentSince?: number
  hasSignedOut?: true
}

/** The agents whose desks were heard. Several desks of one agent are one agent. */
export class Agents {
  readonly #known = new Map<string, KnownAgent>()
  #present: ReadonlyMap<string, PresentAgent> = new Map()
  #listeningSince: number

  constructor(now: number) {
    this.#listeningSince = now
  }

  get size(): number {
    return this.#known.size
  }

  /** As of the last `update`. */
  get all(): ReadonlyMap<string, PresentAgent> {
    return this.#present
  }

  hear(workspace: string, { desk, agent, state, signsOut }: DeskPresence, now: number): void {
    const known: KnownAgent = this.#known.get(agent.id) ?? { desks: new Map() }
    if (state === 'gone') {
      known.desks.delete(`${workspace}.${desk}`)
      if (!signsOut || known.desks.size > 0) return
      known.hasSignedOut = true
      this.#known.set(agent.id, known)
    } else {
      delete known.hasSignedOut
      known.desks.set(`${workspace}.${desk}`, { workspace, state, heardAt: now })
      if (agent.name !== undefined) known.name = agent.name
      this.#known.set(agent.id, known)
    }
  }

  /**
   * Takes over an agent who was at a desk when they accepted a request, and of whom nothing was heard since: they are
   * given the time to be heard.
   */
  expect({ id, name }: { id: string; name?: string | undefined }): void {
    if (this.#known.has(id)) return
    const absentSince = this.#listeningSince - 1
    this.#known.set(id, { ...(name !== undefined && { name }), desks: new Map(), absentSince })
  }

  /** From now on: messages may have been missed, so the silence before says nothing. */
  listenAnew(now: number): void {
    this.#listeningSince = now
  }

  /** How long an agent has been away or gone, as far as that is certain; in milliseconds. */
  absentFor({ absentSince, hasSignedOut }: PresentAgent, now: number): number {
    if (absentSince === undefined) return 0
    // Absent before messages were missed: they may be back.
    const mayBeBack = absentSince < this.#listeningSince
    if (hasSignedOut && !mayBeBack) return Number.POSITIVE_INFINITY
    return Math.max(0, now - (mayBeBack ? this.#listeningSince + deskLostMs : absentSince))
  }

  /** @param isNeeded whether an agent who is gone is to be remembered */
  update(now: number, isNeeded: (agent: string) => boolean): void {
    const present = new Map<string, PresentAgent>()
    for (const [id, known] of this.#known) {
      for (const [key, { heardAt }] of known.desks)
        if (Math.max(heardAt, this.#listeningSince) + deskLostMs <= now) known.desks.delete(key)
      const desks = [...known.desks.values()]
      const isOnline = desks.some(({ state }) => state === 'online')
      const state = isOnline ? 'online' : desks.length > 0 ? 'away' : 'gone'
      if (isOnline) delete known.absentSince
      else known.absentSince ??= now
      if (state === 'gone' && !isNeeded(id)) {
        this.#known.delete(id)
        continue
      }
      const { name, absentSince, hasSignedOut } = known
      present.set(id, {
        id,
        ...(name !== undefined && { name }),
        state,
        workspaces: new Set(desks.map(({ workspace }) => workspace)),
        ...(absentSince !== undefined && { absentSince }),
        ...(hasSignedOut && { hasSignedOut }),
      })
    }
    this.#present = present
  }
}
