import { once } from 'node:events'
import { connect } from 'node:net'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { streams, subjects } from '../../engine/nats/topology.ts'
import { conversationEventsMax } from '../../schemas/limits.ts'
import type { GatewayFrame } from '../../schemas/protocol/widget.ts'
import { httpServer } from '../../workers/gateway/http/server.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { secondsFromNow, signJwt } from './identity/sign-jwt.ts'
import { customerOf, roomy, startTestGateway, TestClient } from './test-gateway.ts'

let world: TestWorld

beforeAll(async () => {
  world = await startTestWorld()
  await world.startEngine()
})

afterAll(() => world?.stop())

describe('a WebSocket', () => {
  test('may not be sent in many fragments, each of which keeps the buffer that it was read into', async () => {
    const gateway = await startTestGateway(world)
    const { client } = await customerOf(gateway)
    for (let n = 0; n < 100; n++) client.socket.send('x', { fin: false })
    expect(await client.end()).toBe(1008)
    await gateway.stop()
  })

  test.each(['ping', 'pong'] as const)('of a client that floods with %ss is closed', async (control) => {
    const limits = { ...roomy.limits, eventsPerSecondMax: 1 }
    const gateway = await startTestGateway(world, { limits })
    const { client } = await customerOf(gateway)
    for (let n = 0; n < 2_000; n++) client.socket[control]('x'.repeat(100))
    expect(await client.end()).toBe(4429)
    await gateway.stop()
  })

  test.each(['/', '/healthz', '/widget.js', '/v1/me', '/v1/inspector/conversations', '/nowhere'])(
    'is not opened on %s, where no limit would count it',
    async (path) => {
      const gateway = await startTestGateway(world)
      await expect(TestClient.open(gateway, path)).rejects.toThrow('404')
      await gateway.stop()
    },
  )
})

describe('the bytes of an address', () => {
  test('are read at its pace, whatever the number of frames', async () => {
    const limits = { ...roomy.limits, bytesPerSecondPerAddressMax: 20_000 }
    const gateway = await startTestGateway(world, { limits })
    const begunMs = performance.now()
    const { client } = await customerOf(gateway)
    for (let n = 0; n < 15; n++)
      client.send({ type: 'message', clientId: `n${n}`, text: `${n} ${'x'.repeat(4_000)}` })
    // A burst of two seconds is free: 40,000 of the 60,000 bytes.
    let excess = -Infinity
    await until(() => {
      const passed = client.all('stored').length
      excess = Math.max(excess, passed * 4_000 - 40_000 - 20 * (performance.now() - begunMs))
      return passed === 15
    })
    expect(excess).toBeLessThan(0)
    client.close()
    await gateway.stop()
  })
})

describe('conversations', () => {
  test.each([
    ['a minute', { conversationsPerMinutePerAddressMax: 2 }],
    ['a day', { conversationsPerDayPerAddressMax: 2 }],
  ])('that an address begins are limited in %s; it may come back to its own', async (_, own) => {
    const gateway = await startTestGateway(world, { limits: { ...roomy.limits, ...own }, trustProxy: true })
    const begin = async (address: string, hello: object = { channel: 'web' }) => {
      const client = await TestClient.open<GatewayFrame>(gateway, '/v1/widget', {
        'x-forwarded-for': address,
      })
      client.send({ type: 'hello', ...hello })
      await until(() => client.frames.length > 0)
      return client
    }
    const first = await (await begin('10.0.0.1')).first('welcome')
    await (await begin('10.0.0.1')).first('welcome')
    const third = await begin('10.0.0.1')
    expect(await third.end()).toBe(4429)
    expect(third.frames).toMatchObject([{ type: 'error', code: 'too_many_conversations' }])
    await (await begin('10.0.0.1', { session: first.session })).first('welcome')
    await (await begin('10.0.0.2')).first('welcome')
    // Programs of this machine, and a proxy that the gateway was not told of, count to no limit.
    for (const local of ['127.0.0.1', '::1'])
      for (let n = 0; n < 3; n++) await (await begin(local)).first('welcome')
    await gateway.stop()
  })
})

test('where a login is required, a stranger begins no conversation', async () => {
  const strict = await startTestGateway(world, { loginRequired: true })
  const { kid, secret } = await strict.identity.keys.create('Web shop')
  const begin = async (hello: object) => {
    const client = await TestClient.open<GatewayFrame>(strict, '/v1/widget')
    client.send({ type: 'hello', channel: 'web', ...hello })
    await until(() => client.frames.length > 0)
    return client
  }
  const before = (await world.stored('events')).length
  for (const login of [undefined, 'x.y.z']) {
    const stranger = await begin({ login })
    expect(await stranger.end()).toBe(4406)
    expect(stranger.frames).toMatchObject([{ type: 'error', code: 'login_needed' }])
  }
  expect((await world.stored('events')).length).toBe(before)
  const claims = { external_id: 'u-1', scope: 'user', exp: secondsFromNow(60) }
  const customer = await begin({ login: signJwt({ alg: 'HS256', kid }, claims, secret) })
  const { session } = await customer.first('welcome')
  await (await begin({ session })).first('welcome')
  await strict.stop()
})

