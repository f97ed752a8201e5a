import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Registry } from '../../../engine/machines/definitions.ts'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import type { Machines } from '../../../engine/ports.ts'
import type { Refusal } from '../identity/principal.ts'
import type { SignedIn } from '../identity/staff-sign-in.ts'
import { lock } from '../lock.ts'
import { conversationRoutes } from './conversations.ts'
import { questionRoutes } from './questions.ts'

/** What the inspector's routes work with. */
export interface InspectorSide {
  /** The role that looks, and changes nothing. */
  inspector: RoleConnection
  /** The machines that are at hand; `machines` has others added, by their names. */
  definitions: Registry
  machines: Machines
  log: Logger
  /** The engineer who asks. */
  principal(request: FastifyRequest): SignedIn
}

export interface LockedSide extends Omit<InspectorSide, 'principal'> {
  /** Who asks, as an engineer. */
  principalOf(request: FastifyRequest): Promise<SignedIn | Refusal>
}

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
