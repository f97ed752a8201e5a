import { cp, mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readRecord } from '../../../engine/core/record.ts'
import { Bucket } from '../../../engine/nats/bucket.ts'
import { connectNats, type Nats } from '../../../engine/nats/connect.ts'
import { startEngine } from '../../../engine/nats/engine/start-engine.ts'
import { NatsFiles } from '../../../engine/nats/files/nats-files.ts'
import { startNotifier } from '../../../engine/nats/notifier/start-notifier.ts'
import { readToEnd } from '../../../engine/nats/read-to-end.ts'
import { rememberedStreams, streams, subjects } from '../../../engine/nats/topology.ts'
import { AuditLog } from '../../../engine/nats/views/audit-log.ts'
import { openRequest } from '../../../schemas/conversation/notification.ts'
import { runServer } from '../../../workers/nats-server/embedded/run-server.ts'
import { findServer } from '../../../workers/nats-server/resolve/find-server.ts'
import { urlsOf } from '../../../workers/nats-server/roles.ts'
import { bot } from '../../chaos/workload.ts'
import { commandHost } from '../../cli/command-host.ts'
import { freePort } from '../../test-server.ts'
import { startTestWorld, type TestWorld, until } from '../test-world.ts'

const partitions = 4
const run = commandHost()
const texts = ['one', 'two', 'three']
let world: TestWorld
/** The data folder of a server that was killed when every stream had an end that is remembered. */
let folder: string

const lastOf = async ({ jsm }: Nats, stream: string) => (await jsm.streams.info(stream)).state.last_seq
const email = 'ann@example.com'

async function bodiesOf(nats: Nats, stream: string, subject = '>'): Promise<string[]> {
  const found: string[] = []
  for await (const message of readToEnd(nats, stream, { subjects: [subject] })) found.push(message.string())
  return found
}

beforeAll(async () => {
  world = await startTestWorld(partitions)
  const { nats } = world
  const slow = { unanswered: 'PT20S', escalate: null }
  await world.configure(`bot.${bot.id}`, bot)
  await world.configure('channel.web', { id: 'web', timeouts: { unanswered: null, escalate: null } })
  await world.configure('channel.robot', { id: 'robot', bot: bot.id })
  await world.configure('channel.slow', { id: 'slow', timeouts: slow })
  const engine = await world.startEngine()
  const notifier = await world.startNotifier()
  const starts = { c1: 'web', c2: 'web', c3: 'slow', c4: 'robot', c5: 'web', c6: 'web' }
  for (const [id, channel] of Object.entries(starts)) await world.publish(id, 'session.started', { channel })
  for (const id of ['c1', 'c2', 'c3', 'c6'])
    await world.publish(id, 'session.message', { text: `need of ${id}` })
  await world.publish('c2', 'session.identified', { customer: { externalId: 'x', email } })
  await world.publish('c2', 'agent.accepted', { agent: { id: 'ann' }, request: 1 })
  for (const text of texts) await world.publish('c2', 'agent.message', { agent: { id: 'ann' }, text })
  await world.publish('c4', 'session.option', { option: 'Order' })
  await world.publish('c4', 'session.details', { name: 'Ann', number: '4711' })
  await world.publish('c5', 'session.message', 'no JSON')
  await until(async () => (await world.openRequest('main', 'c6')) !== null)
  await world.publish('c6', 'admin.erased', {})
  await until(
    async () => (await lastOf(nats, streams.calls)) > 0 && (await lastOf(nats, streams.requests)) > 0,
  )
  await until(async () => (await world.records('c2')).length === 4 + texts.length)
  await until(async () => (await world.stored('deadletters')).length === 1)
  // The rest is written by gateways, mailers and commands.
  await nats.publisher.publish(subjects.mail('c2'), JSON.stringify({ record: 1 }))
  await new AuditLog(nats).note(
    'erased',
    { id: 'ada', role: 'administrator' },
    { kind: 'conversation', id: 'c6' },
  )
  await new Bucket(nats, 'secrets').put('key.one', '{}')
  await new Bucket(nats, 'apiSecrets').put('api.shop', 'secret')
  await new Bucket(nats, 'mail').put('thread.one', '{}')
  await new Bucket(nats, 'webhooks').put('state.shop', '{}')
  await nats.publisher.publish(subjects.failedDelivery('shop', 'c1'), '{}')
  const files = await NatsFiles.open(nats)
  const parts = (async function* () {
    yield Buffer.from('a file')
  })()
  await files.put(
    { id: 'f1', conversation: 'c1', side: 'customer', name: 'a.txt', type: 'text/plain' },
    parts,
  )
  const cursors = new Bucket(nats, 'cursors')
  await until(async () => {
    const saw = JSON.parse((await cursors.get('ends'))?.value ?? '{}').saw ?? {}
    for (const stream of rememberedStreams)
      if ((saw[stream] ?? 0) < (await lastOf(nats, stream))) return false
    return true
  })
  await engine.stop()
  await notifier.stop()
  folder = world.server.dataFolder as string
  await world.server.kill()
})

