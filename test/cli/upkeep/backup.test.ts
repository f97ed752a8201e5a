import { cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Bucket } from '../../../engine/nats/bucket.ts'
import { connectNats, type Nats } from '../../../engine/nats/connect.ts'
import { startEngine } from '../../../engine/nats/engine/start-engine.ts'
import { NatsFiles } from '../../../engine/nats/files/nats-files.ts'
import { streamsOfBackup } from '../../../engine/nats/operations/backup.ts'
import { readToEnd } from '../../../engine/nats/read-to-end.ts'
import { streams, subjects } from '../../../engine/nats/topology.ts'
import { startTestWorld, type TestWorld, until } from '../../engine/test-world.ts'
import { temporaryFolder } from '../../nats-server/temporary-folder.ts'
import { serverIsShared, startTestServer, type TestServer } from '../../test-server.ts'
import { commandHost } from '../command-host.ts'

const partitions = 4
const run = commandHost()
let world: TestWorld
let target: TestServer
let there: Nats

beforeAll(async () => {
  world = await startTestWorld(partitions)
  target = await startTestServer()
  there = await connectNats(target.url, 'test')
})

afterAll(async () => {
  await there.close()
  await target.stop()
  await world.stop()
})

const env = ({ url }: Pick<TestServer, 'url'>) => ({
  NATS_URL: url,
  FRONTDESK_PARTITIONS: String(partitions),
})

/** Everything that a stream has, as it was stored, but for wake-ups, which come due on both servers meanwhile. */
async function contentsOf(nats: Nats, stream: string) {
  const found: unknown[] = []
  for await (const { seq, subject, headers, data, timestampNanos } of readToEnd(nats, stream))
    if (!subject.endsWith('.timer.due'))
      found.push([seq, subject, timestampNanos, [...(headers ?? [])], Buffer.from(data).toString('base64')])
  return found
}

test.skipIf(serverIsShared)('everything is there again, as it was stored, and goes on', async () => {
  const engine = await world.startEngine()
  const notifier = await world.startNotifier()
  await world.configure('channel.web', { id: 'web', timeouts: { unanswered: 'PT4S', escalate: null } })
  await new Bucket(world.nats, 'apiSecrets').put('api.shop', 'secret')
  const files = await NatsFiles.open(world.nats)
  const parts = (async function* () {
    yield Buffer.alloc(300_000, 'x')
  })()
  await files.put(
    { id: 'f1', conversation: 'c1', side: 'customer', name: 'a.txt', type: 'text/plain' },
    parts,
  )
  for (const c of ['c1', 'c2']) await world.publish(c, 'session.started', { channel: 'web' })
  await world.publish('c1', 'session.message', { text: 'need of c1' })
  await world.publish('c2', 'session.message', 'no JSON')
  await until(async () => (await world.stored('deadletters')).length === 1)
  await until(async () => (await world.openRequest('main', 'c1')) !== null)
  // Without an engine: this event has no record yet.
  await engine.stop()
  await notifier.stop()
  await world.publish('c1', 'agent.accepted', { agent: { id: 'ann' }, request: 1 })

  const folder = join(await temporaryFolder(), 'backup')
  const backup = await run(['backup', folder], { env: env(world.server) })
  expect(backup).toMatchObject({ code: 0, stderr: '' })
  expect(backup.stdout).toMatch(/^\S+backup: \d+ messages of (\d+) streams and buckets, \d+\.\d MB\n$/)
  expect(await readdir(folder)).toHaveLength(streamsOfBackup(true).length + 1)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  for (const file of await readdir(folder)) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600)
  expect((await run(['backup', folder], { env: env(world.server) })).stderr).toMatch(
    /^frontdesk: folder_not_empty: /,
  )
  expect((await run(['restore', folder], { env: env(world.server) })).stderr).toMatch(
    /^frontdesk: target_not_empty: this NATS has data \(.*EVENTS.*\): name an empty data folder/,
  )

  const restored = await run(['restore', folder], { env: env(target) })
  expect(restored).toMatchObject({ code: 0, stderr: '' })
  expect(restored.stdout).toMatch(/^restored as of 20\S+Z; timers armed: 2\n$/)
  // A restore writes to these: fences, wake-ups that are armed again, and an entry about itself.
  const changed = new Set<string>(['KV_frontdesk_cursors', streams.timers, streams.audit])
  // A queue cannot be read so.
  for (const queue of [streams.calls, streams.mail]) changed.add(queue)
  for (const stream of streamsOfBackup(true).filter((name) => !changed.has(name)))
    expect(await contentsOf(there, stream), stream).toEqual(await contentsOf(world.nats, stream))

  const own = await connectNats(target.url, 'test worker')
  const again = await startEngine(own, world.log, { partitions, strictChannels: false })
  try {
    const types = async (id: string) => {
      const found: string[] = []
      for await (const message of readToEnd(there, streams.conversations, {
        subjects: [subjects.conversation(id)],
      }))
        found.push((JSON.parse(message.string()) as { event: { type: string } }).event.type)
      return found
    }
    await until(async () => (await types('c1')).includes('agent.accepted'))
    const said = (await types('c1')).filter((type) => !type.startsWith('timer.'))
    expect(said).toEqual(['session.started', 'session.message', 'agent.accepted'])
    await there.publisher.publish(subjects.inbox('c2', 'session.message'), '{"text":"and now"}')
    await until(async () => (await types('c2')).includes('timer.unanswered'))
  } finally {
    await again.stop()
    await own.close()
  }
})

