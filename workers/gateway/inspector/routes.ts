import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Authentication } from '../identity/principal.ts'
import { requireRole } from '../identity/require-role.ts'
import { conversationRoutes } from './conversations.ts'
import type { InspectorDeps } from './inspector-deps.ts'
import { questionRoutes } from './questions.ts'

export interface InspectorRouteDeps extends InspectorDeps {
  /** As an engineer. */
  authenticate(request: FastifyRequest): Promise<Authentication>
}

/** `/v1/inspector`, by PROTOCOL.md. */
export function inspectorRoutes({ authenticate, ...inspector }: InspectorRouteDeps): FastifyPluginAsync {
  const routes: FastifyPluginAsync = async (fastify) => {
    const deps = { ...inspector, engineerOf: requireRole(fastify, authenticate) }
    await fastify.register(questionRoutes(deps))
    await fastify.register(conversationRoutes(deps))
  }
  return async (fastify) => {
    await fastify.register(routes, { prefix: '/v1/inspector' })
  }
}
