import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Bucket } from '../../engine/nats/bucket.ts'
import { connectNats, type Nats } from '../../engine/nats/connect.ts'
import { ensureTopology } from '../../engine/nats/ensure-topology.ts'
import { natsRoles } from '../../schemas/roles.ts'
import { findServer } from '../../workers/nats-server/resolve/find-server.ts'
import { rolesConfig } from '../../workers/nats-server/roles.ts'
import type { SyncMode } from '../../workers/nats-server/server-version.ts'
import { freePort } from '../test-server.ts'
import { Launched } from './processes.ts'

const program = fileURLToPath(new URL('../../workers/cli/frontdesk.mjs', import.meta.url))

export interface WorldOptions {
  engines: number
  notifier: boolean
  partitions: number
  /** Of each stream, on as many servers. */
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
  const folder = await mkdtemp(join(tmpdir(), 'frontdesk-bench-'))
  const { url, servers } = await startServers(folder, options)
  const nats = await connectNats(url, 'bench')
  await ready(nats, options)
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
    servers,
    workers,
    startWorker,
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.stop()))
      await nats.close()
      await Promise.all(servers.map((server) => server.stop('SIGKILL')))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** As many servers as replicas, with the roles' accounts as the embedded server has them. */
async function startServers(folder: string, { replicas, sync }: WorldOptions) {
  const binary = await findServer({ report: (line) => process.stderr.write(`${line}\n`), sync })
  const ports = await Promise.all(
    Array.from({ length: replicas }, async () => ({ client: await freePort(), route: await freePort() })),
  )
  const routes = ports.map(({ route }) => `"nats://127.0.0.1:${route}"`).join(', ')
  const accounts = await rolesConfig()
  const passwords = Object.fromEntries(
    ['frontdesk', ...natsRoles].map((user) => [`${user.toUpperCase()}_PASSWORD`, 'bench']),
  )
  const servers = ports.map(async ({ client, route }, n) => {
    const own = join(folder, `nats-${n}`)
    await mkdir(own)
    const cluster = `cluster { name: bench, listen: "127.0.0.1:${route}", routes: [${routes}] }`
    await writeFile(
      join(own, 'nats.conf'),
      `server_name: bench-${n}
listen: "127.0.0.1:${client}"
jetstream { store_dir: "${own}"${sync === 'always' ? ', sync_interval: always' : ''} }
${replicas > 1 ? cluster : ''}
${accounts}`,
    )
    const env = { ...process.env, ...passwords }
    return await new Launched('nats', binary, ['-c', join(own, 'nats.conf')], { env }).printed(
      'Server is ready',
    )
  })
  const url = ports.map(({ client }) => `nats://frontdesk:bench@127.0.0.1:${client}`).join(',')
  return { url, servers: await Promise.all(servers) }
}

/** Creates the streams; a cluster has to elect its leader first. */
async function ready(nats: Nats, { partitions, replicas }: WorldOptions): Promise<void> {
  for (const deadline = Date.now() + 60_000; ; ) {
    try {
      return await ensureTopology(nats, { partitions, replicas })
    } catch (error) {
      if (replicas === 1 || Date.now() > deadline) throw error
    }
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
