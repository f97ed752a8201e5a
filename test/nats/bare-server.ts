import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { findServer } from '../../workers/nats-server/resolve/find-server.ts'
import { givenUrls } from '../../workers/nats-server/roles.ts'
import { readServerInfo } from '../../workers/nats-server/server-info.ts'
import { until } from '../engine/test-world.ts'
import { freePort, type TestServer } from '../test-server.ts'

/** A server that a company runs itself. */
export interface BareServer extends Pick<TestServer, 'url' | 'roles' | 'stop'> {
  port: number
  /** Has it read its configuration file again. */
  reload(): void
}

/**
 * A nats-server without accounts or passwords, as one that a company runs already may be.
 *
 * @param more arguments of nats-server: `-c` and a file for what it wants of its clients
 */
export async function startBareServer(store: string, ...more: string[]): Promise<BareServer> {
  const port = await freePort()
  const args = ['-js', '-sd', store, '-a', '127.0.0.1', '-p', String(port), ...more]
  const server = spawn(await findServer(), args, { stdio: 'ignore' })
  const ended = once(server, 'close')
  const stop = async () => {
    server.kill()
    await ended
  }
  try {
    await until(async () => (await readServerInfo(port)) !== undefined)
  } catch (error) {
    await stop()
    throw error
  }
  const reload = () => void server.kill('SIGHUP')
  return { ...givenUrls(`nats://127.0.0.1:${port}`, {}), port, reload, stop }
}
