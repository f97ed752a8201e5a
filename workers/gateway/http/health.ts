import type { FastifyPluginAsync } from 'fastify'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { workersAlive } from '../../../engine/nats/engine/presence.ts'
import { NoResponders } from '../../../engine/nats/errors.ts'
import type { HealthAnswer, Unready } from '../../../schemas/protocol/health.ts'
import { inTime } from '../../monitoring/in-time.ts'
import { live, readyAnswer } from '../../monitoring/readiness.ts'
import type { Outage } from './outage.ts'

/** A gateway without customers cannot learn that an outage has ended, so a failure counts for this long. */
export const outageMs = 15_000

interface HealthDeps {
  /** In the role of a widget gateway. */
  widget: RoleConnection
  /** The outages of customers. */
  outage: Outage
  /** The reasons why the gateway is not ready. */
  unready(): Promise<Unready[]>
}

/**
 * `GET /healthz`: 200 while what a customer writes is stored and answered, else 503 with the reason. NATS has to
 * answer, what customers wrote last has to be stored, and a stored heartbeat of an engine has to be there.
 *
 * `GET /livez` and `GET /readyz`: as every worker serves them on its own port.
 */
export function healthRoutes(deps: HealthDeps): FastifyPluginAsync {
  // Anybody may ask, so any number of questions is one question to NATS at a time.
  let checking: Promise<HealthAnswer> | undefined
  return async (fastify) => {
    fastify.get('/healthz', async (_, reply) => {
      checking ??= check(deps).finally(() => {
        checking = undefined
      })
      const health = await checking
      return reply.code(health.status === 'ok' ? 200 : 503).send(health)
    })
    fastify.get('/livez', async () => live)
    fastify.get('/readyz', async (_, reply) => {
      const { status, body } = readyAnswer(await deps.unready())
      return reply.code(status).header('cache-control', 'no-store').send(body)
    })
  }
}

async function check({ widget, outage }: HealthDeps): Promise<HealthAnswer> {
  if ((await inTime(widget.flush())) === undefined) return unavailable('nats', 'NATS does not answer')
  const reason = outage.now(outageMs)
  if (reason !== undefined) return unavailable('storage', `customers are not served: ${reason}`)
  const engines = await inTime(workersAlive(widget, 'engine').catch(noneWithoutReaders))
  if (engines === undefined)
    return unavailable('storage', 'JetStream does not answer, or the server has an older roles.conf')
  if (engines.value === 0)
    return unavailable('engine', 'no heartbeat of an engine is stored: check that one runs')
  return { status: 'ok' }
}

/** Engines and notifiers answer the reads of roles. */
function noneWithoutReaders(error: unknown): number {
  if (error instanceof NoResponders) return 0
  throw error
}

function unavailable(
  reason: Extract<HealthAnswer, { reason: string }>['reason'],
  message: string,
): HealthAnswer {
  return { status: 'unavailable', reason, message }
}
