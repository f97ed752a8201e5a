import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { parse } from '../../../schemas/problem.ts'
import { type SearchAnswer, searchQuery } from '../../../schemas/protocol/search.ts'
import type { StaffRole } from '../../../schemas/roles.ts'
import { notifierAnswer } from '../http/notifier-answer.ts'
import { Pace } from '../http/pace.ts'
import { invalid, refuse } from '../http/refuse.ts'
import type { Authentication } from '../identity/principal.ts'
import { requireRole } from '../identity/require-role.ts'

/** The questions of one agent a second, over all their desks here: who types asks a few. */
const questionsPerSecondMax = 10

export interface SearchRouteDeps {
  /** In the role of an agent workspace. */
  workspace: RoleConnection
  authenticate(request: FastifyRequest, role: StaffRole): Promise<Authentication>
}

/** `/v1/desk/conversations`, by PROTOCOL.md: agents find conversations of their own workspaces. */
export function searchRoutes({ workspace: nats, authenticate }: SearchRouteDeps): FastifyPluginAsync {
  const paces = new Map<string, Pace>()
  const isFree = (agent: string): boolean => {
    for (const [id, pace] of paces) if (pace.isIdle) paces.delete(id)
    const pace = paces.get(agent) ?? new Pace(questionsPerSecondMax)
    if (!pace.isFree) return false
    paces.set(agent, pace)
    pace.charge(1)
    return true
  }
  const routes: FastifyPluginAsync = async (fastify) => {
    const senderOf = requireRole(fastify, (request) => authenticate(request, 'agent'))
    fastify.get('', async (request, reply) => {
      const asked = parse(searchQuery, request.query)
      if (!asked.ok) return invalid(reply, asked.error.problems)
      const { workspace, ...question } = asked.value
      const { id, workspaces } = senderOf(request)
      const own = workspaces === 'all' ? undefined : workspaces
      if (workspace !== undefined && own?.includes(workspace) === false)
        return refuse(reply, 'not_allowed', `you have no access to the workspace ${workspace}`)
      if (!isFree(id)) return refuse(reply, 'busy')
      const chosen = workspace === undefined ? own : [workspace]
      const answer = await notifierAnswer<SearchAnswer>(nats, 'search', { ...question, workspaces: chosen })
      return answer.ok ? answer.value : refuse(reply, answer.error.code, answer.error.message)
    })
  }
  return async (fastify) => {
    await fastify.register(routes, { prefix: '/v1/desk/conversations' })
  }
}
