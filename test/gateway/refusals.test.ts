import { connect as connectTcp } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GatewayFrame } from '../../schemas/protocol/widget.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { serverIsShared } from '../test-server.ts'
import { type Customer, customerOf, roomy, startTestGateway, TestClient } from './test-gateway.ts'

let world: TestWorld
let gateway: Gateway

beforeAll(async () => {
  world = await startTestWorld()
  await world.startEngine()
  await world.startNotifier()
  gateway = await startTestGateway(world)
})

afterAll(async () => {
  await gateway?.stop()
  await world?.stop()
})

const widget = (of: { url: string } = gateway, headers = {}) =>
  TestClient.open<GatewayFrame>(of, '/v1/widget', headers)

describe('a session token', () => {
  test('of one conversation opens no other, and none at all if changed', async () => {
    const victim = await customerOf(gateway)
    const { session } = await customerOf(gateway)
    const [header = '', payload = '', signature = ''] = session.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const forged = Buffer.from(JSON.stringify({ ...claims, conversation: victim.conversation })).toString(
      'base64url',
    )
    const none = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(header, 'base64url').toString()), alg: 'none' }),
    )
    for (const token of [
      `${header}.${forged}.${signature}`,
      `${none.toString('base64url')}.${forged}.`,
      `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      `${header}.${payload}.`,
      victim.conversation,
      '',
      'a.b.c',
    ]) {
      const thief = await widget()
      thief.send({ type: 'hello', session: token })
      expect([token, await thief.end()]).toEqual([token, 4401])
      expect(thief.frames).toMatchObject([{ type: 'error', code: 'session_invalid' }])
    }
  })

  test('is refused if it is an agent’s cookie or a customer’s login', async () => {
    const code = await gateway.identity.createCode(
      { role: 'agent', id: 'ann', name: 'Ann', workspaces: 'all' },
      60,
    )
    const signedIn = await fetch(`${gateway.url}/v1/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: gateway.url },
      body: JSON.stringify({ code }),
    })
    const cookie = /=([^;]+)/.exec(signedIn.headers.get('set-cookie') ?? '')?.[1] as string
    const { kid, secret } = await gateway.identity.keys.create('test')
    const login = await new SignJWT({
      external_id: 'u1',
      scope: 'user',
      conversation: 'c1',
      channel: 'web',
      customer: null,
    })
      .setProtectedHeader({ alg: 'HS256', kid })
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(secret))
    for (const session of [cookie, login]) {
      const client = await widget()
      client.send({ type: 'hello', session })
      expect(await client.end()).toBe(4401)
    }
  })

  test('that was logged out is refused, and its other connections are closed', async () => {
    const { client, session } = await customerOf(gateway)
    const { client: other } = await customerOf(gateway, { session })
    client.send({ type: 'logout' })
    expect(await Promise.all([client.end(), other.end()])).toEqual([4403, 4403])
    const back = await widget()
    back.send({ type: 'hello', session })
    expect(await back.end()).toBe(4401)
    expect(back.texts()).toEqual([])
  })

  test('that was logged out is refused by every gateway', async () => {
    const second = await startTestGateway(world)
    const { client, session } = await customerOf(gateway)
    const { client: elsewhere } = await customerOf(second, { session })
    client.send({ type: 'logout' })
    expect(await elsewhere.end()).toBe(4403)
    const back = await widget(second)
    back.send({ type: 'hello', session })
    expect(await back.end()).toBe(4401)
    await second.stop()
  })
})

