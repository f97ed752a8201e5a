import { once } from 'node:events'
import websocket from '@fastify/websocket'
import { headers as newHeaders } from '@nats-io/transport-node'
import Fastify from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { connectNats, type Nats } from '../../engine/nats/connect.ts'
import { examples } from '../../workers/gateway/description/examples.ts'
import { until } from '../engine/test-world.ts'
import { startTestServer, type TestServer } from '../test-server.ts'
import { checkNats } from './check-nats.ts'
import { takeViolations } from './violations.ts'

/* That the check of all tests' traffic finds what is wrong, and nothing in what is right. */

let server: TestServer
let nats: Nats

beforeAll(async () => {
  server = await startTestServer()
  nats = await connectNats(server.url, 'conformance')
  checkNats(nats)
  await nats.connection.flush()
})

afterAll(async () => {
  await nats?.close()
  await server?.stop()
})

const record = examples.ConversationRecord?.[0] as object

it.each([
  ['a record', 'frontdesk.live.c1', record, /^$/],
  [
    'a field that is not described',
    'frontdesk.live.c1',
    { ...record, secret: 1 },
    /additional properties.*secret/,
  ],
  ['a missing field', 'frontdesk.queue.c1', { position: 2 }, /'waiting'/],
  ['a wrong value', 'frontdesk.presence.c1.customer', { state: 'asleep', at: '' }, /\/state/],
])('%s over NATS', async (_, subject, body, expected) => {
  const headers = { 'Nats-Sequence': '2', 'Nats-Last-Sequence': '1' }
  await publish(subject, body, headers)
  expect(takeViolations().join()).toMatch(expected)
})

it('a record of an event that the description does not allow', async () => {
  await publish('frontdesk.inbox.c1.session.message', { text: 7 }, { 'Nats-Msg-Id': 'm1' })
  expect(takeViolations()).toEqual([])
  const event = { id: 'm1', type: 'session.message', seq: 1 }
  await publish(
    'frontdesk.live.c1',
    { ...record, event },
    { 'Nats-Sequence': '2', 'Nats-Last-Sequence': '1' },
  )
  expect(takeViolations().join()).toMatch(
    /there is a record of a session.message, though \/text must be string/,
  )
})

async function publish(subject: string, body: object, fields: Record<string, string>): Promise<void> {
  const headers = newHeaders()
  for (const [name, value] of Object.entries(fields)) headers.set(name, value)
  nats.connection.publish(subject, JSON.stringify(body), { headers })
  // The message comes back before the answer to this.
  await nats.connection.flush()
}

it.each([
  ['an answer', '/healthz', 200, { status: 'ok' }, /^$/],
  [
    'a field that is not described',
    '/healthz',
    200,
    { status: 'ok', since: 1 },
    /"additionalProperty":"since"/,
  ],
  ['a status that is not described', '/healthz', 418, { status: 'ok' }, /this status is not described/],
  ['a code that is not described', '/v1/admin/keys', 403, { code: 'no', message: '' }, /\/code/],
  ['a page', '/desk', 200, { status: 'fine' }, /^$/],
])('%s over HTTP', async (_, path, status, body, expected) => {
  const http = Fastify()
  http.get(path, (_, reply) => reply.code(status).send(body))
  await http.inject({ url: path })
  expect(takeViolations().join()).toMatch(expected)
  await http.close()
})

it('frames', async () => {
  const http = Fastify()
  await http.register(websocket)
  http.get('/v1/widget', { websocket: true }, (socket) => {
    socket.on('message', () => {
      for (const frame of [{ type: 'ready' }, { type: 'ready', at: 1 }, { type: 'stored', clientId: 'a b' }])
        socket.send(JSON.stringify(frame))
    })
  })
  const url = await http.listen({ host: '127.0.0.1', port: 0 })
  const client = new WebSocket(`${url.replace('http', 'ws')}/v1/widget`)
  await once(client, 'open')
  client.send(JSON.stringify({ type: 'message', clientId: 'a b', text: '' }))
  const received: unknown[] = []
  client.on('message', (data) => received.push(data))
  await until(() => received.length === 3)
  const [wrong = '', accepted = '', ...others] = takeViolations()
  expect(wrong).toMatch(/ready.*"additionalProperty":"at"/)
  expect(accepted).toMatch(/a frame was accepted, though \/clientId must match pattern/)
  expect(others).toEqual([])
  client.terminate()
  await http.close()
})
