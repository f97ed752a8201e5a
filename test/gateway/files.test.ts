import { createServer, request as httpRequest, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import type { Attachment } from '../../schemas/conversation/attachment.ts'
import type { GatewayFrame } from '../../schemas/protocol/widget.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { type FileSettings, readFileSettings } from '../../workers/settings/files.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { signedIn, startTestGateway, TestClient } from './test-gateway.ts'

let world: TestWorld
let gateway: Gateway

beforeAll(async () => {
  world = await startTestWorld()
  await world.startEngine()
  gateway = await startTestGateway(world, { origins: ['https://shop.example'] })
})
afterAll(() => world.stop())

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

interface Customer {
  session: string
  conversation: string
  client: TestClient<GatewayFrame>
}

async function customer(of: { url: string } = gateway): Promise<Customer> {
  const client = await TestClient.open<GatewayFrame>(of, '/v1/widget')
  client.send({ type: 'hello', channel: 'web' })
  const { session, conversation } = await client.first('welcome')
  await client.first('ready')
  return { session, conversation, client }
}

interface Sent {
  name?: string
  type?: string
  headers?: Record<string, string>
  query?: string
  to?: { url: string }
}

function send(bytes: Uint8Array | string, { name = 'a.png', type = 'image/png', ...sent }: Sent) {
  const form = new FormData()
  form.set('file', new Blob([bytes as never], { type }), name)
  const { headers = {}, query = '', to = gateway } = sent
  return fetch(`${to.url}/v1/files${query}`, { method: 'POST', headers, body: form })
}
const bearer = ({ session }: Pick<Customer, 'session'>) => ({ authorization: `Bearer ${session}` })
const get = (id: string, headers: Record<string, string>, query = '') =>
  fetch(`${gateway.url}/v1/files/${id}${query}`, { headers })
const stored = async () => (await world.nats.jsm.streams.info('OBJ_frontdesk_files')).state.messages

describe('a file', () => {
  test('goes both ways, to the sides of its conversation only, with headers that run nothing', async () => {
    const carl = await customer()
    const uploaded = await send(png, { name: 'Übersicht "1".png', headers: bearer(carl) })
    expect(uploaded.status).toBe(201)
    const file = (await uploaded.json()) as Attachment
    expect(file).toEqual({
      id: expect.stringMatching(/^[A-Za-z0-9_-]{31}$/),
      name: 'Übersicht _1_.png',
      type: 'image/png',
      size: png.length,
    })
    carl.client.send({
      type: 'message',
      clientId: 'm1',
      text: '',
      attachments: [{ ...file, name: 'evil', size: 1 }],
    })
    const { messages } = await carl.client.first('record', (frame) => frame.clientId === 'm1')
    expect(messages?.[0]).toMatchObject({ text: '', attachments: [file] })

    const shown = await get(file.id, bearer(carl))
    expect(Buffer.from(await shown.arrayBuffer())).toEqual(png)
    expect(Object.fromEntries(shown.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': `inline; filename="_bersicht _1_.png"; filename*=UTF-8''%C3%9Cbersicht%20_1_.png`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, max-age=3600',
    })

    const ann = await signedIn(gateway, 'agent', 'ann')
    await until(async () => (await get(file.id, ann)).status === 200)
    const bob = await signedIn(gateway, 'agent', 'bob', ['sales'])
    const mallory = await customer()
    const nothing = await get('x'.repeat(31), bearer(mallory))
    const nothingText = await nothing.text()
    for (const headers of [bob, bearer(mallory)]) {
      const refused = await get(file.id, headers)
      expect([refused.status, await refused.text()]).toEqual([404, nothingText])
    }
    expect((await get(file.id, {})).status).toBe(401)
    expect((await get(file.id, { authorization: 'Bearer x' })).status).toBe(401)
    const engineer = await signedIn(gateway, 'engineer', 'eve')
    expect((await get(file.id, engineer)).status).toBe(401)

    const answer = await send('notes', {
      name: 'n.txt',
      type: 'text/plain',
      headers: ann,
      query: `?conversation=${carl.conversation}`,
    })
    const note = (await answer.json()) as Attachment
    const desk = await TestClient.open(gateway, '/v1/desk?workspace=main', ann)
    await desk.first('ready')
    desk.send({ type: 'accept', conversation: carl.conversation, clientId: 'a1', request: 1 })
    desk.send({
      type: 'message',
      conversation: carl.conversation,
      clientId: 'a2',
      text: 'see',
      attachments: [note],
    })
    const said = await carl.client.first('record', ({ messages }) => messages?.[0]?.author.type === 'agent')
    expect(said.messages?.[0]).toMatchObject({ text: 'see', attachments: [note] })
    const saved = await get(note.id, bearer(carl))
    expect(await saved.text()).toBe('notes')
    expect(saved.headers.get('content-disposition')).toMatch(/^attachment; /)
    // The other side's file, and another conversation's, are no attachments of one's own.
    carl.client.send({ type: 'message', clientId: 'm2', text: 'x', attachments: [note] })
    mallory.client.send({ type: 'message', clientId: 'm3', text: 'x', attachments: [file] })
    desk.send({
      type: 'message',
      conversation: carl.conversation,
      clientId: 'a3',
      text: 'x',
      attachments: [file],
    })
    for (const client of [carl.client, mallory.client])
      expect(await client.first('error')).toMatchObject({ code: 'attachment_unknown' })
    expect(await desk.first('error')).toMatchObject({ code: 'attachment_unknown', clientId: 'a3' })
    const foreign = await send(png, { headers: ann, query: '?conversation=nobodys' })
    expect(foreign.status).toBe(404)
    const cookieOnly = await send(png, { headers: { cookie: ann.cookie, origin: 'https://evil.example' } })
    expect(cookieOnly.status).toBe(403)
  })

  test('is read by agents of the workspace as long as the conversation itself', async () => {
    const carl = await customer()
    const uploaded = await send(png, { headers: bearer(carl) })
    const { id } = (await uploaded.json()) as Attachment
    carl.client.send({ type: 'message', clientId: 'm1', text: 'see' })
    carl.client.send({ type: 'end', clientId: 'e1' })
    await carl.client.first('record', ({ status }) => status?.state === 'ended')
    const ann = await signedIn(gateway, 'agent', 'ann')
    const bob = await signedIn(gateway, 'agent', 'bob', ['sales'])
    await until(async () => (await get(id, ann)).status === 200)
    // The request leaves the bucket, as it does after a week.
    await new Bucket(world.nats, 'openRequests').purge(`main.${carl.conversation}`)
    expect((await get(id, ann)).status).toBe(200)
    expect((await get(id, bob)).status).toBe(404)
  })

  test('is asked for by pages of allowed origins only', async () => {
    const carl = await customer()
    const ask = (origin: string, method = 'POST') =>
      fetch(`${gateway.url}/v1/files`, {
        method,
        headers: { origin, ...(method === 'POST' && bearer(carl)) },
        ...(method === 'POST' && { body: new FormData() }),
      })
    expect((await ask('https://evil.example')).status).toBe(403)
    const preflight = await ask('https://shop.example', 'OPTIONS')
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://shop.example')
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull()
    expect((await ask('https://shop.example')).headers.get('access-control-allow-origin')).toBe(
      'https://shop.example',
    )
  })

  test.each<[string, string | Uint8Array, Sent, number]>([
    ['a page', '<!doctype html><script>alert(1)</script>', { name: 'a.html', type: 'text/html' }, 415],
    ['a page called a text', '\n <html><body>', { name: 'a.txt', type: 'text/plain' }, 415],
    [
      'a picture with scripts',
      '<svg xmlns="http://www.w3.org/2000/svg"/>',
      { name: 'a.svg', type: 'image/svg+xml' },
      415,
    ],
    ['a text called a picture', 'hello', {}, 415],
    [
      'a text that is no UTF-8 in the end',
      Buffer.concat([Buffer.alloc(200_000, 'a'), Buffer.from([0xff])]),
      { name: 'a.txt', type: 'text/plain' },
      415,
    ],
    ['too many bytes', Buffer.concat([png, Buffer.alloc(26_000_000)]), {}, 413],
  ])('is refused: %s; nothing is left', async (_, bytes, sent, status) => {
    const carl = await customer()
    const before = await stored()
    const refused = await send(bytes, { ...sent, headers: bearer(carl) })
    expect([refused.status, await stored()]).toEqual([status, before])
    // The connection is not stuck.
    expect((await send(png, { headers: bearer(carl) })).status).toBe(201)
  })

  test('is refused before all of it was sent; the connection goes on', async () => {
    const { session } = await customer()
    const { hostname, port } = new URL(gateway.url)
    const socket = connect(Number(port), hostname)
    let answers = ''
    socket.on('data', (part) => {
      answers += part
    })
    const head =
      '--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    const text = Buffer.alloc(4_000_000, 'a')
    const end = '\r\n--x--\r\n'
    socket.write(
      `POST /v1/files HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${session}\r\n` +
        `Content-Type: multipart/form-data; boundary=x\r\nContent-Length: ${head.length + text.length + end.length}\r\n\r\n${head}`,
    )
    socket.write(text.subarray(0, 100_000))
    await until(() => answers.startsWith('HTTP/1.1 415'))
    socket.write(text.subarray(100_000))
    socket.write(end)
    socket.write(`GET /healthz HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`)
    await until(() => answers.includes('HTTP/1.1 200'))
    socket.destroy()
  })

  test('is refused as a form without a file', async () => {
    const carl = await customer()
    const post = (body: string | FormData, headers = {}) =>
      fetch(`${gateway.url}/v1/files`, { method: 'POST', body, headers: { ...bearer(carl), ...headers } })
    const form = new FormData()
    form.set('conversation', carl.conversation)
    expect((await post(form)).status).toBe(400)
    expect((await post('{}', { 'content-type': 'application/json' })).status).toBeGreaterThanOrEqual(400)
    const broken = { 'content-type': 'multipart/form-data; boundary=x' }
    expect(
      (await post('--x\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n', broken))
        .status,
    ).toBe(400)
  })

  test('that is cut off is not there, wherever it is cut', async () => {
    const carl = await customer()
    const before = await stored()
    for (const bytes of [10, 100_000, 3_000_000]) {
      const cut = httpRequest(`${gateway.url}/v1/files`, {
        method: 'POST',
        headers: {
          ...bearer(carl),
          'content-type': 'multipart/form-data; boundary=x',
          'content-length': 9_000_000,
        },
      })
      cut.on('error', () => {})
      cut.write(
        '--x\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\ncontent-type: image/png\r\n\r\n',
      )
      await new Promise((resolve) => cut.write(Buffer.concat([png, Buffer.alloc(bytes)]), resolve))
      if (bytes > 1_000_000) await until(async () => (await stored()) > before)
      cut.destroy()
      await until(async () => (await stored()) === before)
    }
    expect((await send(png, { headers: bearer(carl) })).status).toBe(201)
  })
})

describe('limits', () => {
  const limited = async (files: Partial<FileSettings>) => {
    const to = await startTestGateway(world, { files: { ...readFileSettings({}), ...files } })
    return { to, carl: await customer(to) }
  }

  test('of the day’s bytes of a conversation', async () => {
    const { to, carl } = await limited({ bytesPerDayPerConversationMax: 100_000 })
    const sent = { to, headers: bearer(carl), name: 'a.txt', type: 'text/plain' }
    const statuses: number[] = []
    for (let n = 0; n < 4; n++) statuses.push((await send('x'.repeat(60_000), sent)).status)
    expect(statuses).toEqual([201, 201, 429, 429])
  })

  test('of uploads at once', async () => {
    const { to, carl } = await limited({ uploadsPerAddressMax: 1 })
    const slowly = () => {
      const headers = {
        ...bearer(carl),
        'content-type': 'multipart/form-data; boundary=x',
        'content-length': 9_000,
      }
      const request = httpRequest(`${to.url}/v1/files`, { method: 'POST', headers })
      request.on('error', () => {})
      // The other one was first.
      request.on('response', () => {
        slow = slowly()
      })
      request.write('--x\r\n')
      return request
    }
    let slow = slowly()
    await until(async () => (await send(png, { to, headers: bearer(carl) })).status === 429)
    slow.destroy()
    await until(async () => (await send(png, { to, headers: bearer(carl) })).status === 201)
  })

  test('customers may be kept from it', async () => {
    const { to, carl } = await limited({ ofCustomers: false })
    expect((await carl.client.first('welcome')).files).toBeUndefined()
    expect((await send(png, { to, headers: bearer(carl) })).status).toBe(403)
  })
})

describe('a scanner', () => {
  let scanner: Server
  let answer: (body: Buffer) => { status: number; text: string } | null = () => null
  const seen: Record<string, unknown>[] = []
  let to: Gateway

  beforeAll(async () => {
    scanner = createServer(async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      seen.push(request.headers)
      const said = answer(Buffer.concat(parts))
      if (said) response.writeHead(said.status).end(said.text)
      else response.destroy()
    })
    await new Promise<void>((resolve) => scanner.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(scanner.address() as AddressInfo).port}/scan`
    to = await startTestGateway(world, { files: { ...readFileSettings({}), scanner: url } })
  })
  afterAll(() => {
    scanner.closeAllConnections()
    scanner.close()
  })

  test.each([
    ['clean', { status: 200, text: '{"clean": true}' }, 201],
    ['not clean', { status: 200, text: '{"clean": false}' }, 422],
    ['not quite a word', { status: 200, text: '{"clean": "true"}' }, 422],
    ['no JSON', { status: 200, text: 'ok' }, 503],
    ['failing', { status: 500, text: '{"clean": true}' }, 503],
    ['unreachable', null, 503],
  ])('that says it is %s', async (_, said, status) => {
    const carl = await customer(to)
    const before = await stored()
    answer = (body) => (body.equals(png) ? said : { status: 400, text: '' })
    const sent = await send(png, { to, name: 'Ü.png', headers: bearer(carl) })
    expect(sent.status).toBe(status)
    expect(seen.at(-1)).toMatchObject({ 'content-type': 'image/png', 'x-file-name': '%C3%9C.png' })
    if (status !== 201) expect(await stored()).toBe(before)
  })
})
