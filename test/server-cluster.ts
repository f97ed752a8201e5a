import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Nats } from '../engine/nats/connect.ts'
import { ensureTopology, type TopologyOptions } from '../engine/nats/ensure-topology.ts'
import { natsRoles } from '../schemas/roles.ts'
import { findServer } from '../workers/nats-server/resolve/find-server.ts'
import { rolesConfig } from '../workers/nats-server/roles.ts'
import type { SyncMode } from '../workers/nats-server/server-version.ts'
import { Launched } from './bench/processes.ts'
import { freePort } from './test-server.ts'

const password = 'cluster'

export interface ServerCluster {
  /** The URLs of all servers, comma separated, for the engine's user. */
  url: string
  servers: ClusterServer[]
  /** Ends the servers and removes their stores. */
  stop(): Promise<void>
}

/** A server of a cluster, on a store of its own. */
export class ClusterServer {
  /** As the cluster names it, for example as the leader of a stream. */
  readonly name: string
  readonly #start: () => Promise<Launched>
  #process: Launched | undefined

  constructor(name: string, start: () => Promise<Launched>) {
    this.name = name
    this.#start = start
  }

  get process(): Launched {
    if (!this.#process) throw new Error(`${this.name} was not started`)
    return this.#process
  }

  /** Starts it, for the first time or after `kill`, on the same port and store. */
  async start(): Promise<void> {
    this.#process = await this.#start()
  }

  /** As a crash does; settles once the process is gone. */
  async kill(): Promise<void> {
    await this.#process?.stop('SIGKILL')
  }
}

/** Starts so many servers, one without a cluster, with the roles' accounts as the embedded server has them. */
export async function startCluster(size: number, sync: SyncMode = 'default'): Promise<ServerCluster> {
  const binary = await findServer({ report: (line) => process.stderr.write(`${line}\n`), sync })
  const folder = await mkdtemp(join(tmpdir(), 'frontdesk-cluster-'))
  const ports = await Promise.all(
    Array.from({ length: size }, async () => ({ client: await freePort(), route: await freePort() })),
  )
  const routes = ports.map(({ route }) => `"nats://127.0.0.1:${route}"`).join(', ')
  const accounts = await rolesConfig()
  const passwords = Object.fromEntries(
    ['frontdesk', ...natsRoles].map((user) => [`${user.toUpperCase()}_PASSWORD`, password]),
  )
  const starting = ports.map(async ({ client, route }, n) => {
    const name = `nats-${n}`
    const own = join(folder, name)
    await mkdir(own)
    const cluster = `cluster { name: frontdesk, listen: "127.0.0.1:${route}", routes: [${routes}] }`
    await writeFile(
      join(own, 'nats.conf'),
      `server_name: ${name}
listen: "127.0.0.1:${client}"
jetstream { store_dir: "${own}"${sync === 'always' ? ', sync_interval: always' : ''} }
${size > 1 ? cluster : ''}
${accounts}`,
    )
    const env = { ...process.env, ...passwords }
    const server = new ClusterServer(name, () =>
      new Launched('nats', binary, ['-c', join(own, 'nats.conf')], { env }).printed('Server is ready'),
    )
    await server.start()
    return server
  })
  const servers = await Promise.all(starting)
  return {
    url: ports.map(({ client }) => `nats://frontdesk:${password}@127.0.0.1:${client}`).join(','),
    servers,
    stop: async () => {
      await Promise.all(servers.map((server) => server.kill()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Creates the streams; a cluster has to elect its leader first. */
export async function createStreams(nats: Nats, options: TopologyOptions): Promise<void> {
  for (const deadline = Date.now() + 60_000; ; ) {
    try {
      return await ensureTopology(nats, options)
    } catch (error) {
      if (options.replicas === 1 || Date.now() > deadline) throw error
    }
  }
}
