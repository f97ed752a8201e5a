import type { FastifyInstance } from 'fastify'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { teamOf } from '../../../engine/nats/views/signals.ts'
import { parse } from '../../../schemas/problem.ts'
import { type PersonAnswer, personQuestion } from '../../../schemas/protocol/admin.ts'
import { type StaffRole, staffRoleNames } from '../../../schemas/roles.ts'
import { invalid } from '../http/refuse.ts'
import { lastSeen, type People } from '../identity/people/people.ts'
import type { Audit } from './audit-routes.ts'

/** The most workspaces whose desks are asked for. */
const workspacesMax = 100

export interface PeopleDeps {
  seen: Pick<People, 'list'>
  /** Ends all sign-ins of a person. */
  signOut(id: string): Promise<void>
  /** In the role of an agent workspace. */
  workspace: RoleConnection
}

/** The people who have signed in or were at a desk lately. */
export function peopleRoutes(
  fastify: FastifyInstance,
  { seen, signOut, workspace }: PeopleDeps,
  audit: Audit,
): void {
  fastify.get('/people', async () => {
    const [known, present] = await Promise.all([seen.list(), presentAgents(workspace)])
    const people = known.map((person): PersonAnswer => {
      const { id, name, workspaces, seen: times } = person
      const roles = staffRoleNames.filter((role: StaffRole) => times[role] !== undefined)
      const { state, desks } = present.get(id) ?? { state: 'gone' as const, desks: [] }
      present.delete(id)
      const seenAt = new Date(lastSeen(person)).toISOString()
      return { id, name, roles, workspaces, seenAt, state, desks }
    })
    // Agents of whom only the desk is known, such as programs of a company's own.
    const others = [...present].map(
      ([id, { name, ...here }]): PersonAnswer => ({
        id,
        name: name ?? id,
        roles: ['agent'],
        workspaces: here.desks,
        seenAt: new Date().toISOString(),
        ...here,
      }),
    )
    return { people: [...others, ...people] }
  })

  fastify.post('/people/sign-out', async (request, reply) => {
    const asked = parse(personQuestion, request.body)
    if (!asked.ok) return invalid(reply, asked.error.problems)
    const { id } = asked.value
    await audit(request, 'signedOut', { kind: 'person', id }, 'ends the sign-ins of a person')
    await signOut(id)
    return reply.code(204).send()
  })
}

interface PresentAgent extends Pick<PersonAnswer, 'state' | 'desks'> {
  name?: string | undefined
}

/** The agents who have a desk open now, by id. */
async function presentAgents(role: RoleConnection): Promise<Map<string, PresentAgent>> {
  const found = new Map<string, PresentAgent>()
  const first = await teamOf(role, 'main')
  const others = (first?.workspaces ?? []).map(({ id }) => id).filter((id) => id !== 'main')
  const ids = ['main', ...others.slice(0, workspacesMax)]
  const teams = await Promise.all(ids.map((id) => (id === 'main' ? first : teamOf(role, id))))
  teams.forEach((team, index) => {
    for (const { id, name, state } of team?.agents ?? []) {
      const before = found.get(id)
      found.set(id, {
        name,
        state: before?.state === 'online' ? 'online' : state,
        desks: [...(before?.desks ?? []), ids[index] as string],
      })
    }
  })
  return found
}