afterAll(() => world.stop())

/** As a power cut that took half of what a stream has. */
async function cutOff(dataFolder: string, stream: string) {
  const files = await readdir(dataFolder, { recursive: true })
  const blocks = files.filter((file) => file.includes(`/streams/${stream}/msgs/`) && file.endsWith('.blk'))
  const sizes = await Promise.all(
    blocks.map(async (file) => ({ file, size: (await stat(join(dataFolder, file))).size })),
  )
  const number = (file: string) => Number(/(\d+)\.blk$/.exec(file)?.[1])
  const full = sizes.filter(({ size }) => size > 0).sort((a, b) => number(a.file) - number(b.file))
  const { file, size } = full.at(-1) ?? { file: '', size: 0 }
  const block = join(dataFolder, file)
  await truncate(block, Math.floor(size / 2))
  await rm(join(dirname(block), 'index.db'), { force: true })
}

describe('the end of one stream is cut off', () => {
  test.each([...rememberedStreams])('%s: noticed at the start, and mended by `recover`', async (stream) => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'frontdesk-test-'))
    await cp(folder, dataFolder, { recursive: true })
    await cutOff(dataFolder, stream)
    const port = await freePort()
    const server = await runServer({ binary: await findServer(), dataFolder, port, name: `cut-${port}` })
    const { url } = await urlsOf(dataFolder, port)
    const nats = await connectNats(url, 'test')
    const own = await connectNats(url, 'test worker')
    const workers: { stop(): Promise<unknown> }[] = []
    try {
      const cut = await lastOf(nats, stream)
      const start = async () => {
        const engine = await startEngine(own, world.log, { partitions, strictChannels: false })
        workers.push(engine)
        await Promise.race([engine.untilFollowed(), engine.failed])
      }
      await expect(start()).rejects.toThrow(
        new RegExp(`names message \\d+ of ${stream}, whose last is ${cut}: .*\`npx frontdesk recover\``),
      )
      await workers.pop()?.stop()
      const env = { NATS_URL: url, FRONTDESK_PARTITIONS: String(partitions) }
      const { code, stderr } = await run(['recover', '--yes'], { env })
      expect({ code, stderr }).toMatchObject({ code: 0 })
      expect(stderr).toContain(`${stream} has lost its end: its last number is ${cut}, and `)
      expect((await run(['recover', '--yes'], { env })).stdout).toBe('nothing to recover\n')

      const notifier = await startNotifier(own, world.log)
      workers.push(notifier)
      await start()
      // Every event that EVENTS still has makes its record, once; every record that CONVERSATIONS had is there.
      const records = async (id: string) =>
        (await bodiesOf(nats, streams.conversations, subjects.conversation(id))).flatMap(
          (body) => readRecord(body) ?? [],
        )
      const told = async (id: string) =>
        (await records(id)).flatMap(({ messages = [] }) => messages.map(({ text }) => text))
      await until(async () => (await records('c3')).some(({ event }) => event.type === 'timer.unanswered'))
      await until(async () => (await records('c2')).length >= 4 + texts.length)
      for (const text of texts) expect((await told('c2')).filter((one) => one === text)).toEqual([text])
      // Its events are gone with the erasure, which then is the only record of it.
      if (stream !== streams.conversations)
        expect((await records('c6')).map(({ state }) => state)).toEqual([
          expect.objectContaining({ erased: expect.anything() }),
        ])
      // Whatever follows from a record is there again.
      const request = async (id: string) => {
        const entry = await new Bucket(nats, 'openRequests').get(`main.${id}`)
        return entry && openRequest.parse(JSON.parse(entry.value)).state
      }
      await until(async () => (await request('c1')) === 'waiting' && (await request('c2')) === 'accepted')
      expect(await request('c6')).toBeUndefined()
      const notifications = (await bodiesOf(nats, streams.workspace)).map((body) => JSON.parse(body))
      for (const [conversation, action] of [
        ['c1', 'created'],
        ['c2', 'created'],
        ['c2', 'accepted'],
        ['c3', 'created'],
      ])
        expect(notifications).toContainEqual(expect.objectContaining({ conversation, action }))
      const has = async (name: string) => (await nats.jsm.streams.info(name)).state.messages
      expect(await has(streams.calls)).toBeGreaterThan(0)
      expect(await has(streams.mail)).toBeGreaterThan(0)
      // An event that cannot be read is told apart by EVENTS only.
      if (stream !== streams.events) await until(async () => (await has(streams.deadletters)) > 0)
      expect(await has('KV_frontdesk_bots')).toBeGreaterThan(0)
    } finally {
      for (const worker of workers) await worker.stop()
      await own.close()
      await nats.close()
      await server.stop()
      await rm(dataFolder, { recursive: true, force: true })
    }
  })
})
