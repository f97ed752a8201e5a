import type { Team } from '../../../../schemas/conversation/presence.ts'
import type { Desk } from '../state/desk-state.ts'

/** An agent's colleagues: those who are online and have least to do first. */
export function colleagues({ team, agent }: Desk): Team['agents'] {
  const rank = ({ state, accepted }: Team['agents'][number]) => accepted + (state === 'away' ? 1_000 : 0)
  return (team?.agents ?? []).filter(({ id }) => id !== agent?.id).sort((a, b) => rank(a) - rank(b))
}

/** The workspaces besides this one: all that are known, or those that an agent may work in, known or not. */
export function otherWorkspaces(
  { team, workspace }: Desk,
  allowed: readonly string[] | 'all' = 'all',
): Team['workspaces'] {
  const known = team?.workspaces ?? []
  const ids = allowed === 'all' ? known.map(({ id }) => id) : allowed
  return ids
    .filter((id) => id !== workspace)
    .map((id) => known.find((other) => other.id === id) ?? { id, online: 0, waiting: 0 })
}
