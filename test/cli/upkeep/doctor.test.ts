import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Bucket } from '../../../engine/nats/bucket.ts'
import type { Worker } from '../../../engine/nats/engine/start-worker.ts'
import { ensureTopology } from '../../../engine/nats/ensure-topology.ts'
import { streams, subjects } from '../../../engine/nats/topology.ts'
import type { Finding } from '../../../workers/cli/doctor/finding.ts'
import { startTestWorld, type TestWorld, until } from '../../engine/test-world.ts'
import { freePort } from '../../test-server.ts'
import { commandHost } from '../command-host.ts'

// One installation for all tests, which follow one another: each mends what it has broken.

const partitions = 2
let world: TestWorld
let workers: Worker[] = []
const run = commandHost()
const startWorkers = async () => {
  workers = [await world.startEngine(), await world.startNotifier()]
}
const stopWorkers = () => Promise.all(workers.splice(0).map((worker) => worker.stop()))
const doctor = (...args: string[]) => run(['doctor', ...args], { env: { NATS_URL: world.server.url } })
const codes = async (): Promise<string[]> => {
  const { stdout } = await doctor('--json')
  return (JSON.parse(stdout).findings as Finding[]).map(({ code }) => code)
}
beforeAll(async () => {
  world = await startTestWorld(partitions)
  await startWorkers()
})
afterAll(() => world?.stop())

test('nothing is wrong: one line says what was checked', async () => {
  // Engines tell of their partitions in their next heartbeat.
  await until(async () => (await codes()).length === 0)
  expect(await doctor()).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^nothing is wrong; checked: data folder, .*dead letters, webhooks\n$/),
    stderr: '',
  })
  expect((await doctor('everything')).code).toBe(2)
})

test('documents name what does not exist, and what could not be handled is counted', async () => {
  const secret = 'whsec_bm90LXRvLWJlLXNob3duLWFueXdoZXJl'
  await new Bucket(world.nats, 'apiSecrets').put(
    'api.other',
    JSON.stringify({ value: secret, createdAt: '' }),
  )
  await world.configure('channel.web', { id: 'web', schedule: 'paris' })
  await world.configure('schedule.broken', { id: 'broken' })
  await world.configure('webhook.crm', { id: 'crm', url: 'https://crm.example.com/', secret: 'crm-key' })
  await world.nats.publisher.publish(subjects.deadletter('invalid'), 'jose@example.com')
  await world.nats.publisher.publish(subjects.failedDelivery('crm', 'c1'), '{}')

  const { code, stdout } = await doctor()
  expect(code).toBe(1)
  expect(stdout.split('\n')).toEqual([
    expect.stringMatching(/^document_invalid {2}schedule\.broken is not valid, .+ {2}correct it/),
    expect.stringMatching(
      /^reference_missing {2}channel\.web names the schedule paris, .*counts it as open {2}create/,
    ),
    expect.stringMatching(/^secret_missing {2}webhook\.crm names the secret crm-key, .+ {2}set it: npx/),
    expect.stringMatching(/^dead_letters {2}1 event could not be handled {2}see why/),
    expect.stringMatching(/^deliveries_failed {2}1 delivery of webhooks/),
    '',
  ])
  expect(stdout).not.toContain(secret)
  expect(stdout).not.toContain('jose')
  const [first] = JSON.parse((await doctor('--json')).stdout).findings
  expect(first).toEqual({
    code: 'document_invalid',
    problem: expect.any(String),
    remedy: expect.any(String),
  })

  for (const key of ['channel.web', 'schedule.broken', 'webhook.crm'])
    await new Bucket(world.nats, 'configuration').delete(key)
  for (const stream of ['deadletters', 'webhooks'] as const)
    await world.nats.jsm.streams.purge(streams[stream])
  expect(await codes()).toEqual([])
})

test('no worker runs', async () => {
  await stopWorkers()
  expect(await codes()).toEqual(['no_engine', 'no_notifier'])
})

test('a stream is missing: the check that needs it fails, and the others go on', async () => {
  await world.nats.jsm.streams.delete(streams.webhooks)
  const found = await codes()
  await ensureTopology(world.nats, { partitions, replicas: 1 })
  // More than one check may read the stream, by what has remembered its end.
  expect([...new Set(found)].sort()).toEqual(['check_failed', 'no_engine', 'no_notifier', 'stream_missing'])
})

test('a stream has lost its end', async () => {
  await startWorkers()
  await world.publish('c1', 'session.started', { channel: 'web' })
  await until(async () => (await world.records('c1')).length > 0)
  await stopWorkers()
  await world.nats.jsm.streams.delete(streams.events)
  await ensureTopology(world.nats, { partitions, replicas: 1 })
  const { stdout } = await doctor()
  expect(stdout).toMatch(
    /^stream_end_lost {2}EVENTS has lost its end: its last sequence is 0, and \d+ is remembered {2}stop all/,
  )
})

test('nothing runs, or it cannot be reached', async () => {
  const port = await freePort()
  const unreachable = await run(['doctor'], {
    env: { NATS_URL: `nats://frontdesk:hidden@127.0.0.1:${port}` },
  })
  expect(unreachable).toEqual({
    code: 1,
    stdout: expect.stringMatching(
      /^nats_unreachable {2}no NATS server could be reached at nats:\/\/127\.0\.0\.1:\d+: .+ {2}start NATS.*\n$/,
    ),
    stderr: '',
  })
  expect(unreachable.stdout).not.toContain('hidden')

  const asRole = await run(['doctor'], { env: { NATS_URL: world.server.roles.widget } })
  expect(asRole).toMatchObject({ code: 1, stdout: expect.stringMatching(/^no_jetstream {2}.+\n$/) })

  const data = await mkdtemp(join(tmpdir(), 'frontdesk-doctor-'))
  await writeFile(join(data, 'nats.passwords.json'), '{}')
  const nothingRuns = () => run(['doctor'], { env: { FRONTDESK_DATA: data } })
  expect((await nothingRuns()).stdout).toMatch(
    /^not_running {2}no NATS server runs for .+ {2}run npm start.*\n$/,
  )
  await chmod(data, 0o755)
  await chmod(join(data, 'nats.passwords.json'), 0o644)
  expect((await nothingRuns()).stdout).toMatch(
    /^secrets_readable {2}.+nats\.passwords\.json {2}take .+\nnot_running .+\n$/,
  )
  await rm(data, { recursive: true })
})
