import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FileStore, StoredFile } from '../../engine/files.ts'
import { NoAnswer } from '../../engine/nats/errors.ts'
import { NatsFiles } from '../../engine/nats/files/nats-files.ts'
import { sweepFiles } from '../../engine/nats/files/sweep-files.ts'
import { S3Files } from '../../workers/files/s3-files.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { startS3Server } from './s3-server.ts'

let world: TestWorld
let s3: Awaited<ReturnType<typeof startS3Server>>
/** As a gateway has them, and as a notifier does. */
const stores: Record<string, { gateway: FileStore; notifier: FileStore }> = {}

beforeAll(async () => {
  world = await startTestWorld()
  await world.startEngine()
  s3 = await startS3Server('key')
  const s3Files = new S3Files({
    bucket: 'bucket',
    prefix: 'chat/files',
    endpoint: s3.endpoint,
    region: 'eu-central-1',
    accessKeyId: 'key',
    secretAccessKey: 'secret',
  })
  stores.nats = {
    gateway: await NatsFiles.openAsRole(await world.connect('widget')),
    notifier: await NatsFiles.open(world.nats),
  }
  stores.s3 = { gateway: s3Files, notifier: s3Files }
})

afterAll(async () => {
  await s3.stop()
  await world.stop()
})

const megabyte = 1024 * 1024
const file = (id: string, more: Partial<StoredFile> = {}): Omit<StoredFile, 'size'> => ({
  id,
  conversation: 'c1',
  side: 'customer',
  name: 'Ünï “code”.png',
  type: 'image/png',
  ...more,
})

async function* inParts(bytes: Uint8Array, size = 65_000) {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}

async function* cut(bytes: Uint8Array) {
  yield* inParts(bytes)
  throw new Error('the connection was cut')
}

async function bytesOf(store: FileStore, id: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of store.read(id)) hash.update(part)
  return hash.digest('hex')
}

async function idsOf(store: FileStore): Promise<string[]> {
  const ids: string[] = []
  for await (const { id } of store.list()) ids.push(id)
  return ids.sort()
}

async function bytesInNats(): Promise<number> {
  return (await world.nats.jsm.streams.info('OBJ_frontdesk_files')).state.messages
}

describe.each(['nats', 's3'])('files in %s', (kind) => {
  const gateway = () => (stores[kind] as { gateway: FileStore }).gateway
  const notifier = () => (stores[kind] as { notifier: FileStore }).notifier

  test.each([0, 1, 65_000, 5 * megabyte, 25 * megabyte + 1])('a file of %i bytes', async (size) => {
    const bytes = randomBytes(size)
    expect(await gateway().put(file(`f${size}`), inParts(bytes))).toBe(size)
    expect(await gateway().find(`f${size}`)).toEqual({ ...file(`f${size}`), size })
    expect(await bytesOf(gateway(), `f${size}`)).toBe(createHash('sha256').update(bytes).digest('hex'))
    await gateway().remove(`f${size}`)
    expect(await gateway().find(`f${size}`)).toBeNull()
    await gateway().remove(`f${size}`)
    expect(await idsOf(notifier())).toEqual([])
  })

  test.each([1, 7 * megabyte])('one that is cut off after %i bytes leaves nothing', async (size) => {
    await expect(gateway().put(file('cut'), cut(randomBytes(size)))).rejects.toThrow('was cut')
    expect(await gateway().find('cut')).toBeNull()
    expect(await bytesInNats()).toBe(0)
    expect([s3.objects.size, s3.uploads.size]).toEqual([0, 0])
  })

  test('a sweep removes what no message carries, and keeps what one does', async () => {
    const conversation = `sweep-${kind}`
    for (const id of ['sent', 'unsent', 'refused', 'of-nobody', 'late'])
      await gateway().put(
        file(id, { conversation: id === 'of-nobody' ? 'nobody' : conversation }),
        inParts(randomBytes(1000)),
      )
    const attachment = { id: 'sent', name: 'a.png', type: 'image/png', size: 1000 }
    await world.publish(conversation, 'session.started', { channel: 'web' })
    await world.publish(conversation, 'session.message', { text: '', attachments: [attachment] })
    const refused = { text: 'x'.repeat(5000), attachments: [{ ...attachment, id: 'refused' }] }
    await world.publish(conversation, 'session.message', refused)
    await until(async () => (await world.records(conversation)).length >= 3)
    const retryOptions = { log: world.log, signal: new AbortController().signal }
    const sent = new Set<string>()
    await sweepFiles(world.nats, notifier(), retryOptions, sent, 3_600_000)
    expect(await idsOf(notifier())).toEqual(['late', 'of-nobody', 'refused', 'sent', 'unsent'])
    await sweepFiles(world.nats, notifier(), retryOptions, sent, -5_000)
    expect(await idsOf(notifier())).toEqual(['sent'])
    expect([...sent]).toEqual(['sent'])
    await sweepFiles(world.nats, notifier(), retryOptions, sent, -5_000)
    expect(await idsOf(notifier())).toEqual(['sent'])
    await gateway().remove('sent')
  })

  test('an erasure removes the bytes, and no other conversation’s', async () => {
    const conversation = `erased-${kind}`
    const worker = await world.startNotifier({ files: notifier() })
    await gateway().put(
      file(`mine-${kind}`, { conversation, name: 'secret.png' }),
      inParts(randomBytes(300_000)),
    )
    await gateway().put(file(`theirs-${kind}`, { conversation: 'c2' }), inParts(randomBytes(10)))
    const attachments = [`mine-${kind}`, `theirs-${kind}`].map((id) => ({
      id,
      name: 'secret.png',
      type: 'image/png',
      size: 1,
    }))
    await world.publish(conversation, 'session.started', { channel: 'web' })
    await world.publish(conversation, 'session.message', { text: '', attachments })
    await world.publish(conversation, 'admin.erased', {})
    await until(async () => (await gateway().find(`mine-${kind}`)) === null)
    expect(await idsOf(notifier())).toEqual([`theirs-${kind}`])
    await gateway().remove(`theirs-${kind}`)
    if (kind === 'nats') expect(await bytesInNats()).toBe(0)
    await worker.stop()
  })
})

test('what a killed gateway has left is removed', async () => {
  const { gateway, notifier } = stores.nats as { gateway: FileStore; notifier: FileStore }
  await gateway.put(file('whole'), inParts(randomBytes(200_000)))
  await world.nats.publisher.publish('$O.frontdesk_files.C.left', randomBytes(1000))
  const before = await bytesInNats()
  await notifier.removeCut(Date.now() - 3_600_000)
  expect(await bytesInNats()).toBe(before)
  await notifier.removeCut(Date.now() + 5_000)
  expect(await bytesInNats()).toBe(before - 1)
  await bytesOf(gateway, 'whole')
  await gateway.remove('whole')

  s3.uploads.set('left', { key: '/bucket/chat/files/left', parts: [], headers: {}, at: new Date() })
  await (stores.s3 as { notifier: FileStore }).notifier.removeCut(Date.now() + 5_000)
  expect(s3.uploads.size).toBe(0)
})

test('S3 refuses who does not sign', async () => {
  expect((await fetch(`${s3.endpoint}/bucket/chat/files/x`)).status).toBe(403)
})

test('a store that does not answer is a transient error', async () => {
  s3.setDown(true)
  await expect((stores.s3 as { gateway: FileStore }).gateway.find('x')).rejects.toBeInstanceOf(NoAnswer)
  s3.setDown(false)
})