describe('open requests', () => {
  test('of an address are limited: with so many it begins no other conversation until one is over', async () => {
    const limits = { ...roomy.limits, openRequestsPerAddressMax: 2 }
    const gateway = await startTestGateway(world, { limits, trustProxy: true })
    const notifier = await world.startNotifier()
    const begin = async (address: string) => {
      const client = await TestClient.open<GatewayFrame>(gateway, '/v1/widget', {
        'x-forwarded-for': address,
      })
      client.send({ type: 'hello', channel: 'web' })
      await until(() => client.frames.length > 0)
      return client
    }
    const ask = async (address: string) => {
      const client = await begin(address)
      const { conversation } = await client.first('welcome')
      client.send({ type: 'message', clientId: 'n1', text: 'help' })
      await until(async () => (await world.openRequest('main', conversation)) !== null)
      return client
    }
    const first = await ask('10.0.1.1')
    await begin('10.0.1.1')
    await ask('10.0.1.1')
    const isRefused = async (address: string) => (await begin(address)).frames[0]?.type === 'error'
    await until(() => isRefused('10.0.1.1'))
    const refused = await begin('10.0.1.1')
    expect(await refused.end()).toBe(4429)
    expect(refused.frames).toMatchObject([{ type: 'error', code: 'too_many_conversations' }])
    expect(await isRefused('10.0.1.2')).toBe(false)
    first.send({ type: 'end', clientId: 'n2' })
    await until(async () => !(await isRefused('10.0.1.1')))
    for (let n = 0; n < 3; n++) await ask('127.0.0.1')
    expect(await isRefused('127.0.0.1')).toBe(false)
    await gateway.stop()
    await notifier.stop()
  })
})

describe('a conversation that is long', () => {
  const recordsMin = 300

  async function longConversation(gateway: { url: string }): Promise<string> {
    const { client, session, conversation } = await customerOf(gateway)
    client.close()
    const published = Array.from({ length: recordsMin }, (_, n) =>
      world.publish(conversation, 'session.message', { text: `number ${n}` }),
    )
    await Promise.all(published)
    // Counted by the server: reading them all again and again is work for the engine's processor.
    const subject = subjects.conversation(conversation)
    await until(async () => {
      const { state } = await world.nats.jsm.streams.info(streams.conversations, { subjects_filter: subject })
      return (state.subjects?.[subject] ?? 0) > recordsMin
    })
    return session
  }

  test('is read again by one connection of a session at a time', async () => {
    const gateway = await startTestGateway(world)
    const session = await longConversation(gateway)
    const arrived: string[] = []
    const clients = await Promise.all(
      ['one', 'two', 'three'].map(async (name) => {
        const client = await TestClient.open(gateway, '/v1/widget')
        client.socket.on('message', (data) => {
          const { type } = JSON.parse(String(data))
          if (type === 'record' || type === 'ready') arrived.push(name)
        })
        return client
      }),
    )
    for (const client of clients) client.send({ type: 'hello', session, after: 0 })
    for (const client of clients) await client.first('ready')
    const turns = arrived.filter((name, n) => name !== arrived[n - 1])
    expect(turns).toHaveLength(3)
    for (const client of clients) client.close()
    await gateway.stop()
  })

  test('is read again with at most seven others of its address at a time', async () => {
    const gateway = await startTestGateway(world)
    const sessions = await Promise.all(Array.from({ length: 12 }, () => longConversation(gateway)))
    const reading = new Set<TestClient>()
    let most = 0
    const clients = await Promise.all(
      sessions.map(async () => {
        const client: TestClient = await TestClient.open(gateway, '/v1/widget')
        client.socket.on('message', (data) => {
          const { type } = JSON.parse(String(data))
          if (type === 'record') reading.add(client)
          else if (type === 'ready') reading.delete(client)
          most = Math.max(most, reading.size)
        })
        return client
      }),
    )
    for (const [n, client] of clients.entries())
      client.send({ type: 'hello', session: sessions[n], after: 0 })
    for (const client of clients) await client.first('ready')
    expect(most).toBeLessThanOrEqual(8)
    for (const client of clients) client.close()
    await gateway.stop()
  })

  test('takes no more messages beyond its limit, and tells it to the customer; it can be ended', async () => {
    const gateway = await startTestGateway(world)
    const { client, conversation } = await customerOf(gateway)
    const published = Array.from({ length: conversationEventsMax }, (_, n) =>
      world.publish(conversation, 'session.message', { text: `number ${n}` }),
    )
    await Promise.all(published)
    client.send({ type: 'message', clientId: 'last', text: 'one more' })
    expect(await client.first('rejected')).toMatchObject({
      clientId: 'last',
      code: 'conversation_full',
      max: conversationEventsMax,
    })
    client.send({ type: 'end', clientId: 'end' })
    await client.first('record', ({ status }) => status?.state === 'ended')
    client.close()
    await gateway.stop()
  })

  test('costs the pace of its address what was sent again', async () => {
    const limits = { ...roomy.limits, eventsPerSecondPerAddressMax: 2 }
    const gateway = await startTestGateway(world, { limits })
    const session = await longConversation(gateway)
    const begunMs = performance.now()
    const { client } = await customerOf(gateway, { session })
    client.send({ type: 'ping' })
    await client.first('pong')
    // More than 300 records cost 15 frames, of which 4 are free after a quiet time: 5 s are left.
    expect(performance.now() - begunMs).toBeGreaterThan(4_000)
    client.close()
    await gateway.stop()
  })
})

