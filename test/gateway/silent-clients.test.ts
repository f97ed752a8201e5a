import { connect, Socket } from 'node:net'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GatewayFrame } from '../../schemas/protocol/widget.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { serverIsShared } from '../test-server.ts'
import { type Customer, customerOf, startTestGateway, TestClient } from './test-gateway.ts'

let world: TestWorld
let gateway: Gateway

beforeAll(async () => {
  world = await startTestWorld()
  await world.startEngine()
  gateway = await startTestGateway(world)
})

afterAll(() => world?.stop())

/** The TCP connection below a client's WebSocket, for bytes that no WebSocket client sends. */
function transportOf({ socket }: Customer): Socket {
  const below: unknown = Reflect.get(socket, '_socket')
  if (!(below instanceof Socket)) throw new Error('the WebSocket has no socket')
  return below
}

// Each waits for a time-out of the gateway's, up to half a minute: they wait together.
describe.concurrent('a connection is closed', () => {
  test('if no hello comes', async () => {
    const silent = await TestClient.open<GatewayFrame>(gateway, '/v1/widget')
    expect(await silent.end()).toBe(4408)
    expect(silent.frames).toMatchObject([{ type: 'error', code: 'hello_timeout' }])
  })

  test.skipIf(serverIsShared)('if no engine handles its login, which is not confirmed', async () => {
    const idle = await startTestWorld()
    const alone = await startTestGateway(idle)
    const { kid, secret } = await alone.identity.keys.create('one')
    const token = await new SignJWT({ scope: 'user', external_id: 'u1' })
      .setProtectedHeader({ alg: 'HS256', kid })
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(secret))
    const { client } = await customerOf(alone)
    client.send({ type: 'login', token })
    expect(await client.end()).toBe(1013)
    expect(client.all('login')).toEqual([])
    await idle.stop()
  })

  test('if a frame is begun and never completed', async () => {
    const { client } = await customerOf(gateway)
    // The head of a text frame of 100 bytes, masked by zeros, and the first byte.
    transportOf(client).write(Buffer.from([0x81, 0x80 | 100, 0, 0, 0, 0, 0x7b]))
    expect(await client.end()).toBe(1006)
  })

  test('if a message is begun and never completed, though control frames complete between its fragments', async () => {
    const { client } = await customerOf(gateway)
    client.socket.send('{', { fin: false })
    const pongs = setInterval(() => client.socket.pong(), 1_000)
    expect(await client.end()).toBe(1006)
    clearInterval(pongs)
  })

  test('if the client does not read, before that costs memory', async () => {
    const own = await startTestGateway(world)
    const { session, conversation, client } = await customerOf(own)
    client.send({ type: 'message', clientId: 'need', text: 'help' })
    await client.first('record', ({ status }) => status?.state === 'queued')
    client.close()
    await world.publish(conversation, 'agent.accepted', { agent: { id: 'ann' } })
    await until(() => own.connections() === 0)
    // A socket by hand, since a WebSocket client always reads.
    const { hostname, port } = new URL(own.url)
    const socket = connect(Number(port), hostname)
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
    // 24 MB, more than the two ends of the line hold.
    const text = '😀'.repeat(4_000)
    let isGone = false
    for (let i = 0; i < 1_500 && !isGone; i += 50) {
      await Promise.all(
        Array.from({ length: 50 }, () =>
          world.publish(conversation, 'agent.message', { agent: { id: 'ann' }, text }),
        ),
      )
      isGone = own.connections() === 0
    }
    await until(() => own.connections() === 0)
    socket.destroy()
    await own.stop()
  })
})
