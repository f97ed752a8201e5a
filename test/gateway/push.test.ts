import { createECDH, createPublicKey, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
// The library that encrypts is the one that web-push stands on; it decrypts here as a browser would.
// @ts-expect-error it has no types
import ece from 'http_ece'
import { jwtVerify } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { PushMessage } from '../../schemas/protocol/desk.ts'
import { AllowedHosts } from '../../workers/calls/client/allowed-hosts.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { signedIn, startTestGateway } from './test-gateway.ts'

let world: TestWorld
let gateway: Gateway
let service: PushService

beforeEach(async () => {
  world = await startTestWorld()
  await world.startEngine()
  service = await startPushService()
  const pushHosts = AllowedHosts.parse(new URL(service.url).host) as AllowedHosts
  gateway = await startTestGateway(world, { pushHosts })
})
afterEach(async () => {
  await world.stop()
  service.server.close()
})

/** A push service, and the browsers behind it. */
interface PushService {
  url: string
  server: Server
  received: { path: string; headers: IncomingMessage['headers']; message: PushMessage }[]
  /** The status of its answers. */
  status: number
  browser(path: string): { endpoint: string; keys: { p256dh: string; auth: string } }
}

async function startPushService(): Promise<PushService> {
  const browsers = new Map<string, { privateKey: ReturnType<typeof createECDH>; authSecret: string }>()
  const received: PushService['received'] = []
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    const path = request.url ?? ''
    const message = JSON.parse(ece.decrypt(body, { version: 'aes128gcm', ...browsers.get(path) }).toString())
    received.push({ path, headers: request.headers, message })
    response.writeHead(made.status).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const made: PushService = {
    url,
    server,
    received,
    status: 201,
    browser: (path) => {
      const privateKey = createECDH('prime256v1')
      const p256dh = privateKey.generateKeys('base64url')
      const authSecret = randomBytes(16).toString('base64url')
      browsers.set(path, { privateKey, authSecret })
      return { endpoint: url + path, keys: { p256dh, auth: authSecret } }
    },
  }
  return made
}

type Headers = Awaited<ReturnType<typeof signedIn>>

const asked = (method: string, headers: Headers, body: object) =>
  fetch(`${gateway.url}/v1/push/subscriptions`, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

async function subscribe(agent: string, path: string, workspace = 'main'): Promise<Headers> {
  const headers = await signedIn(gateway, 'agent', agent)
  const answer = await asked('POST', headers, { workspace, subscription: service.browser(path) })
  expect(answer.status).toBe(204)
  return headers
}

async function queue(id: string, channel = 'web') {
  await world.publish(id, 'session.started', { channel })
  await world.publish(id, 'session.details', { name: 'José' })
  await world.publish(id, 'session.message', { text: 'help' })
}

const paths = () => service.received.map(({ path }) => path).sort()

test('agents of the workspace are notified of a request, encrypted for their browsers, and signed', async () => {
  await world.configure('channel.web', { id: 'web', duringHours: { customerDetails: ['name'] } })
  await world.configure('channel.other', { id: 'other', workspace: 'other' })
  const headers = await subscribe('ann', '/ann')
  await subscribe('bob', '/bob')
  await subscribe('eve', '/eve', 'other')
  await queue('c1')
  await until(() => service.received.length === 2)
  expect(paths()).toEqual(['/ann', '/bob'])
  const [first] = service.received
  expect(first?.message).toEqual({ action: 'created', workspace: 'main', conversation: 'c1', name: 'José' })
  expect(first?.headers).toMatchObject({ ttl: '600', urgency: 'high', 'content-encoding': 'aes128gcm' })

  const answer = await fetch(`${gateway.url}/v1/push/key`, { headers })
  const { key } = (await answer.json()) as { key: string }
  const [, token = '', named] = /^vapid t=([^,]+), ?k=(.+)$/.exec(first?.headers.authorization ?? '') ?? []
  expect(named).toBe(key)
  const { payload } = await jwtVerify(token, vapidKey(key), { audience: service.url })
  expect(payload.sub).toMatch(/^mailto:/)
})

test('of two gateways one sends, with the keys that both have', async () => {
  const pushHosts = AllowedHosts.parse(new URL(service.url).host) as AllowedHosts
  const second = await startTestGateway(world, { pushHosts })
  const headers = await subscribe('ann', '/ann')
  const keys = await Promise.all(
    [gateway, second].map(async ({ url }) => (await fetch(`${url}/v1/push/key`, { headers })).json()),
  )
  expect(keys[0]).toEqual(keys[1])
  await queue('c1')
  await until(() => service.received.length > 0)
  await second.stop()
  expect(paths()).toEqual(['/ann'])
})

test('a browser that has dropped its subscription, or an agent who leaves, is sent nothing more', async () => {
  const headers = await subscribe('ann', '/ann')
  await subscribe('bob', '/bob')
  const endpoint = `${service.url}/ann`
  expect((await asked('DELETE', headers, { endpoint })).status).toBe(204)
  service.status = 410
  await queue('c1')
  await until(() => service.received.length === 1)
  expect(paths()).toEqual(['/bob'])
  const left = async () =>
    (
      await world.nats.jsm.streams.info('KV_frontdesk_secrets', {
        subjects_filter: '$KV.frontdesk_secrets.push.*',
      })
    ).state.subjects
  await until(async () => {
    const subjects = Object.keys((await left()) ?? {})
    const last = await Promise.all(
      subjects.map((subject) =>
        world.nats.jsm.streams.getMessage('KV_frontdesk_secrets', { last_by_subj: subject }),
      ),
    )
    return last.every((message) => message?.header.get('KV-Operation') === 'DEL')
  })
})

test('an endpoint elsewhere, another workspace, a bad key: refused', async () => {
  const headers = await signedIn(gateway, 'agent', 'ann', ['main'])
  const subscription = service.browser('/ann')
  const refusals = await Promise.all(
    [
      { workspace: 'main', subscription: { ...subscription, endpoint: 'http://127.0.0.1:1/x' } },
      { workspace: 'other', subscription },
      { workspace: 'main', subscription: { ...subscription, keys: { p256dh: 'x', auth: 'y' } } },
    ].map(async (body) => {
      const answer = await asked('POST', headers, body)
      return [answer.status, ((await answer.json()) as { code: string }).code]
    }),
  )
  expect(refusals).toEqual([
    [403, 'not_allowed'],
    [403, 'not_allowed'],
    [422, 'invalid'],
  ])
  expect((await fetch(`${gateway.url}/v1/push/key`)).status).toBe(401)
})

/** A VAPID public key, an uncompressed point, as a key that verifies. */
function vapidKey(key: string) {
  const point = Buffer.from(key, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'))
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: `${x}`, y: `${y}` }, format: 'jwk' })
}