describe('a plain connection', () => {
  const log = pino({ level: 'silent' })

  test('that does not read its answer is cut off', async () => {
    const http = await httpServer(roomy, log, 500)
    http.get('/large', async (_, reply) => reply.send(Buffer.alloc(64 * 1024 * 1024)))
    const port = Number(new URL(await http.listen({ host: '127.0.0.1', port: 0 })).port)
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.pause()
    socket.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n')
    const connections = () =>
      new Promise<number>((resolve) => http.server.getConnections((_, count) => resolve(count)))
    await until(async () => (await connections()) === 1)
    await until(async () => (await connections()) === 0)
    socket.destroy()
    await http.close()
  })

  test.each([
    ['for its address', { connectionsPerAddressMax: 3 }],
    ['in all', { connectionsMax: 3 }],
  ])('counts where it is accepted, %s', async (_, own) => {
    const http = await httpServer({ ...roomy, limits: { ...roomy.limits, ...own } }, log)
    const port = Number(new URL(await http.listen({ host: '127.0.0.1', port: 0 })).port)
    const open = async () => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      await once(socket, 'connect')
      return socket
    }
    const held = await Promise.all([open(), open(), open()])
    const refused = await open()
    await once(refused, 'close')
    held[0]?.destroy()
    await until(async () => {
      const next = await open()
      next.write('GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n')
      const answer = await Promise.race([once(next, 'data'), once(next, 'close')])
      next.destroy()
      return String(answer[0]).startsWith('HTTP/1.1 404')
    })
    for (const socket of held) socket.destroy()
    await http.close()
  })
})

describe('an address that a proxy names', () => {
  test.each([
    ['garbage-1', 'garbage-2'],
    ['10.0.0.1:5678', '10.0.0.1:6789'],
    ['[2001:db8::1]:1', '2001:db8::1'],
  ])('counts as one, written %s and %s', async (one, two) => {
    const limits = { ...roomy.limits, connectionsPerAddressMax: 1 }
    const gateway = await startTestGateway(world, { limits, trustProxy: true })
    const from = (address: string) => TestClient.open(gateway, '/v1/widget', { 'x-forwarded-for': address })
    await from(one)
    await expect(from(two)).rejects.toThrow('429')
    await from('10.0.0.9')
    await gateway.stop()
  })
})

test('the log of a request that fails says what and where, not what somebody typed', async () => {
  const logged: string[] = []
  const http = await httpServer(
    roomy,
    pino({ level: 'info' }, { write: (line: string) => logged.push(line) }),
  )
  const typed = '(my secret'
  http.get('/fails', async () => new RegExp(typed))
  expect((await http.inject('/fails')).json()).toMatchObject({ code: 'failed' })
  expect(logged.join()).toContain('SyntaxError')
  expect(logged.join()).toContain('floods.test.ts')
  expect(logged.join()).not.toContain(typed)
  await http.close()
})

test('the log of a connection that fails does not either', async () => {
  const logged: string[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => logged.push(line) })
  const gateway = await startTestGateway({ ...world, log })
  const typed = '(my secret'
  vi.spyOn(gateway.identity, 'readSession').mockImplementation(async () => new RegExp(typed) as never)
  const client = await TestClient.open(gateway, '/v1/widget')
  client.send({ type: 'hello', session: 'any' })
  expect(await client.end()).toBe(1011)
  expect(logged.join()).toContain('SyntaxError')
  expect(logged.join()).not.toContain(typed)
  await gateway.stop()
})

test('every answer says that it is no other type, and belongs to no other origin', async () => {
  const gateway = await startTestGateway(world, { publicUrl: 'https://chat.example.com' })
  for (const path of ['/', '/healthz', '/v1/me?role=agent', '/v1/admin/keys', '/nowhere', '/v1/me?role=x']) {
    const { headers } = await fetch(`${gateway.url}${path}`)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin-allow-popups')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('strict-transport-security')).toContain('max-age=')
  }
  await gateway.stop()
})
