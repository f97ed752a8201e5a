import type { RoleConnection } from '../../engine/nats/connect.ts'
import { type EngineStatus, readEngineStatuses } from '../../engine/nats/engine/engine-status.ts'
import { NoResponders } from '../../engine/nats/errors.ts'
import type { Unready } from '../../schemas/protocol/health.ts'
import { inTime } from './in-time.ts'

/** While an event waits for longer than this, in seconds, customers are not served: `FRONTDESK_READY_LAG_MAX`. */
export const readyLagSecondsMax = 30

/** The body of `GET /livez`: the process answers. */
export const live = { status: 'ok' }

/** The answer of `GET /readyz`. */
export function readyAnswer(reasons: Unready[]): { status: 200 | 503; body: object } {
  if (reasons.length === 0) return { status: 200, body: { status: 'ready' } }
  return { status: 503, body: { status: 'unready', reasons } }
}

/**
 * Returns the check of whether customers would be served: NATS answers, living engines follow every partition, the
 * streams can be written, and no event waits for too long. Engines tell this in their heartbeats, each of which is
 * stored and expires after 3 s; so where JetStream stores nothing, there is no engine.
 *
 * Any number of questions is one read of NATS at a time.
 *
 * @param outage why customers are not served, as the caller has met it
 */
export function readinessOf(
  connection: RoleConnection,
  lagSecondsMax: number,
  outage: () => string | undefined = () => undefined,
): () => Promise<Unready[]> {
  let checking: Promise<Unready[]> | undefined
  return () => {
    checking ??= check(connection, lagSecondsMax, outage()).finally(() => {
      checking = undefined
    })
    return checking
  }
}

async function check(
  connection: RoleConnection,
  lagSecondsMax: number,
  outage: string | undefined,
): Promise<Unready[]> {
  if (!(await inTime(connection.flush())))
    return [{ code: 'nats_unreachable', message: 'NATS does not answer' }]
  const engines = await inTime(readEngineStatuses(connection).catch(noneWithoutReaders))
  if (!engines)
    return [
      {
        code: 'engines_unknown',
        message: 'JetStream does not answer a read, or the server has an older roles.conf',
      },
    ]
  const reasons = reasonsOf(engines.value, lagSecondsMax)
  if (outage !== undefined)
    reasons.push({ code: 'customers_not_served', message: `customers are not served: ${outage}` })
  return reasons
}

/** Engines and notifiers answer the reads of roles. */
function noneWithoutReaders(error: unknown): [] {
  if (error instanceof NoResponders) return []
  throw error
}

/** @param engines the living engines; `undefined`: of an earlier version, which tells nothing but that it lives */
export function reasonsOf(engines: readonly (EngineStatus | undefined)[], lagSecondsMax: number): Unready[] {
  if (engines.length === 0)
    return [
      {
        code: 'no_engine',
        message: 'no heartbeat of an engine is stored: none runs, or JetStream stores nothing',
      },
    ]
  const known = engines.filter((engine) => engine !== undefined)
  const reasons: Unready[] = []
  if (known.length === engines.length) {
    const held = new Set(known.flatMap((engine) => engine.held))
    const count = Math.max(...known.map(({ partitions }) => partitions))
    const partitions = Array.from({ length: count }, (_, n) => n).filter((n) => !held.has(n))
    if (partitions.length > 0)
      reasons.push({
        code: 'partitions_unowned',
        message: `${partitions.length} of ${count} partitions have no living engine`,
        partitions,
      })
  }
  const streams = [...new Set(known.flatMap(({ unwritable }) => unwritable))]
  if (streams.length > 0)
    reasons.push({
      code: 'stream_unwritable',
      message: `streams are full, missing or without a leader: ${streams.join(', ')}`,
      streams,
    })
  const lagSeconds = Math.max(0, ...known.map((engine) => engine.lagSeconds))
  if (lagSeconds > lagSecondsMax)
    reasons.push({
      code: 'lag',
      message: `an event has waited for ${lagSeconds} s; the limit is ${lagSecondsMax} s (FRONTDESK_READY_LAG_MAX)`,
      lagSeconds,
      lagSecondsMax,
    })
  return reasons
}
