import type { FastifyPluginAsync } from 'fastify'
import { requireRole } from '../http/require-role.ts'
import { conversationRoutes } from './conversations.ts'
import type { InspectorRouteDeps } from './inspector-deps.ts'
import { questionRoutes } from './questions.ts'

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
