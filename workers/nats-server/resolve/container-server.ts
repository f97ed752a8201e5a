import { mkdir } from 'node:fs/promises'
import {
  claimFolder,
  type EmbeddedServer,
  isFree,
  rememberedPort,
  rememberPort,
} from '../embedded/embedded-server.ts'
import { keepStreams, readyTimeoutMs, serverPaths } from '../embedded/run-server.ts'
import { releaseVersion } from '../fetch/fetch-release.ts'
import { withProgress } from '../fetch/with-progress.ts'
import { reachDocker } from '../reach-docker.ts'
import { makePasswords, passwordVariables, rolesConfig, urlsOf } from '../roles.ts'
import type { SyncMode } from '../server-version.ts'

/** The default; `FRONTDESK_NATS_IMAGE` names another image. */
export const officialImage = `nats:${releaseVersion}-alpine`
const exitLookIntervalMs = 1_000

export interface ContainerOptions {
  dataFolder: string
  port: number
  sync: SyncMode
  env: NodeJS.ProcessEnv
  report: (line: string) => void
}

/**
 * Starts nats-server in a container, as the last resort, on the same store as an embedded one. `undefined` where
 * testcontainers is not installed (it is an optional peer) or Docker does not answer.
 */
export async function startContainerServer(options: ContainerOptions): Promise<EmbeddedServer | undefined> {
  const docker = await reachDocker()
  if (!docker) return undefined
  const { testcontainers, client } = docker
  const folder = await claimFolder(options.dataFolder, options.report)
  if ('adopted' in folder) return folder.adopted
  const { dataFolder, lock } = folder
  try {
    let port = await rememberedPort(dataFolder, options.port)
    while (!(await isFree(port))) port++
    const { store } = serverPaths(dataFolder)
    await mkdir(store, { recursive: true, mode: 0o700 })
    await keepStreams(store)
    await makePasswords(dataFolder)
    const image = options.env.FRONTDESK_NATS_IMAGE || officialImage
    let container = new testcontainers.GenericContainer(image)
      .withExposedPorts({ container: 4222, host: port })
      .withBindMounts([{ source: store, target: '/data' }])
      .withCopyContentToContainer([
        { content: containerConfig(options.sync, await rolesConfig()), target: '/frontdesk.conf' },
      ])
      .withEnvironment(await passwordVariables(dataFolder))
      .withEntrypoint(['nats-server'])
      .withCommand(['-c', '/frontdesk.conf'])
      .withWaitStrategy(testcontainers.Wait.forLogMessage(/Server is ready/))
      .withStartupTimeout(readyTimeoutMs)
    // As this user, so that a server without a container can use the store later.
    if (process.getuid && process.getgid)
      container = container.withUser(`${process.getuid()}:${process.getgid()}`)
    const started = await withProgress(`starting ${image} in a container`, options.report, () =>
      container.start(),
    )

    await rememberPort(dataFolder, { wanted: options.port, port })
    await lock.update({ container: { id: started.getId(), port } })
    const exited = endOf(client.container.getById(started.getId())).finally(() => lock.release())
    return {
      ...(await urlsOf(dataFolder, port)),
      port,
      owned: true,
      exited,
      stop: async () => {
        await started.stop()
        // `exited` polls without keeping the process alive.
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

interface Container {
  inspect(): Promise<{ State: { Running: boolean; ExitCode: number } }>
}

/** Polls: a connection that waits for the end would keep the process alive. */
async function endOf(container: Container): Promise<{ code: number | null }> {
  return new Promise((resolve) => {
    const timer = setInterval(async () => {
      const state = await container.inspect().then(
        (found) => found.State,
        () => {},
      )
      if (state?.Running) return
      clearInterval(timer)
      resolve({ code: state?.ExitCode ?? null })
    }, exitLookIntervalMs)
    timer.unref()
  })
}

function containerConfig(sync: SyncMode, accounts: string): string {
  return `listen: "0.0.0.0:4222"
jetstream {
  store_dir: "/data"
${sync === 'always' ? '  sync_interval: always\n' : ''}}

${accounts}`
}
