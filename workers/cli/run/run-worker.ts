import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Definition, Retirement } from '../../../engine/machines/definitions.ts'
import { connectNats, type Nats } from '../../../engine/nats/connect.ts'
import { startEngine } from '../../../engine/nats/engine/start-engine.ts'
import type { Worker } from '../../../engine/nats/engine/start-worker.ts'
import { ensureTopology } from '../../../engine/nats/ensure-topology.ts'
import { startNotifier } from '../../../engine/nats/notifier/start-notifier.ts'
import { type RetryOptions, retry } from '../../../engine/nats/retry.ts'
import { startCaller } from '../../calls/start-caller.ts'
import { S3Files } from '../../files/s3-files.ts'
import { engineMetrics } from '../../monitoring/engine-metrics.ts'
import { measureNotifier, natsReconnects } from '../../monitoring/metrics.ts'
import type { MonitoringServer } from '../../monitoring/monitoring-server.ts'
import { readinessOf } from '../../monitoring/readiness.ts'
import { patiently, serversOf } from '../../nats-server/resolve/patiently.ts'
import type { ServerUrls } from '../../nats-server/roles.ts'
import { loadOwnMachines } from '../../settings/own-machines.ts'
import type { Settings } from '../../settings/settings.ts'
import { WrongSetting } from '../../settings/variable.ts'
import { accessOf } from '../shell/connect-to-running.ts'
import type { Lifetime } from './lifetime.ts'

export const roles = ['engine', 'notifier', 'caller', 'mailer'] as const
export type Role = (typeof roles)[number]

/** The streams and buckets: the first worker of a process creates them for all. */
export interface SharedTopology {
  ensure(nats: Nats, retryOptions: RetryOptions): Promise<void>
  /** Settles once a worker has ensured them; never rejects. */
  ensured: Promise<void>
}

export function sharedTopology({ partitions, replicas }: Settings): SharedTopology {
  let ensuring: Promise<void> | undefined
  let resolve = () => {}
  const ensured = new Promise<void>((settle) => {
    resolve = settle
  })
  return {
    ensured,
    ensure: (nats, retryOptions) => {
      // Streams without a leader, and a cluster that still elects one, are there in a moment.
      ensuring ??= retry('the streams', retryOptions, () =>
        ensureTopology(nats, { partitions, replicas }),
      ).then(resolve)
      return ensuring
    },
  }
}

/** Runs a worker on its own connection; resolves once it is at work. */
export async function runWorker(
  role: Role,
  urls: ServerUrls,
  settings: Settings,
  parentLog: Logger,
  lifetime: Lifetime,
  monitoring: MonitoringServer,
  topology = sharedTopology(settings),
): Promise<void> {
  monitoring.expect(role)
  const name = randomUUID()
  const log = parentLog.child({ role, worker: name })
  const nats = await patiently(
    () => connectNats(accessOf(urls, settings), role),
    urls.url,
    (fields, text) => log.warn(fields, text),
  )
  lifetime.started('connection', () => nats.close())
  lifetime.needs(nats.lost())
  natsReconnects.inc({ role }, 0)
  nats.reconnected(() => natsReconnects.inc({ role }))
  const giveUp = new AbortController()
  lifetime.started('worker', async () => giveUp.abort())
  await topology.ensure(nats, { log, signal: giveUp.signal })
  const worker = await start({ role, name }, nats, settings, log)
  lifetime.started('worker', () => worker.stop())
  lifetime.needs(worker.failed)
  await worker.untilFollowed?.()
  monitoring.started(role, readinessOf(nats, settings.monitoring.readyLagMax))
  log.info({ nats: serversOf(urls.url) }, 'ready')
}

/** A caller has no partitions to follow. */
type Started = Pick<Worker, 'stop' | 'failed'> & Partial<Worker>

async function start(
  { role, name }: { role: Role; name: string },
  nats: Nats,
  settings: Settings,
  log: Logger,
): Promise<Started> {
  const {
    partitions,
    strictChannels,
    promisesMail,
    apiHosts,
    machines,
    natsUrl,
    data,
    agentGrace,
    searchMemory,
    mail,
  } = settings
  switch (role) {
    case 'engine': {
      const definitions = await loadOwnMachines(machines)
      if (machines !== undefined)
        log.info({ folder: machines, machines: definitions.map(nameOf) }, 'machines of your own')
      return startEngine(nats, log, {
        partitions,
        strictChannels,
        promisesMail,
        definitions,
        name,
        observer: engineMetrics,
      })
    }
    case 'notifier': {
      const { place } = settings.gateway.files
      // Without NATS_URL the server is the data folder's own.
      return startNotifier(nats, log, {
        name,
        dataFolder: natsUrl === undefined ? data : undefined,
        agentGraceMs: agentGrace * 1_000,
        observer: measureNotifier,
        searchBytes: searchMemory * 1024 * 1024,
        files: place && new S3Files(place),
      })
    }
    case 'caller':
      return startCaller(nats, log, { allowed: apiHosts })
    case 'mailer':
      if (!mail) throw new WrongSetting('FRONTDESK_SMTP_URL must be set: it names the mail server')
      // Its libraries are loaded where e-mails are sent only.
      return (await import('../../mailer/start-mailer.ts')).startMailer(nats, log, { settings: mail })
  }
}

function nameOf(definition: Definition | Retirement): string {
  return 'machine' in definition ? definition.name : `${definition.id} retired`
}
