import { readFile } from 'node:fs/promises'
import { millis, nanos } from '@nats-io/transport-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OperatorNeeded } from '../../engine/errors.ts'
import { connectNats, type Nats } from '../../engine/nats/connect.ts'
import { ensureTopology } from '../../engine/nats/ensure-topology.ts'
import { buckets, fileBucket, streams } from '../../engine/nats/topology.ts'
import { serverIsShared, startTestServer, type TestServer } from '../test-server.ts'

let server: TestServer
let nats: Nats
beforeAll(async () => {
  server = await startTestServer()
  nats = await connectNats(server.url, 'test')
  await ensure()
})
afterAll(async () => {
  await nats?.close()
  await server?.stop()
})

const ensure = (partitions = 4) => ensureTopology(nats, { partitions, replicas: 1 })

async function changed(stream: string, change: object) {
  const { config } = await nats.jsm.streams.info(stream)
  await nats.jsm.streams.delete(stream)
  await nats.jsm.streams.add({ ...config, ...change })
}

test.each([
  [streams.events, 'allow_direct', { allow_direct: false }],
  [streams.workspace, 'allow_direct', { allow_direct: false }],
  [streams.workspace, 'max_age', { max_age: 0 }],
  [streams.requests, 'max_age', { max_age: 0 }],
  [streams.calls, 'max_age', { max_age: 0 }],
  [streams.deadletters, 'max_age', { max_age: 0 }],
  ['KV_frontdesk_config', 'republish', { republish: undefined }],
  ['KV_frontdesk_requests', 'republish', { republish: undefined }],
] as const)('%s of an earlier version is given %s, and keeps what it has', async (stream, field, before) => {
  await changed(stream, before)
  const [subject = ''] = (await nats.jsm.streams.info(stream)).config.subjects
  await nats.publisher.publish(subject.replace('>', 'a.b').replaceAll('*', 'x'), '{}')
  await ensure()
  const { config, state } = await nats.jsm.streams.info(stream)
  expect(config[field]).toBeTruthy()
  expect(state.messages).toBe(1)
})

test('the README’s table names every stream and bucket, with the ages of the streams', async () => {
  const readme = await readFile(new URL('../../engine/README.md', import.meta.url), 'utf8')
  const [table = ''] = readme.split('| stream or bucket |').at(-1)?.split('\n\n') ?? []
  const ages = new Map<string, string>()
  for (const [, names = '', age = ''] of table.matchAll(/^\| (`.*?`) \| (.*?) \|/gm))
    for (const [, name = ''] of names.matchAll(/`(.*?)`/g)) ages.set(name, age)
  const stored = [...Object.values(streams), ...Object.values(buckets), fileBucket]
  expect([...ages.keys()].sort()).toEqual(stored.sort())
  for (const stream of Object.values(streams)) {
    const { max_age } = (await nats.jsm.streams.info(stream)).config
    expect(ages.get(stream), stream).toBe(max_age === 0 ? 'none' : `${millis(max_age) / 86_400_000} days`)
  }
})

test('EVENTS of an earlier version loses its window for duplicates: no id is dropped by the server', async () => {
  await changed(streams.events, { duplicate_window: nanos(100) })
  await ensure()
  expect((await nats.jsm.streams.info(streams.events)).config.duplicate_window ?? 0).toBe(0)
  const publish = (conversation: string) =>
    nats.publisher.publish(`frontdesk.inbox.${conversation}.session.message`, '{}', { 'Nats-Msg-Id': 'id-1' })
  const stored = await Promise.all([publish('a'), publish('b'), publish('b')])
  expect(stored.map(({ duplicate }) => duplicate)).toEqual([false, false, false])
  expect(new Set(stored.map(({ seq }) => seq)).size).toBe(3)
})

test('the configuration of an earlier version keeps more changes and has room for headers; an operator may keep more still', async () => {
  const stream = 'KV_frontdesk_config'
  const { config: wanted } = await nats.jsm.streams.info(stream)
  await changed(stream, { max_msgs_per_subject: 8, max_msg_size: 64 * 1024 })
  await ensure()
  const { config } = await nats.jsm.streams.info(stream)
  expect(config).toMatchObject({ max_msgs_per_subject: 20, max_msg_size: wanted.max_msg_size })
  await changed(stream, { max_msgs_per_subject: 50, max_msg_size: -1 })
  await ensure()
  expect((await nats.jsm.streams.info(stream)).config).toMatchObject({
    max_msgs_per_subject: 50,
    max_msg_size: -1,
  })
})

test('a setting that cannot be added to an existing stream needs an operator', async () => {
  await changed(streams.timers, { allow_msg_schedules: false })
  await expect(ensure()).rejects.toThrow(OperatorNeeded)
  await expect(ensure()).rejects.toThrow(/stream TIMERS: allow_msg_schedules/)
})

test('an operator’s own settings are not overwritten', async () => {
  await changed(streams.timers, { allow_msg_schedules: true })
  await changed(streams.deadletters, { max_age: nanos(3_600_000) })
  await ensure()
  expect((await nats.jsm.streams.info(streams.deadletters)).config.max_age).toBe(nanos(3_600_000))
  const republish = { src: '$KV.frontdesk_config.>', dest: 'elsewhere.>' }
  await changed('KV_frontdesk_config', { republish })
  await expect(ensure()).rejects.toThrow(/stream KV_frontdesk_config: republish/)
  expect((await nats.jsm.streams.info('KV_frontdesk_config')).config.republish).toMatchObject(republish)
})

test.skipIf(serverIsShared)('a role’s URL is told apart from a server without JetStream', async () => {
  const role = await connectNats(server.roles.identity, 'test')
  const ensuring = ensureTopology(role, { partitions: 4, replicas: 1 })
  await expect(ensuring).rejects.toThrow(/this account has no JetStream/)
  await expect(ensuring).rejects.toThrow(OperatorNeeded)
  await role.close()
})
