import { createHash } from 'node:crypto'
import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ServerUrls, urlsOf } from '../roles.ts'
import { readServerInfo } from '../server-info.ts'
import type { SyncMode } from '../server-version.ts'
import { endLeftBehind, isOurs } from './end-left-behind.ts'
import { type Claim, type FolderLock, holderOf, lockFolder } from './folder-lock.ts'
import { PortTaken, type RunningServer, runServer } from './run-server.ts'

export const defaultPort = 4222
const portsTried = 100
/** The process that holds the folder may have to fetch a server first. */
const claimTimeoutMs = 120_000

export interface EmbeddedOptions {
  dataFolder: string
  /** The path of a nats-server, or a function that finds it: called only where a server has to be started. */
  binary: string | (() => Promise<string>)
  port?: number
  sync?: SyncMode
  report?: (line: string) => void
}

export interface EmbeddedServer extends ServerUrls {
  port: number
  /** nats-server's pid; absent where it runs in a container. */
  pid?: number
  /** False: another living process started the server and will stop it; `stop()` only stops using it. */
  owned: boolean
  stop(): Promise<void>
  exited: Promise<{ code: number | null }>
}

/** The one nats-server of a data folder, on the loopback: started, or shared where a living process runs it. */
export async function startEmbeddedServer(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const report = options.report ?? (() => {})
  const folder = await claimFolder(options.dataFolder, report)
  if ('adopted' in folder) return folder.adopted
  try {
    return await start({ ...options, report, dataFolder: folder.dataFolder }, folder.lock)
  } catch (error) {
    await folder.lock.release()
    throw error
  }
}

/** The server that a living process runs for a data folder; `undefined` where there is none. */
export async function runningServer(folder: string): Promise<ServerUrls | undefined> {
  const dataFolder = await realpath(folder).catch(() => undefined)
  const claim = dataFolder && (await holderOf(dataFolder))
  if (!claim) return undefined
  if (claim.container) return urlsOf(dataFolder, claim.container.port)
  if (!claim.server || (await readServerInfo(claim.server.port))?.server_name !== serverName(dataFolder))
    return undefined
  return urlsOf(dataFolder, claim.server.port)
}

/** Locks the data folder with no server on it, or adopts the server that a living process runs there. */
export async function claimFolder(
  folder: string,
  report: (line: string) => void,
): Promise<{ dataFolder: string; lock: FolderLock } | { adopted: EmbeddedServer }> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const dataFolder = await realpath(folder)
  const deadline = Date.now() + claimTimeoutMs
  for (;;) {
    const taken = await lockFolder(dataFolder)
    if ('lock' in taken) {
      await endLeftBehind(dataFolder, taken.left, report).catch(async (error) => {
        await taken.lock.abandon()
        throw error
      })
      return { dataFolder, lock: taken.lock }
    }
    const adopted = await adopt(dataFolder, taken.heldBy, report)
    if (adopted) return { adopted }
    if (Date.now() > deadline) {
      throw new Error(
        `${dataFolder} is held by process ${taken.heldBy.owner.pid}, whose nats-server does not answer`,
      )
    }
    await sleep(50)
  }
}

type OwnOptions = EmbeddedOptions & { report: (line: string) => void }

async function start(options: OwnOptions, lock: FolderLock): Promise<EmbeddedServer> {
  const { dataFolder, report } = options
  const binary = typeof options.binary === 'string' ? options.binary : await options.binary()
  const wanted = options.port ?? defaultPort
  const name = serverName(dataFolder)
  const remembered = await rememberedPort(dataFolder, wanted)
  if ((await readServerInfo(remembered))?.server_name === name) {
    throw new Error(`a nats-server of ${dataFolder} already runs on port ${remembered}: stop it first`)
  }
  const beforeStart = (supervisor: number) => lock.update({ supervisor })
  const { server, port } = await onFreePort(remembered, report, (port) =>
    runServer({ binary, dataFolder, name, port, sync: options.sync ?? 'default', beforeStart }),
  )
  await rememberPort(dataFolder, { wanted, port })
  await lock.update({ server: { pid: server.pid, port } })
  const exited = server.exited.then(async (end) => {
    await lock.release()
    return end
  })
  const stop = async () => {
    await server.stop()
    await exited
  }
  return { ...(await urlsOf(dataFolder, port)), port, pid: server.pid, owned: true, exited, stop }
}

async function adopt(
  dataFolder: string,
  claim: Claim,
  report: (line: string) => void,
): Promise<EmbeddedServer | undefined> {
  if (claim.container) {
    report(`using the nats-server container of process ${claim.owner.pid}`)
    const { port } = claim.container
    const urls = await urlsOf(dataFolder, port)
    return { ...urls, port, owned: false, stop: async () => {}, exited: new Promise(() => {}) }
  }
  const server = claim.server
  if (!server) return undefined
  if ((await readServerInfo(server.port))?.server_name !== serverName(dataFolder)) return undefined
  report(
    `using the nats-server of process ${claim.owner.pid} on port ${server.port}; it stops with that process`,
  )
  const stopped = new AbortController()
  return {
    ...(await urlsOf(dataFolder, server.port)),
    port: server.port,
    pid: server.pid,
    owned: false,
    exited: endOf(server.pid, dataFolder, stopped.signal),
    stop: async () => stopped.abort(),
  }
}

/** Settles when an adopted server has ended; never after `signal` is aborted. */
async function endOf(pid: number, dataFolder: string, signal: AbortSignal): Promise<{ code: null }> {
  while (!signal.aborted) {
    if (!(await isOurs(pid, dataFolder))) return { code: null }
    await sleep(500, undefined, { ref: false })
  }
  return new Promise(() => {})
}

async function onFreePort(
  first: number,
  report: (line: string) => void,
  start: (port: number) => Promise<RunningServer>,
): Promise<{ server: RunningServer; port: number }> {
  for (let port = first; port < first + portsTried && port <= 65_535; port++) {
    if (!(await isFree(port))) continue
    try {
      const server = await start(port)
      if (port !== first) report(`port ${first} is taken by another program: using ${port}`)
      return { server, port }
    } catch (error) {
      // Another program took the port after `isFree`.
      if (!(error instanceof PortTaken)) throw error
    }
  }
  throw new Error(`no free port from ${first} on: set FRONTDESK_NATS_PORT`)
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

/** The port of the last start, so that a data folder's URL stays the same, unless another port is wanted now. */
export async function rememberedPort(dataFolder: string, wanted: number): Promise<number> {
  try {
    const last = JSON.parse(await readFile(portFile(dataFolder), 'utf8')) as { wanted: number; port: number }
    return last.wanted === wanted ? last.port : wanted
  } catch {
    return wanted
  }
}

export async function rememberPort(
  dataFolder: string,
  ports: { wanted: number; port: number },
): Promise<void> {
  await writeFile(portFile(dataFolder), `${JSON.stringify(ports)}\n`)
}

const portFile = (dataFolder: string) => join(dataFolder, 'nats.port')

/** The name by which this folder's server is told from another server on the same port. */
export function serverName(dataFolder: string): string {
  return `frontdesk-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 8)}`
}
