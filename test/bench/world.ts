import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Bucket } from '../../engine/nats/bucket.ts'
import { connectNats, type Nats } from '../../engine/nats/connect.ts'
import type { SyncMode } from '../../workers/nats-server/server-version.ts'
import { createStreams, startCluster } from '../server-cluster.ts'
import { Launched } from './processes.ts'

const program = fileURLToPath(new URL('../../workers/cli/frontdesk.mjs', import.meta.url))

export interface WorldOptions {
  engines: number
  notifier: boolean
  partitions: number
  /** Replicas of each stream, on as many servers. */
  replicas: number
  sync: SyncMode
  /** The configuration, by key. */
  documents: Record<string, object>
  /** The folder for CPU profiles of the workers, written when they stop. */
  profiles?: string
}

/** frontdesk as an operator runs it, each part in a process of its own, on a new store; and a client's connection. */
export interface BenchWorld {
  url: string
  nats: Nats
  servers: Launched[]
  workers: Launched[]
  /** Starts one more; settles once it is at work. */
  startWorker(role: 'engine' | 'notifier'): Promise<Launched>
  stop(): Promise<void>
}

export async function startWorld(given: Partial<WorldOptions> = {}): Promise<BenchWorld> {
  const options: WorldOptions = {
    engines: 1,
    notifier: true,
    partitions: 16,
    replicas: 1,
    sync: 'default',
    documents: {},
    ...given,
  }
  const cluster = await startCluster(options.replicas, options.sync)
  const { url } = cluster
  const nats = await connectNats(url, 'bench')
  await createStreams(nats, options)
  const bucket = new Bucket(nats, 'configuration')
  for (const [key, document] of Object.entries(options.documents))
    await bucket.put(key, JSON.stringify(document))
  const workers: Launched[] = []
  const startWorker: BenchWorld['startWorker'] = async (role) => {
    const worker = launchWorker(role, url, options)
    workers.push(worker)
    return await worker.printed('"msg":"ready"')
  }
  for (let engine = 0; engine < options.engines; engine++) await startWorker('engine')
  if (options.notifier) await startWorker('notifier')
  return {
    url,
    nats,
    servers: cluster.servers.map((server) => server.process),
    workers,
    startWorker,
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.stop()))
      await nats.close()
      await cluster.stop()
    },
  }
}

function launchWorker(role: string, url: string, options: WorldOptions): Launched {
  const { partitions, replicas, profiles } = options
  const profile = profiles ? ['--cpu-prof', `--cpu-prof-dir=${join(profiles, role)}`] : []
  const args = ['--max-semi-space-size=64', ...profile, program, role]
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NATS_URL: url,
    FRONTDESK_PARTITIONS: String(partitions),
    FRONTDESK_REPLICAS: String(replicas),
    LOG_LEVEL: 'info',
  }
  return new Launched(role, process.execPath, args, { env })
}
