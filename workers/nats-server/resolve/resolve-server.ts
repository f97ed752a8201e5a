import { resolve } from 'node:path'
import { readServerInfo } from '../../../engine/nats/connect.ts'
import type { NatsAccess, NatsLogin } from '../../../engine/nats/connect-options.ts'
import { defaultPort, type EmbeddedServer, startEmbeddedServer } from '../embedded/embedded-server.ts'
import { NoServer } from '../fetch/fetch-server.ts'
import { givenUrls, type ServerUrls } from '../roles.ts'
import { type SyncMode, whyTooOld } from '../server-version.ts'
import { startContainerServer } from './container-server.ts'
import { findServer } from './find-server.ts'
import { patiently, serversOf } from './patiently.ts'

export interface ResolveOptions {
  env?: NodeJS.ProcessEnv
  /** Default: FRONTDESK_DATA, else `.frontdesk`. */
  dataFolder?: string
  sync?: SyncMode
  /** For the server of NATS_URL: how a client with all rights proves itself, and knows it. */
  files?: NatsLogin
  report?: (line: string) => void
}

export interface ResolvedServer extends ServerUrls {
  version: string
  /** `given`: named by NATS_URL; else the data folder's own. */
  kind: 'given' | 'embedded' | 'container'
  /** Whether `stop()` stops the server; otherwise it only stops using it. */
  owned: boolean
  stop(): Promise<void>
  /** Settles when the data folder's server has ended; never for a given one. */
  exited: Promise<{ code: number | null }>
}

/** Finds or starts a NATS server: for `start`, the tests and the benchmark. */
export async function resolveServer(options: ResolveOptions = {}): Promise<ResolvedServer> {
  const env = options.env ?? process.env
  const report = options.report ?? ((line) => process.stderr.write(`${line}\n`))
  if (env.NATS_URL) return await given(givenUrls(env.NATS_URL, env), { ...options, report })

  const dataFolder = resolve(options.dataFolder ?? (env.FRONTDESK_DATA || '.frontdesk'))
  const server = await startOwn({ ...options, env, report, dataFolder })
  const kind = server.pid === undefined ? 'container' : 'embedded'
  try {
    return { ...server, kind, version: await checkServer(server.url, options.sync, report) }
  } catch (error) {
    await server.stop()
    throw error
  }
}

async function given(urls: ServerUrls, { files, sync, report }: ResolveOptions): Promise<ResolvedServer> {
  return {
    ...urls,
    version: await checkServer({ url: urls.url, ...files }, sync, report),
    kind: 'given',
    owned: false,
    stop: async () => {},
    exited: new Promise(() => {}),
  }
}

async function startOwn(
  options: ResolveOptions & { env: NodeJS.ProcessEnv; dataFolder: string; report: (line: string) => void },
): Promise<EmbeddedServer> {
  const { env, report, dataFolder, sync = 'default' } = options
  const port = portOf(env)
  try {
    const binary = () => findServer({ env, report, sync })
    return await startEmbeddedServer({ dataFolder, binary, port, sync, report })
  } catch (error) {
    if (!(error instanceof NoServer)) throw error
    const server = await startContainerServer({ dataFolder, port, sync, env, report })
    if (!server) throw error
    return server
  }
}

function portOf(env: NodeJS.ProcessEnv): number {
  const port = Number(env.FRONTDESK_NATS_PORT || defaultPort)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new Error(`FRONTDESK_NATS_PORT=${env.FRONTDESK_NATS_PORT} is not a port`)
}

/** The version of a server that may be starting. Throws an error that says what the server lacks. */
export async function checkServer(
  to: string | NatsAccess,
  sync?: SyncMode,
  report: (line: string) => void = () => {},
): Promise<string> {
  const url = typeof to === 'string' ? to : to.url
  const where = serversOf(url)
  const { version, hasJetStream } = await patiently(
    () => readServerInfo(to),
    url,
    ({ nats, reason }, text) => report(`${text}: ${nats}: ${reason}`),
  ).catch((error: Error) => {
    if (error.name !== 'AuthorizationError') throw error
    throw new Error(`the NATS server at ${where} does not accept the user: ${error.message}`, {
      cause: error,
    })
  })
  const tooOld = whyTooOld(version, sync)
  if (tooOld) throw new Error(`the NATS server at ${where} ${tooOld}`)
  if (!hasJetStream) throw new Error(`the NATS server at ${where} runs without JetStream: start it with -js`)
  return version
}
