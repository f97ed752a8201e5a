import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { AuditLog } from '../../../engine/nats/views/audit-log.ts'
import { documentBytesMax } from '../../../schemas/configuration/document.ts'
import { parse } from '../../../schemas/problem.ts'
import { type KeyAnswer, newKey } from '../../../schemas/protocol/admin.ts'
import { invalid, notFound } from '../http/refuse.ts'
import type { Authentication } from '../identity/principal.ts'
import { requireRole } from '../identity/require-role.ts'
import { type Audit, auditRoutes } from './audit-routes.ts'
import { configurationRoutes, type EditedConfiguration } from './configuration-routes.ts'
import { type PeopleDeps, peopleRoutes } from './people-routes.ts'
import { adminQuestionRoutes } from './question-routes.ts'

export interface AdminRouteDeps {
  configuration: EditedConfiguration
  /** The keys that sign customers' logins. */
  keys: {
    list(): Promise<KeyAnswer[]>
    create(name: string): Promise<KeyAnswer & { secret: string }>
    /** Whether it existed. */
    revoke(kid: string): Promise<boolean>
  }
  audit: Pick<AuditLog, 'note' | 'from' | 'latest'>
  people: PeopleDeps
  log: Logger
  /** As an administrator. */
  authenticate(request: FastifyRequest): Promise<Authentication>
}

/** `/v1/admin`, as PROTOCOL.md says it. */
export function adminRoutes({
  configuration,
  keys,
  audit: auditLog,
  people,
  log,
  authenticate,
}: AdminRouteDeps): FastifyPluginAsync {
  return async (fastify) => {
    await fastify.register(
      async (admin) => {
        const administratorOf = requireRole(admin, authenticate)
        const audit: Audit = async (request, action, on, act) => {
          const { id, name, role } = administratorOf(request)
          await auditLog.note(action, { id, name, role: role as 'administrator' }, on)
          log.info({ administrator: id, ...on }, act)
        }
        auditRoutes(admin, auditLog)
        peopleRoutes(admin, people, audit)
        configurationRoutes(admin, configuration, { administratorOf, audit })
        adminQuestionRoutes(admin, configuration)

        admin.get('/keys', async () => ({ keys: await keys.list() }))

        admin.post('/keys', { bodyLimit: documentBytesMax }, async (request, reply) => {
          const key = parse(newKey, request.body)
          if (!key.ok) return invalid(reply, key.error.problems)
          const created = await keys.create(key.value.name)
          // Nobody has it yet.
          await audit(request, 'keyMade', { kind: 'key', id: created.kid }, 'makes a key for logins')
          return reply.code(201).send(created)
        })

        admin.delete('/keys/:kid', async (request, reply) => {
          const { kid } = request.params as { kid: string }
          if (!(await keys.list()).some((key) => key.kid === kid))
            return notFound(reply, `there is no key ${kid}`)
          await audit(request, 'keyRevoked', { kind: 'key', id: kid }, 'revokes a key for logins')
          await keys.revoke(kid)
          return reply.code(204).send()
        })
      },
      { prefix: '/v1/admin' },
    )
  }
}