describe('logging in', () => {
  const sign = async (claims: object, kid: string, secret: string) =>
    new SignJWT({ scope: 'user', ...claims })
      .setProtectedHeader({ alg: 'HS256', kid })
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(secret))

  test('begins a conversation as that customer', async () => {
    const { kid, secret } = await gateway.identity.keys.create('one')
    const login = await sign({ external_id: 'u1', name: 'José', email: 'jose@example.com' }, kid, secret)
    const { client, conversation } = await customerOf(gateway, { channel: 'web', login })
    expect(await client.first('welcome')).toMatchObject({ customer: { externalId: 'u1', name: 'José' } })
    client.send({ type: 'message', clientId: 'a', text: 'help' })
    await client.first('record', ({ status }) => status?.state === 'queued')
    await until(async () => (await world.openRequest('main', conversation)) !== null)
    expect((await world.openRequest('main', conversation))?.customer).toEqual({
      name: 'José',
      email: 'jose@example.com',
      externalId: 'u1',
      verified: true,
    })
    client.close()
  })

  test('that fails is reported, and the conversation begins anonymously', async () => {
    const { kid } = await gateway.identity.keys.create('two')
    const login = await sign({ external_id: 'u1' }, kid, 'another secret of at least 32 bytes!')
    const { client } = await customerOf(gateway, { channel: 'web', login })
    expect(await client.first('welcome')).toMatchObject({ customer: null })
    expect(await client.first('login')).toMatchObject({ ok: false, code: 'login_signature' })
    await client.first('record')
    client.close()
  })

  test('during a conversation identifies the customer, and the session stays theirs', async () => {
    const { kid, secret } = await gateway.identity.keys.create('three')
    const { client, session, conversation } = await customerOf(gateway)
    client.send({ type: 'login', token: await sign({ external_id: 'u7', name: 'Zoë' }, kid, secret) })
    const answer = await client.first('login')
    expect(answer).toMatchObject({ ok: true, customer: { externalId: 'u7', name: 'Zoë' } })
    const identified = (await world.records(conversation)).filter(
      ({ event }) => event.type === 'session.identified',
    )
    expect(identified).toHaveLength(1)
    const { client: back } = await customerOf(gateway, { session: (answer as { session: string }).session })
    expect(await back.first('welcome')).toMatchObject({ customer: { externalId: 'u7' } })
    // The token from before was the visitor's own.
    const { client: old } = await customerOf(gateway, { session })
    expect(await old.first('welcome')).toMatchObject({ conversation })
    for (const one of [client, back, old]) one.close()
  })

  test('as another customer is refused, even with the visitor’s old token', async () => {
    const { kid, secret } = await gateway.identity.keys.create('four')
    const { client, session } = await customerOf(gateway)
    client.send({ type: 'login', token: await sign({ external_id: 'first' }, kid, secret) })
    await client.first('login')
    client.send({ type: 'login', token: await sign({ external_id: 'second' }, kid, secret) })
    expect(await client.first('login', ({ ok }) => !ok)).toMatchObject({ code: 'login_other_customer' })
    const { client: old } = await customerOf(gateway, { session })
    old.send({ type: 'login', token: await sign({ external_id: 'second' }, kid, secret) })
    expect(await old.first('login')).toMatchObject({ ok: false, code: 'login_other_customer' })
    client.close()
    old.close()
  })

  test.skipIf(serverIsShared)(
    'is not confirmed before an engine has handled it',
    async () => {
      const idle = await startTestWorld()
      const alone = await startTestGateway(idle)
      const { kid, secret } = await alone.identity.keys.create('one')
      const { client } = await customerOf(alone)
      client.send({ type: 'login', token: await sign({ external_id: 'u1' }, kid, secret) })
      expect(await client.end()).toBe(1013)
      expect(client.all('login')).toEqual([])
      await alone.stop()
      await idle.stop()
    },
    30_000,
  )

  test('with a revoked key is refused', async () => {
    const { kid, secret } = await gateway.identity.keys.create('five')
    await gateway.identity.keys.revoke(kid)
    const { client } = await customerOf(gateway)
    client.send({ type: 'login', token: await sign({ external_id: 'u1' }, kid, secret) })
    expect(await client.first('login')).toMatchObject({ ok: false, code: 'login_unknown_key' })
    client.close()
  })
})

