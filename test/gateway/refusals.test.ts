import { setTimeout as sleep } from 'node:timers/promises'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GatewayFrame } from '../../schemas/protocol/widget.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { type TestWorld, until } from '../engine/test-world.ts'
import { serverIsShared } from '../test-server.ts'
import { type Customer, customerOf, startGatewayWorld, startTestGateway, TestClient } from './test-gateway.ts'

let world: TestWorld
let gateway: Gateway

beforeAll(async () => {
  ;({ world, gateway } = await startGatewayWorld())
})

afterAll(() => world?.stop())

const widget = (of: { url: string } = gateway, headers = {}) =>
  TestClient.open<GatewayFrame>(of, '/v1/widget', headers)

const sign = (claims: object, kid: string, secret: string) =>
  new SignJWT({ scope: 'user', ...claims })
    .setProtectedHeader({ alg: 'HS256', kid })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))

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

  test('that was logged out is refused by every gateway', async () => {
    const second = await startTestGateway(world)
    const { client, session } = await customerOf(gateway)
    const { client: other } = await customerOf(gateway, { session })
    const { client: elsewhere } = await customerOf(second, { session })
    client.send({ type: 'logout' })
    expect(await Promise.all([client.end(), other.end(), elsewhere.end()])).toEqual([4403, 4403, 4403])
    for (const one of [gateway, second]) {
      const back = await widget(one)
      back.send({ type: 'hello', session })
      expect(await back.end()).toBe(4401)
      expect(back.texts()).toEqual([])
    }
  })
})

describe('logging in', () => {
  test('opens a session that ends with the key that vouched for it', async () => {
    const { kid, secret } = await gateway.identity.keys.create('leaked')
    const login = await sign({ external_id: 'u1' }, kid, secret)
    const begun = await customerOf(gateway, { channel: 'web', login })
    const visitor = await customerOf(gateway)
    visitor.client.send({ type: 'login', token: login })
    const answer = await visitor.client.first('login')
    const session = answer.ok ? answer.session : ''
    for (const { client } of [begun, visitor]) client.close()
    const renewed = await customerOf(gateway, { session: begun.session })
    renewed.client.close()
    await gateway.identity.keys.revoke(kid)
    for (const token of [begun.session, renewed.session, session]) {
      const thief = await widget()
      thief.send({ type: 'hello', session: token })
      expect(await thief.end()).toBe(4401)
    }
  })

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
      'a text that is too long',
      { type: 'message', clientId: 'a', text: '😀'.repeat(4_097) },
      { field: 'text', limit: 4_096, clientId: 'a' },
    ],
    [
      'an answer that is too long',
      { type: 'details', clientId: 'a', details: { name: 'x'.repeat(1_001) } },
      { field: 'details.name', limit: 1_000, clientId: 'a' },
    ],
    [
      'too many answers',
      {
        type: 'details',
        clientId: 'a',
        details: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`f${n}`, 'x'])),
      },
      { field: 'details', limit: 50, clientId: 'a' },
    ],
    [
      'an option that is too long',
      { type: 'option', clientId: 'a', option: 'x'.repeat(256) },
      { field: 'option', limit: 255, clientId: 'a' },
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

  test('of more than 64 KiB close the connection, and nothing is stored', async () => {
    const { client, conversation } = await customerOf(gateway)
    client.send({ type: 'message', clientId: 'a', text: 'x'.repeat(65 * 1024) })
    expect(await client.end()).toBe(1009)
    expect((await world.records(conversation)).map(({ event }) => event.type)).toEqual(['session.started'])
  })
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
  })

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
  })
})
