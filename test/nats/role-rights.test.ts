import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import { connectNats, connectRole, type Nats, type RoleConnection } from '../../engine/nats/connect.ts'
import { directGet, directGetLast } from '../../engine/nats/direct-get.ts'
import { serveRoleReads } from '../../engine/nats/engine/role-reads.ts'
import { ensureTopology } from '../../engine/nats/ensure-topology.ts'
import { isConflict } from '../../engine/nats/errors.ts'
import { buckets, streams, subjects } from '../../engine/nats/topology.ts'
import { type NatsRole, natsRoles } from '../../schemas/roles.ts'
import { until } from '../engine/test-world.ts'
import { startTestServer, type TestServer } from '../test-server.ts'
import { startBareServer } from './bare-server.ts'

/** What a connection is told from now on, as texts, with the sequence where there is one. */
async function listen({ connection }: RoleConnection, subject: string) {
  const heard: string[] = []
  connection.subscribe(subject, {
    callback: (_, message) => {
      const sequence = message.headers?.get('Nats-Sequence')
      heard.push(`${sequence ? `${sequence} ` : ''}${message.string()}`)
    },
  })
  await connection.flush()
  return heard
}

async function startBareServerInFolder() {
  const store = await mkdtemp(join(tmpdir(), 'frontdesk-bare-'))
  const server = await startBareServer(store)
  return { ...server, stop: () => server.stop().then(() => rm(store, { recursive: true })) }
}

async function bodies(messages: AsyncIterable<{ body: Uint8Array }>): Promise<string[]> {
  const found: string[] = []
  for await (const { body } of messages) found.push(Buffer.from(body).toString())
  return found
}

