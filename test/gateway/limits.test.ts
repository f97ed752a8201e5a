import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { GatewayFrame } from '../../schemas/protocol/widget.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import type { GatewaySettings } from '../../workers/settings/gateway.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { customerOf, roomy, startTestGateway, TestClient } from './test-gateway.ts'

let world: TestWorld

beforeAll(async () => {
  world = await startTestWorld()
  await world.startEngine()
})

afterAll(() => world?.stop())

/** A gateway of the test's own, with these limits. */
async function gatewayWith(
  limits: Partial<GatewaySettings['limits']>,
  more: Partial<GatewaySettings> = {},
): Promise<Gateway> {
  const own = await startTestGateway(world, { limits: { ...roomy.limits, ...limits }, ...more })
  onTestFinished(own.stop)
  return own
}

const widget = (of: { url: string }, headers = {}) => TestClient.open<GatewayFrame>(of, '/v1/widget', headers)

describe('limits', () => {
  test('many requests with a body on one connection leave nothing behind on it', async () => {
    const own = await gatewayWith({})
    const warnings: string[] = []
    const warned = ({ name }: Error) => warnings.push(name)
    process.on('warning', warned)
    onTestFinished(() => void process.off('warning', warned))
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ports = new Set<number | undefined>()
    for (let n = 0; n < 12; n++) {
      const answer = await new Promise<string>((resolve, reject) => {
        const headers = { 'content-type': 'application/json', origin: own.url }
        const sent = request(`${own.url}/v1/sign-in`, { agent, method: 'POST', headers })
        sent.once('error', reject).once('response', (response) => {
          ports.add(response.socket.localPort)
          resolve(text(response))
        })
        sent.end('{"code":"no such code"}')
      })
      expect(JSON.parse(answer)).toMatchObject({ code: expect.any(String) })
    }
    agent.destroy()
    expect(ports.size).toBe(1)
    expect(warnings).toEqual([])
  })

  test('a foreign origin may not connect; an allowed one, an app and this machine may', async () => {
    const strict = await gatewayWith({}, { origins: ['https://www.example.com'] })
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
  })

  test('origins of all subdomains, of apps and of sandboxed frames may be allowed', async () => {
    const origins = ['https://*.example.com', 'http://*.example.org:81', 'null', 'capacitor://localhost']
    const wide = await gatewayWith({}, { origins })
    for (const origin of ['https://www.example.com', 'https://a.b.example.com', 'http://a.example.org:81'])
      (await widget(wide, { origin })).close()
    for (const origin of ['null', 'capacitor://localhost']) (await widget(wide, { origin })).close()
    for (const origin of [
      'https://example.com',
      'http://www.example.com',
      'https://www.example.com:444',
      'https://notexample.com',
      'https://evil.example/.example.com',
      'http://a.example.org',
    ])
      await expect(widget(wide, { origin })).rejects.toThrow('403')
  })

  test('a refused origin is told to its page, and once to the log', async () => {
    const lines: { level: number; origin?: string; msg: string }[] = []
    const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) })
    const strict = await startTestGateway({ ...world, log })
    onTestFinished(strict.stop)
    const origin = 'https://shop.example'
    const message = `pages of ${origin} may not connect: add it to the channel’s origins, or to the gateway’s FRONTDESK_ORIGINS`
    for (let n = 0; n < 3; n++) await expect(widget(strict, { origin })).rejects.toThrow('403')
    const ask = (headers: Record<string, string>) => fetch(`${strict.url}/v1/widget`, { headers })
    const refused = await ask({ origin })
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
    expect([refused.status, await refused.json()]).toEqual([403, { code: 'origin_refused', message }])
    expect((await ask({ origin: 'http://localhost:3000' })).status).toBe(204)
    expect(lines.filter(({ msg }) => msg === message)).toMatchObject([{ level: 40, origin }])
  })

  test('a channel that a strict engine does not know ends the connection for good', async () => {
    const strict = await startTestWorld()
    onTestFinished(strict.stop)
    await strict.startEngine(true)
    const gateway = await startTestGateway(strict)
    onTestFinished(gateway.stop)
    const client = await widget(gateway)
    client.send({ type: 'hello', channel: 'shopp' })
    expect(await client.end()).toBe(4404)
    expect(await client.first('error')).toMatchObject({ code: 'unknown_channel' })
  })

  test('connections are limited per address, and in total', async () => {
    const small = await gatewayWith({ connectionsPerAddressMax: 2, connectionsMax: 3 }, { trustProxy: true })
    const from = (address: string) => widget(small, { 'x-forwarded-for': address })
    const first = await from('10.0.0.1')
    await from('10.0.0.1')
    await expect(from('10.0.0.1')).rejects.toThrow('429')
    await from('10.0.0.2')
    await expect(from('10.0.0.3')).rejects.toThrow('503')
    first.close()
    await until(() => small.connections() === 2)
    await from('10.0.0.1')
  })

  test('the address is the one that the nearest proxy saw; a client’s own header entries are ignored', async () => {
    const small = await gatewayWith({ connectionsPerAddressMax: 1 }, { trustProxy: true })
    await widget(small, { 'x-forwarded-for': '10.0.0.8, 10.0.0.1' })
    await expect(widget(small, { 'x-forwarded-for': '10.0.0.9, 10.0.0.1' })).rejects.toThrow('429')
  })

  test('an IPv6 address counts by its /64, a mapped IPv4 address as IPv4', async () => {
    const small = await gatewayWith({ connectionsPerAddressMax: 1 }, { trustProxy: true })
    const from = (address: string) => widget(small, { 'x-forwarded-for': address })
    await from('2001:db8:0:7::1')
    await expect(from('2001:DB8::7:aaaa:0:0:2')).rejects.toThrow('429')
    await from('2001:db8:0:8::1')
    await from('::ffff:10.0.0.1')
    await expect(from('10.0.0.1')).rejects.toThrow('429')
    await from('::ffff:10.0.0.2')
    await from('::1')
  })

  test('a client that sends faster is read at its pace: nothing is lost', async () => {
    const slow = await gatewayWith({ eventsPerSecondMax: 20 })
    const { client } = await customerOf(slow)
    for (let i = 0; i < 60; i++) client.send({ type: 'message', clientId: `n${i}`, text: `number ${i}` })
    await client.first('record', ({ clientId }) => clientId === 'n59')
    expect(client.all('stored').map(({ clientId }) => clientId)).toEqual(
      Array.from({ length: 60 }, (_, i) => `n${i}`),
    )
    client.close()
  })

  /** The most frames that a pace of 10 a second lets through in so long: 20 at once, then 10 a second. */
  const passedAtMost = (sinceMs: number) => 21 + (10 * (performance.now() - sinceMs)) / 1_000

  test('all sessions of an address share its pace', async () => {
    const slow = await gatewayWith({ eventsPerSecondPerAddressMax: 10 })
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
  })

  test('all connections of a session share its pace', async () => {
    const slow = await gatewayWith({ eventsPerSecondMax: 10 })
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
  })

  test('a closed connection uses no turn of its address’s pace', async () => {
    const slow = await gatewayWith({ eventsPerSecondPerAddressMax: 1 })
    for (let i = 0; i < 20; i++) {
      const passing = await widget(slow)
      await new Promise((sent) => passing.socket.send('{}', sent))
      passing.close()
    }
    await until(() => slow.connections() === 0)
    // With a turn for each of the twenty, hello would come too late.
    const { client } = await customerOf(slow)
    client.close()
  })

  test('binary frames count like others', async () => {
    const slow = await gatewayWith({ eventsPerSecondMax: 1 })
    const { client } = await customerOf(slow)
    for (let i = 0; i < 2_000; i++) client.socket.send(Buffer.from([1]))
    expect(await client.end()).toBe(4429)
    expect(client.all('error').length).toBeLessThan(10)
  })

  test('a client that floods is disconnected', async () => {
    const slow = await gatewayWith({ eventsPerSecondMax: 1 })
    const { client } = await customerOf(slow)
    for (let i = 0; i < 2_000; i++) client.send({ type: 'ping' })
    expect(await client.end()).toBe(4429)
    expect(await client.first('error')).toMatchObject({ code: 'too_fast' })
  })
})
