import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { connect } from '@nats-io/transport-node'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { connectOptions } from '../../engine/nats/connect-options.ts'
import { runProgram } from '../../workers/nats-server/fetch/run-program.ts'
import { findServer } from '../../workers/nats-server/resolve/find-server.ts'
import { type ResolveOptions, resolveServer } from '../../workers/nats-server/resolve/resolve-server.ts'
import { freePort, startTestServer } from '../test-server.ts'
import { fakeBinary } from './fake-binary.ts'
import { temporaryFolder } from './temporary-folder.ts'

let NATS_SERVER: string
beforeAll(async () => {
  NATS_SERVER = await findServer()
})

async function resolve(env: NodeJS.ProcessEnv, options: ResolveOptions = {}) {
  const server = await resolveServer({ report: () => {}, ...options, env })
  onTestFinished(() => server.stop())
  return server
}

/** Greets as a nats-server does, and knows no more than that. */
async function greet(info: object): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.write(`INFO ${JSON.stringify({ server_id: 'x', max_payload: 1024, ...info })}\r\n`)
    socket.on('data', (chunk) => {
      if (chunk.toString().includes('PING')) socket.write('PONG\r\n')
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.close()
  })
  return `nats://127.0.0.1:${(server.address() as { port: number }).port}`
}

test('without NATS_URL a server is started under FRONTDESK_DATA, on FRONTDESK_NATS_PORT', async () => {
  const FRONTDESK_DATA = await temporaryFolder()
  const port = await freePort()
  const server = await resolve({ NATS_SERVER, FRONTDESK_DATA, FRONTDESK_NATS_PORT: String(port) })
  expect(connectOptions(server.url)).toMatchObject({
    servers: [`nats://127.0.0.1:${port}`],
    user: 'frontdesk',
  })
  expect(server).toMatchObject({ kind: 'embedded', owned: true })
  expect(server.version).toMatch(/^2\./)
})

test('a FRONTDESK_NATS_PORT that is not a port is refused', async () => {
  const env = { NATS_SERVER, FRONTDESK_DATA: await temporaryFolder(), FRONTDESK_NATS_PORT: 'many' }
  await expect(resolve(env)).rejects.toThrow('FRONTDESK_NATS_PORT=many is not a port')
})

test('NATS_URL is used as it is, and not stopped', async () => {
  const own = await startTestServer()
  onTestFinished(() => own.stop())
  const server = await resolve({ NATS_URL: own.url, NATS_SERVER: '/nowhere' })
  expect(server).toMatchObject({ url: own.url, kind: 'given', owned: false })
  await server.stop()
  await (await connect(connectOptions(own.url))).close()
})

test('NATS_URL may carry a user and a password', async () => {
  const folder = await temporaryFolder()
  const port = await freePort()
  const config = join(folder, 'nats.conf')
  await writeFile(
    config,
    `listen: "127.0.0.1:${port}"\njetstream { store_dir: "${folder}" }\nauthorization { user: jo, password: "p@ss" }\n`,
  )
  const ended = new AbortController()
  const running = runProgram(NATS_SERVER, ['-c', config], { signal: ended.signal })
  onTestFinished(async () => {
    ended.abort()
    await running
  })
  const NATS_URL = `nats://jo:p%40ss@127.0.0.1:${port}`
  await expect
    .poll(() => resolve({ NATS_URL }).catch((error) => error.message))
    .toMatchObject({ url: NATS_URL })
  await expect(resolve({ NATS_URL: `nats://jo:wrong@127.0.0.1:${port}` })).rejects.toThrow(/authorization/i)
  await (await connect(connectOptions(NATS_URL))).close()
})

test('a NATS_URL where nothing answers is an error, and nothing is started', async () => {
  const NATS_URL = `nats://127.0.0.1:${await freePort()}`
  await expect(resolve({ NATS_URL })).rejects.toThrow(`no NATS server could be reached at ${NATS_URL}`)
})

test('a server that is too old is refused with its version and what it lacks', async () => {
  const NATS_URL = await greet({ version: '2.9.10', jetstream: true })
  await expect(resolve({ NATS_URL })).rejects.toThrow(
    /is version 2\.9\.10; frontdesk needs 2\.14\.4.*schedules/,
  )
})

test('a server that may skip a sync is refused where the disk must have every message', async () => {
  const NATS_URL = await greet({ version: '2.14.9', jetstream: true })
  expect(await resolve({ NATS_URL })).toMatchObject({ version: '2.14.9' })
  await expect(resolve({ NATS_URL }, { sync: 'always' })).rejects.toThrow(
    /is version 2\.14\.9; "always" needs 2\.15\.0 or newer.*skip a sync.*#8456, #8475/,
  )
  const NATS_SERVER = await fakeBinary(await temporaryFolder(), '2.14.9')
  const embedded = resolve({ NATS_SERVER, FRONTDESK_DATA: await temporaryFolder() }, { sync: 'always' })
  await expect(embedded).rejects.toThrow(/NATS_SERVER=.* is version 2\.14\.9; "always" needs 2\.15\.0/)
  const newer = await greet({ version: '2.15.0', jetstream: true })
  expect(await resolve({ NATS_URL: newer }, { sync: 'always' })).toMatchObject({ version: '2.15.0' })
})

test('a server without JetStream is refused', async () => {
  const NATS_URL = await greet({ version: '2.15.1' })
  await expect(resolve({ NATS_URL })).rejects.toThrow('runs without JetStream')
})
