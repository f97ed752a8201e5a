import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { parse } from '../../../schemas/problem.ts'
import { newPushSubscription, oldPushSubscription, type PushKey } from '../../../schemas/protocol/desk.ts'
import type { AllowedHosts } from '../../calls/client/allowed-hosts.ts'
import { invalid, refuse } from '../http/refuse.ts'
import type { Authentication } from '../identity/principal.ts'
import { requireRole } from '../identity/require-role.ts'
import type { PushSubscriptions } from './push-subscriptions.ts'

export interface PushRouteDeps {
  subscriptions: PushSubscriptions
  hosts: AllowedHosts
  /** As an agent. */
  authenticate(request: FastifyRequest): Promise<Authentication>
}

/** `/v1/push`: an agent's browser asks to be notified while its desk is closed. */
export function pushRoutes({ subscriptions, hosts, authenticate }: PushRouteDeps): FastifyPluginAsync {
  return async (fastify) => {
    await fastify.register(
      async (push) => {
        const agentOf = requireRole(push, authenticate)

        push.get('/key', async (): Promise<PushKey> => ({ key: subscriptions.keys.publicKey }))

        push.post('/subscriptions', async (request, reply) => {
          const asked = parse(newPushSubscription, request.body)
          if (!asked.ok) return invalid(reply, asked.error.problems)
          const { workspace, subscription } = asked.value
          const signedIn = agentOf(request)
          const { id, workspaces } = signedIn
          if (workspaces !== 'all' && !workspaces.includes(workspace))
            return refuse(reply, 'not_allowed', `you have no access to the workspace ${workspace}`)
          try {
            hosts.checkUrl(new URL(subscription.endpoint))
          } catch {
            const { host } = new URL(subscription.endpoint)
            return refuse(reply, 'not_allowed', `${host} is no push service of FRONTDESK_PUSH_HOSTS`)
          }
          await subscriptions.add({ agent: id, workspace, subscription }, signedIn)
          return reply.code(204).send()
        })

        push.delete('/subscriptions', async (request, reply) => {
          const asked = parse(oldPushSubscription, request.body)
          if (!asked.ok) return invalid(reply, asked.error.problems)
          await subscriptions.remove(asked.value.endpoint)
          return reply.code(204).send()
        })
      },
      { prefix: '/v1/push' },
    )
  }
}
