import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { findServer } from '../../../workers/nats-server/resolve/find-server.ts'
import { temporaryFolder } from '../../nats-server/temporary-folder.ts'
import { freePort } from '../../test-server.ts'
import { start } from './embedded.ts'

/** The ports of a cluster's server. */
interface Ports {
  client: number
  route: number
}

/** Starts one server of a cluster, which elects a leader once enough of them are there. */
async function startOf(cluster: Ports[], n: number, folder: string): Promise<void> {
  const { client, route } = cluster[n] as Ports
  const routes = cluster.map(({ route }) => `nats://127.0.0.1:${route}`).join(',')
  const args = ['-js', '-sd', join(folder, `${n}`), '-n', `n${n}`, '-a', '127.0.0.1', '-p', `${client}`]
  args.push('--cluster_name', 'electing', '--cluster', `nats://127.0.0.1:${route}`, '--routes', routes)
  const server = spawn(await findServer(), args, { stdio: 'ignore' })
  const ended = once(server, 'close')
  onTestFinished(async () => {
    server.kill('SIGKILL')
    await ended
  })
}

it('every worker waits for a cluster that has no leader yet', async () => {
  const folder = await temporaryFolder()
  const cluster = await Promise.all(
    [0, 1, 2].map(async () => ({ client: await freePort(), route: await freePort() })),
  )
  await startOf(cluster, 0, folder)
  const env = {
    NATS_URL: `nats://127.0.0.1:${cluster[0]?.client}`,
    FRONTDESK_DATA: join(folder, 'data'),
    FRONTDESK_HOST: '127.0.0.1',
  }
  const engine = start(['engine'], env)
  const gateway = start(['gateway'], { ...env, FRONTDESK_PORT: `${await freePort()}` })
  await engine.logs('waiting for NATS')
  await gateway.logs('waiting for an engine')
  const all = start(['start'], { ...env, FRONTDESK_PORT: `${await freePort()}` })
  await all.logs('waiting for NATS')
  for (const n of [1, 2]) await startOf(cluster, n, folder)
  await engine.logs('"msg":"ready"')
  await gateway.logs('"msg":"ready"')
  await all.prints('ready ')
  for (const { child, ended } of [gateway, all, engine]) {
    child.kill()
    expect((await ended).code).toBe(0)
  }
})
