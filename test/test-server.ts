import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { connectOptions } from '../engine/nats/connect-options.ts'
import { PortTaken, type RunningServer, runServer } from '../workers/nats-server/embedded/run-server.ts'
import { findServer } from '../workers/nats-server/resolve/find-server.ts'
import { givenUrls, type ServerUrls, urlsOf } from '../workers/nats-server/roles.ts'

export interface TestServer extends ServerUrls {
  /** The server's folder; absent for a shared server. */
  dataFolder?: string
  /** Ends the server and removes its store. */
  stop(): Promise<void>
  /** As a crash does (`SIGKILL`), or an operator (`SIGTERM`); settles once the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** On the same port and store, after `kill`. */
  restart(): Promise<void>
}

const portsTried = 5

/** A nats-server of a test file's own; or the one that FRONTDESK_TEST_NATS_URL names, for all of them. */
export async function startTestServer(): Promise<TestServer> {
  const shared = process.env.FRONTDESK_TEST_NATS_URL
  if (shared) return await sharedServer(shared)

  const binary = await findServer({ report: (line) => process.stderr.write(`${line}\n`) })
  const dataFolder = await mkdtemp(join(tmpdir(), 'frontdesk-test-'))
  const run = (port: number) => runServer({ binary, dataFolder, port, name: `test-${port}` })
  let { port, server } = await onRandomPort(run)
  return {
    ...(await urlsOf(dataFolder, port)),
    dataFolder,
    stop: async () => {
      await server.stop()
      await rm(dataFolder, { recursive: true, force: true })
    },
    kill: async (signal = 'SIGKILL') => {
      process.kill(server.pid, signal)
      await server.exited
    },
    restart: async () => {
      await server.stop()
      server = await run(port)
    },
  }
}

async function onRandomPort(
  run: (port: number) => Promise<RunningServer>,
): Promise<{ port: number; server: RunningServer }> {
  for (let tried = 1; ; tried++) {
    const port = await freePort()
    try {
      return { port, server: await run(port) }
    } catch (error) {
      if (!(error instanceof PortTaken) || tried === portsTried) throw error
    }
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject()))
    })
  })
}

/** Whether `kill` and `restart` throw: the server is everybody's, and is merely emptied for a test file. */
export const serverIsShared = Boolean(process.env.FRONTDESK_TEST_NATS_URL)

async function sharedServer(url: string): Promise<TestServer> {
  await removeStreams(url)
  const unavailable = async () => {
    throw new Error('the server of FRONTDESK_TEST_NATS_URL is shared: it can be neither killed nor restarted')
  }
  return {
    ...givenUrls(url, {}),
    stop: () => removeStreams(url),
    kill: unavailable,
    restart: unavailable,
  }
}

async function removeStreams(url: string): Promise<void> {
  const connection = await connect(connectOptions(url))
  try {
    const { streams } = await jetstreamManager(connection)
    for await (const { config } of streams.list()) await streams.delete(config.name)
  } finally {
    await connection.close()
  }
}