test('a folder that is no whole backup of this form is refused before anything is written', async () => {
  const made = join(await temporaryFolder(), 'backup')
  await world.publish('c9', 'session.started', { channel: 'web' })
  const options = { env: env(world.server) }
  expect(await run(['backup', made, '--without-secrets'], options)).toMatchObject({ code: 0 })
  expect(await readdir(made)).not.toContain('KV_frontdesk_secrets.tar.s2')
  expect(await readdir(made)).not.toContain('KV_frontdesk_api_secrets.tar.s2')
  const refusal = async (spoil: (folder: string) => Promise<unknown>) => {
    const folder = join(await temporaryFolder(), 'copy')
    await cp(made, folder, { recursive: true })
    await spoil(folder)
    // Nobody listens there: the folder is checked first.
    const { code, stderr } = await run(['restore', folder], { env: { NATS_URL: 'nats://127.0.0.1:1' } })
    expect(code).toBe(1)
    return /^frontdesk: (\w+): /.exec(stderr)?.[1]
  }
  const contents = (change: (text: string) => string) => async (folder: string) => {
    const path = join(folder, 'backup.json')
    await writeFile(path, change(await readFile(path, 'utf8')))
  }
  expect(await refusal((folder) => rm(join(folder, 'backup.json')))).toBe('backup_incomplete')
  expect(await refusal((folder) => rm(join(folder, 'EVENTS.tar.s2')))).toBe('backup_incomplete')
  expect(await refusal((folder) => rm(folder, { recursive: true }))).toBe('backup_missing')
  expect(
    await refusal(async (folder) => {
      const path = join(folder, 'EVENTS.tar.s2')
      const bytes = await readFile(path)
      bytes[20] = (bytes[20] ?? 0) ^ 1
      await writeFile(path, bytes)
    }),
  ).toBe('backup_damaged')
  expect(await refusal(contents((text) => text.slice(0, 100)))).toBe('backup_damaged')
  expect(await refusal(contents((text) => text.replace('"format": 1', '"format": 2')))).toBe('backup_format')
  const newer = join(await temporaryFolder(), 'copy')
  await cp(made, newer, { recursive: true })
  await contents((text) => text.replace(/"server": "[^"]*"/, '"server": "99.1.0"'))(newer)
  expect((await run(['restore', newer], options)).stderr).toMatch(/^frontdesk: server_too_old: /)
})
