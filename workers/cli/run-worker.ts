import type { Logger } from 'pino'
import { connectNats } from '../../engine/nats/connect.ts'
import { ensureTopology } from '../../engine/nats/ensure-topology.ts'
import { untilFollowed } from '../../engine/nats/until-followed.ts'
import { startEngine } from '../engine.ts'
import { startNotifier } from '../notifier.ts'
import type { Settings } from '../settings.ts'
import type { Worker } from '../worker.ts'
import { connectPatiently } from './connect-patiently.ts'
import { serversOf } from './connect-to-running.ts'
import { type Lifetime, untilStopped } from './lifetime.ts'

export const roles = ['engine', 'notifier'] as const
export type Role = (typeof roles)[number]

/** Runs a worker on a connection of its own; settles once its role's work is being done. */
export async function runWorker(
  role: Role,
  url: string,
  settings: Settings,
  log: Logger,
  lifetime: Lifetime,
): Promise<void> {
  const nats = await connectPatiently(connectNats, url, role, log)
  lifetime.started('connection', () => nats.close())
  lifetime.needs(
    nats.connection.closed().then((error) => {
      throw new Error(`the connection to NATS was closed for good${error ? `: ${error.message}` : ''}`)
    }),
  )
  const { partitions, replicas, strictChannels } = settings
  await ensureTopology(nats.connection, { partitions, replicas })
  const worker: Worker =
    role === 'engine'
      ? await startEngine(nats, log.child({ role }), { partitions, strictChannels })
      : await startNotifier(nats, log.child({ role }))
  lifetime.started('worker', () => worker.stop())
  lifetime.needs(worker.failed)
  const cursors =
    role === 'engine' ? Array.from({ length: partitions }, (_, i) => `event.${i}`) : ['notifier']
  await untilFollowed(nats, role, cursors, worker)
  log.info({ role, nats: serversOf(url) }, 'ready')
}

/** One worker as a process of its own, until it is stopped. */
export async function runAlone(role: Role, url: string, settings: Settings, log: Logger): Promise<number> {
  return untilStopped(log, (lifetime) => runWorker(role, url, settings, log, lifetime))
}