describe('frames', () => {
  test.each([
    ['no JSON', 'hello', { message: 'a frame is a JSON object' }],
    ['no object', '[]', {}],
    ['no known type', { type: 'agent.message', text: 'hi' }, { field: 'type' }],
    ['no text', { type: 'message', clientId: 'a' }, { field: 'text', clientId: 'a' }],
    ['a text that is none', { type: 'message', clientId: 'a', text: 5 }, { field: 'text' }],
    ['no clientId', { type: 'message', text: 'hi' }, { field: 'clientId' }],
    ['a clientId that is no token', { type: 'message', clientId: 'a.b', text: 'hi' }, { field: 'clientId' }],
    [
      'details that are no texts',
      { type: 'details', clientId: 'a', details: { name: { a: 1 } } },
      { field: 'details.name' },
    ],
    [
      'a title that is too long',
      { type: 'hello', channel: 'web', page: { title: '😀'.repeat(256) } },
      { field: 'page.title', limit: 255 },
    ],
    [
      'a token that is too long',
      { type: 'login', token: 'x'.repeat(8_193) },
      { field: 'token', limit: 8_192 },
    ],
  ])('with %s are refused with the field, and the connection stays open', async (_, frame, expected) => {
    const { client } = await customerOf(gateway)
    client.send(frame)
    expect(await client.first('error')).toMatchObject({ code: 'frame_invalid', ...expected })
    client.send({ type: 'ping' })
    await client.first('pong')
    client.close()
  })

  test('a frame before hello, or a second hello, closes the connection', async () => {
    const early = await widget()
    early.send({ type: 'message', clientId: 'a', text: 'hi' })
    expect(await early.end()).toBe(4400)
    const { client } = await customerOf(gateway)
    client.send({ type: 'hello', channel: 'web' })
    expect(await client.end()).toBe(4400)
    expect(await client.first('error')).toMatchObject({ code: 'hello_expected' })
  })

  test('a missing hello closes the connection', async () => {
    const silent = await widget()
    expect(await silent.end()).toBe(4408)
    expect(silent.frames).toMatchObject([{ type: 'error', code: 'hello_timeout' }])
  }, 20_000)

  test('of more than 64 KiB close the connection, and nothing is stored', async () => {
    const { client, conversation } = await customerOf(gateway)
    client.send({ type: 'message', clientId: 'a', text: 'x'.repeat(65 * 1024) })
    expect(await client.end()).toBe(1009)
    expect((await world.records(conversation)).map(({ event }) => event.type)).toEqual(['session.started'])
  })
})