describe.each([
  ['with accounts', startTestServer],
  ['on a bare server', startBareServerInFolder],
])('%s', (_, start) => {
  let server: Pick<TestServer, 'url' | 'roles' | 'stop'>
  let full: Nats
  let role: Record<NatsRole, RoleConnection>
  beforeAll(async () => {
    server = await start()
    full = await connectNats(server.url, 'test')
    await ensureTopology(full, { partitions: 4, replicas: 1 })
    serveRoleReads(full, pino({ level: 'silent' }))
    const connected = natsRoles.map(async (name) => [name, await connectRole(server.roles[name], name)])
    role = Object.fromEntries(await Promise.all(connected)) as Record<NatsRole, RoleConnection>
  })
  afterAll(async () => {
    await Promise.all([full, ...Object.values(role ?? {})].map((each) => each?.close()))
    await server?.stop()
  })

  test.each([
    ['widget', 'session.message'],
    ['workspace', 'agent.accepted'],
    ['administration', 'admin.erased'],
    ['bot', 'bot.handoff'],
  ] as const)('%s publishes %s and is told that it is stored', async (name, type) => {
    const { seq } = await role[name].publisher.publish(subjects.inbox('c1', type), '{}', {
      'Nats-Msg-Id': type,
    })
    const event = await full.jsm.streams.getMessage(streams.events, { seq })
    expect(event?.subject).toMatch(new RegExp(`^frontdesk\\.event\\.\\d\\.c1\\.${type.replace('.', '\\.')}$`))
    expect(event?.header.get('Nats-Msg-Id')).toBe(type)
    // The inspector reads it, in its turn.
    const [found] = await bodies(directGet(role.inspector, streams.events, subjects.eventsOf('c1'), seq - 1))
    expect(found).toBe('{}')
  })

  test.each(['widget', 'workspace', 'inspector', 'bot'] as const)(
    '%s follows a conversation',
    async (name) => {
      const conversation = `followed-by-${name}`
      const store = (text: string) => full.publisher.publish(subjects.conversation(conversation), text)
      const first = await store('one')
      const heard = await listen(role[name], subjects.live(conversation))
      const { seq } = await store('two')
      await until(() => heard.length > 0)
      expect(heard).toEqual([`${seq} two`])
      const missed = directGet(role[name], streams.conversations, subjects.conversation(conversation))
      expect(await bodies(missed)).toEqual(['one', 'two'])
      const after = directGet(
        role[name],
        streams.conversations,
        subjects.conversation(conversation),
        first.seq,
      )
      expect(await bodies(after)).toEqual(['two'])
      const none = await directGetLast(role[name], streams.conversations, subjects.conversation('nobody'))
      expect(none).toBeNull()
    },
  )

  test('a bot reads the records of all conversations since a time, then after a record', async () => {
    const store = (conversation: string, text: string) =>
      full.publisher.publish(subjects.conversation(conversation), text)
    const timeOf = async (seq: number) => {
      const stored = await full.jsm.streams.getMessage(streams.conversations, { seq })
      return stored?.time ?? new Date(0)
    }
    const before = await timeOf((await store('bot-1', 'before')).seq)
    // A time is in milliseconds: the next one has to be another.
    await until(() => Date.now() > before.getTime())
    const time = await timeOf((await store('bot-1', 'one')).seq)
    const { seq } = await store('bot-2', 'two')
    await store('bot-1', 'three')
    const read = (place: number | Date) =>
      bodies(directGet(role.bot, streams.conversations, subjects.conversation('*'), place))
    expect(await read(time)).toEqual(['one', 'two', 'three'])
    expect(await read(seq)).toEqual(['three'])
  })

  test('the widget reads the place in the queue and receives its changes', async () => {
    const heard = await listen(role.widget, subjects.queue('c1'))
    full.connection.subscribe(subjects.position('*'), {
      callback: (_, message) => void message.respond('third'),
    })
    await full.connection.flush()
    expect((await role.widget.publisher.request(subjects.position('c1'), '')).string()).toBe('third')
    full.connection.publish(subjects.queue('c1'), 'second')
    await until(() => heard.length > 0)
    expect(heard).toEqual(['second'])
  })

  test('the inspector queries the notifiers, and reads the bot of a conversation', async () => {
    full.connection.subscribe(subjects.inspection('*'), {
      callback: (_, message) => void message.respond(`${message.subject} ${message.string()}`),
    })
    await full.connection.flush()
    const answer = await role.inspector.publisher.request(subjects.inspection('find'), 'what')
    expect(answer.string()).toBe('frontdesk.inspection.find what')
    await new Bucket(full, 'bots').put('helper.0123456789abcdef', 'a bot')
    const bots = new Bucket(role.inspector, 'bots')
    expect(await bots.get('helper.0123456789abcdef')).toMatchObject({ value: 'a bot' })
    expect(await bots.get('helper.1123456789abcdef')).toBeUndefined()
  })

  test('typing reaches the other side once, and the engine’s account, which may publish it too', async () => {
    const heard = {
      customer: await listen(role.workspace, subjects.typing('c1', 'customer')),
      agent: await listen(role.widget, subjects.typing('c1', 'agent')),
      full: await listen(full, 'frontdesk.typing.>'),
    }
    role.widget.connection.publish(subjects.typing('c1', 'customer'), 'a customer')
    role.workspace.connection.publish(subjects.typing('c1', 'agent'), 'an agent')
    await until(() => heard.customer.length > 0 && heard.agent.length > 0 && heard.full.length > 1)
    full.connection.publish(subjects.typing('c1', 'customer'), 'another customer')
    full.connection.publish(subjects.typing('c1', 'agent'), 'another agent')
    await until(() => heard.customer.length > 1 && heard.agent.length > 1 && heard.full.length > 3)
    expect(heard.customer).toEqual(['a customer', 'another customer'])
    expect(heard.agent).toEqual(['an agent', 'another agent'])
    expect(heard.full.sort()).toEqual(['a customer', 'an agent', 'another agent', 'another customer'])
  })

  test('the workspace receives requests, lists them, and reads missed notifications', async () => {
    const notified = await listen(role.workspace, subjects.workspace('main', '*'))
    const changed = await listen(role.workspace, subjects.changed(buckets.openRequests, 'main.*'))
    const keys = Array.from({ length: 30 }, (_, i) => `main.listed-${i}`)
    const open = new Bucket(full, 'openRequests')
    for (const key of keys) await open.put(key, key)
    await full.publisher.publish(subjects.workspace('main', 'created'), 'created')
    await until(() => notified.length === 1 && changed.length === keys.length)
    expect(notified).toEqual(['created'])
    expect(changed).toEqual(keys.map((key, i) => `${i + 1} ${key}`))
    const listed = directGet(
      role.workspace,
      `KV_${buckets.openRequests}`,
      `$KV.${buckets.openRequests}.main.*`,
    )
    expect(await bodies(listed)).toEqual(keys)
    const missed = directGet(role.workspace, streams.workspace, subjects.workspace('main', '*'))
    expect(await bodies(missed)).toEqual(['created'])
  })

  describe.each([
    ['administration', buckets.configuration, 'channel.web'],
    ['identity', buckets.secrets, 'key.k1'],
  ] as const)('%s', (name, bucket, key) => {
    const subject = `$KV.${bucket}.${key}`
    const put = (value: string, revision: number) =>
      role[name].publisher.publish(subject, value, {
        'Nats-Expected-Last-Subject-Sequence': String(revision),
      })

    test('writes a key by its revision, is refused with a stale one, and receives what is stored', async () => {
      const changed = await listen(role[name], subjects.changed(bucket, '*.*'))
      const first = await put('one', 0)
      const second = await put('two', first.seq)
      await expect(put('late', first.seq)).rejects.toSatisfy(isConflict)
      await role[name].publisher.publish(subject, '', { 'KV-Operation': 'DEL' })
      const last = await role[name].publisher.publish(subject, 'three')
      await full.connection.flush()
      await until(() => changed.length >= 4)
      expect(changed).toEqual([
        `${first.seq} one`,
        `${second.seq} two`,
        `${last.seq - 1} `,
        `${last.seq} three`,
      ])
      const read = await directGetLast(role[name], `KV_${bucket}`, subject)
      expect(read).toMatchObject({ seq: last.seq, subject })
    })
  })

  test('a secret can expire, which is reported', async () => {
    const key = 'session.s1'
    const changed = await listen(role.identity, subjects.changed(buckets.secrets, key))
    await role.identity.publisher.publish(`$KV.${buckets.secrets}.${key}`, 'secret', { 'Nats-TTL': '1s' })
    await until(() => changed.length > 1)
    expect(changed).toEqual([expect.stringMatching(/^\d+ secret$/), expect.stringMatching(/^\d+ $/)])
    const left = await directGetLast(role.identity, `KV_${buckets.secrets}`, `$KV.${buckets.secrets}.${key}`)
    expect(left?.headers['Nats-Marker-Reason']).toBe('MaxAge')
  })
})
