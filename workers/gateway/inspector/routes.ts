import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { AuditLog } from '../../../engine/nats/views/audit-log.ts'
import type { Authentication } from '../identity/principal.ts'
import { requireRole } from '../identity/require-role.ts'
import { conversationRoutes } from './conversations.ts'
import { auditedEngineer, type EngineerRouteDeps, type InspectorDeps } from './inspector-deps.ts'
import { questionRoutes } from './questions.ts'

export interface InspectorRouteDeps extends InspectorDeps {
  /** As an engineer. */
  authenticate(request: FastifyRequest): Promise<Authentication>
}

/** `/v1/inspector`, by PROTOCOL.md. */
export function inspectorRoutes({ authenticate, ...inspector }: InspectorRouteDeps): FastifyPluginAsync {
  const routes: FastifyPluginAsync = async (fastify) => {
    const engineerOf = requireRole(fastify, authenticate)
    const log = new AuditLog(inspector.inspector)
    const audit: EngineerRouteDeps['audit'] = (request, action, on) =>
      log.note(action, auditedEngineer(engineerOf(request)), on)
    const deps = { ...inspector, engineerOf, audit }
    await fastify.register(questionRoutes(deps))
    await fastify.register(conversationRoutes(deps))
  }
  return async (fastify) => {
    await fastify.register(routes, { prefix: '/v1/inspector' })
  }
}
