import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { lock } from '../http/require-role.ts'
import type { SignedIn } from '../identity/staff-sign-in.ts'
import { conversationRoutes } from './conversations.ts'
import type { InspectorSide, LockedSide } from './inspector-side.ts'
import { questionRoutes } from './questions.ts'

/** `/v1/inspector`, as PROTOCOL.md says it. */
export function inspectorRoutes({ principalOf, ...locked }: LockedSide): FastifyPluginAsync {
  const principals = new WeakMap<FastifyRequest, SignedIn>()
  const side: InspectorSide = {
    ...locked,
    // The lock has let nobody in whom it does not know.
    principal: (request) => principals.get(request) as SignedIn,
  }
  const routes: FastifyPluginAsync = async (fastify) => {
    lock(fastify, async (request) => {
      const found = await principalOf(request)
      if ('code' in found) return found
      principals.set(request, found)
      return null
    })
    await fastify.register(questionRoutes(side))
    await fastify.register(conversationRoutes(side))
  }
  return async (fastify) => {
    await fastify.register(routes, { prefix: '/v1/inspector' })
  }
}