describe('limits', () => {
  test('a foreign origin may not connect; an allowed one, an app and this machine may', async () => {
    const strict = await startTestGateway(world, { origins: ['https://www.example.com'] })
    await expect(widget(strict, { origin: 'https://evil.example' })).rejects.toThrow('403')
    await expect(widget(strict, { origin: 'https://www.example.com.evil.example' })).rejects.toThrow('403')
    await expect(widget(strict, { origin: 'null' })).rejects.toThrow('403')
    for (const headers of [
      { origin: 'https://www.example.com' },
      { origin: strict.url },
      { origin: 'http://localhost:3000' },
      {},
    ])
      (await widget(strict, headers)).close()
    await strict.stop()
  })

  test('connections are limited per address, and in total', async () => {
    const limits = { ...roomy.limits, connectionsPerAddressMax: 2, connectionsMax: 3 }
    const small = await startTestGateway(world, { limits, trustProxy: true })
    const from = (address: string) => widget(small, { 'x-forwarded-for': address })
    const first = await from('10.0.0.1')
    await from('10.0.0.1')
    await expect(from('10.0.0.1')).rejects.toThrow('429')
    await from('10.0.0.2')
    await expect(from('10.0.0.3')).rejects.toThrow('503')
    first.close()
    await until(() => small.connections() === 2)
    await from('10.0.0.1')
    await small.stop()
  })

  test('the address is the one that the nearest proxy saw; a client’s own header entries are ignored', async () => {
    const limits = { ...roomy.limits, connectionsPerAddressMax: 1 }
    const small = await startTestGateway(world, { limits, trustProxy: true })
    await widget(small, { 'x-forwarded-for': '10.0.0.8, 10.0.0.1' })
    await expect(widget(small, { 'x-forwarded-for': '10.0.0.9, 10.0.0.1' })).rejects.toThrow('429')
    await small.stop()
  })

  test('an IPv6 address counts by its /64, a mapped IPv4 address as IPv4', async () => {
    const limits = { ...roomy.limits, connectionsPerAddressMax: 1 }
    const small = await startTestGateway(world, { limits, trustProxy: true })
    const from = (address: string) => widget(small, { 'x-forwarded-for': address })
    await from('2001:db8:0:7::1')
    await expect(from('2001:DB8::7:aaaa:0:0:2')).rejects.toThrow('429')
    await from('2001:db8:0:8::1')
    await from('::ffff:10.0.0.1')
    await expect(from('10.0.0.1')).rejects.toThrow('429')
    await from('::ffff:10.0.0.2')
    await from('::1')
    await small.stop()
  })

  test('a client that sends faster is read at its pace: nothing is lost', async () => {
    const limits = { ...roomy.limits, eventsPerSecondMax: 20 }
    const slow = await startTestGateway(world, { limits })
    const { client } = await customerOf(slow)
    for (let i = 0; i < 60; i++) client.send({ type: 'message', clientId: `n${i}`, text: `number ${i}` })
    await client.first('record', ({ clientId }) => clientId === 'n59')
    expect(client.all('stored').map(({ clientId }) => clientId)).toEqual(
      Array.from({ length: 60 }, (_, i) => `n${i}`),
    )
    client.close()
    await slow.stop()
  })

  /** The most frames that a pace of 10 a second lets through in so long: 20 at once, then 10 a second. */
  const passedAtMost = (sinceMs: number) => 21 + (10 * (performance.now() - sinceMs)) / 1_000

  test('all sessions of an address share its pace', async () => {
    const limits = { ...roomy.limits, eventsPerSecondPerAddressMax: 10 }
    const slow = await startTestGateway(world, { limits })
    const begunMs = performance.now()
    const [one, two] = await Promise.all([customerOf(slow), customerOf(slow)])
    for (let i = 0; i < 30; i++) for (const { client } of [one, two]) client.send({ type: 'ping' })
    const answered = () => one.client.all('pong').length + two.client.all('pong').length
    let excess = -Infinity
    await until(() => {
      excess = Math.max(excess, answered() - passedAtMost(begunMs))
      return answered() === 60
    })
    expect(excess).toBeLessThan(0)
    for (const { client } of [one, two]) client.close()
    await slow.stop()
  })

  test('all connections of a session share its pace', async () => {
    const limits = { ...roomy.limits, eventsPerSecondMax: 10 }
    const slow = await startTestGateway(world, { limits })
    const begunMs = performance.now()
    const { session, client: one } = await customerOf(slow)
    const { client: two } = await customerOf(slow, { session })
    const { client: three } = await customerOf(slow, { session })
    const clients = [one, two, three]
    for (let i = 0; i < 16; i++) for (const client of clients) client.send({ type: 'ping' })
    const answered = () => clients.reduce((sum, client) => sum + client.all('pong').length, 0)
    let excess = -Infinity
    await until(() => {
      excess = Math.max(excess, answered() - passedAtMost(begunMs))
      return answered() === 48
    })
    expect(excess).toBeLessThan(0)
    for (const client of clients) client.close()
    await slow.stop()
  })

  test('a closed connection uses no turn of its address’s pace', async () => {
    const limits = { ...roomy.limits, eventsPerSecondPerAddressMax: 1 }
    const slow = await startTestGateway(world, { limits })
    for (let i = 0; i < 20; i++) {
      const passing = await widget(slow)
      await new Promise((sent) => passing.socket.send('{}', sent))
      passing.close()
    }
    await until(() => slow.connections() === 0)
    // With a turn for each of the twenty, hello would come too late.
    const { client } = await customerOf(slow)
    client.close()
    await slow.stop()
  }, 20_000)

  test('binary frames count like others', async () => {
    const limits = { ...roomy.limits, eventsPerSecondMax: 1 }
    const slow = await startTestGateway(world, { limits })
    const { client } = await customerOf(slow)
    for (let i = 0; i < 2_000; i++) client.socket.send(Buffer.from([1]))
    expect(await client.end()).toBe(4429)
    expect(client.all('error').length).toBeLessThan(10)
    await slow.stop()
  })

  test('a client that floods is disconnected', async () => {
    const limits = { ...roomy.limits, eventsPerSecondMax: 1 }
    const slow = await startTestGateway(world, { limits })
    const { client } = await customerOf(slow)
    for (let i = 0; i < 2_000; i++) client.send({ type: 'ping' })
    expect(await client.end()).toBe(4429)
    expect(await client.first('error')).toMatchObject({ code: 'too_fast' })
    await slow.stop()
  })

  test('a client that does not read is disconnected before it costs memory', async () => {
    const own = await startTestGateway(world)
    const { session, conversation, client } = await customerOf(own)
    client.send({ type: 'message', clientId: 'need', text: 'help' })
    await client.first('record', ({ status }) => status?.state === 'queued')
    client.close()
    await world.publish(conversation, 'agent.accepted', { agent: { id: 'ann' } })
    await until(() => own.connections() === 0)
    // A socket by hand, since a WebSocket client always reads.
    const { hostname, port } = new URL(own.url)
    const socket = connectTcp(Number(port), hostname)
    socket.on('error', () => {})
    socket.write(
      'GET /v1/widget HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    await new Promise((resolve) => socket.once('data', resolve))
    socket.pause()
    const hello = Buffer.from(JSON.stringify({ type: 'hello', session }))
    // Masked by zeros, which change nothing.
    socket.write(
      Buffer.concat([
        Buffer.from([0x81, 0x80 | 126, hello.length >> 8, hello.length & 255, 0, 0, 0, 0]),
        hello,
      ]),
    )
    await until(() => own.connections() === 1)
    const text = 'x'.repeat(4_000)
    let isGone = false
    for (let i = 0; i < 6_000 && !isGone; i += 100) {
      await Promise.all(
        Array.from({ length: 100 }, () =>
          world.publish(conversation, 'agent.message', { agent: { id: 'ann' }, text }),
        ),
      )
      isGone = own.connections() === 0
    }
    await until(() => own.connections() === 0, 60_000)
    socket.destroy()
    await own.stop()
  }, 120_000)
})

/** As a client does: until it is welcome. */
async function comeBack(session: string, after: number): Promise<Customer> {
  for (;;) {
    const client = await widget()
    client.send({ type: 'hello', session, after })
    await until(() => client.closed !== 0 || client.all('ready').length > 0)
    if (client.closed === 0) return client
    await sleep(200)
  }
}

describe.skipIf(serverIsShared)('while NATS is away', () => {
  test('a client is notified, reconnects and resends, and nothing is lost or stored twice', async () => {
    const { client, session } = await customerOf(gateway)
    await client.first('record')
    const after = client.all('record').at(-1)?.sequence ?? 0
    await world.server.kill()
    client.send({ type: 'message', clientId: 'meanwhile', text: 'are you there?' })
    expect(await client.end()).toBe(1013)
    await world.server.restart()
    const back = await comeBack(session, after)
    back.send({ type: 'message', clientId: 'meanwhile', text: 'are you there?' })
    await back.first('record', ({ clientId }) => clientId === 'meanwhile')
    expect(back.texts().filter((text) => text === 'are you there?')).toHaveLength(1)
    back.close()
  }, 60_000)

  test('a replacement gateway continues the session', async () => {
    const first = await startTestGateway(world)
    const { client, session } = await customerOf(first)
    await client.first('record')
    await first.stop()
    expect(await client.end()).toBe(1001)
    const second = await startTestGateway(world)
    const { client: back } = await customerOf(second, { session })
    expect(back.texts()).toEqual(['Hi! How can we help?'])
    back.close()
    await second.stop()
  })
})
