import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { CustomerClient, type CustomerOptions } from '../../workers/client/customer-client.ts'
import { uploadFile } from '../../workers/client/files.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { type TestWorld, until } from '../engine/test-world.ts'
import { startGatewayWorld, startTestGateway } from '../gateway/test-gateway.ts'

let world: TestWorld
let gateway: Gateway
beforeAll(async () => {
  const started = await startGatewayWorld()
  world = started.world
  gateway = started.gateway
})
afterAll(() => world?.stop())

/** A client whose sockets the test can cut. */
function newClient(options: Partial<CustomerOptions> = {}) {
  const sockets: WebSocket[] = []
  class Socket extends WebSocket {
    constructor(url: string) {
      super(url)
      sockets.push(this)
      this.on('error', () => {})
    }
  }
  const client = new CustomerClient({
    gateway: gateway.url,
    channel: 'web',
    WebSocket: Socket as unknown as NonNullable<CustomerOptions['WebSocket']>,
    ...options,
  })
  onTestFinished(() => client.close())
  return { client, sockets }
}

const texts = ({ conversation }: CustomerClient) =>
  conversation.lines.map(({ author, text }) => `${author.type}: ${text}`)

it('sends once what it has to send again, and shows the records, over a lost connection', async () => {
  const { client, sockets } = newClient()
  client.send({ type: 'message', text: 'one' })
  await until(() => client.isReady)
  sockets[0]?.terminate()
  client.send({ type: 'message', text: 'two' })
  expect(client.conversation.sent.at(-1)?.event).toMatchObject({ text: 'two' })
  await until(() => client.conversation.status?.state === 'queued' && client.conversation.sent.length === 0)
  expect(texts(client).filter((text) => text.startsWith('customer'))).toEqual([
    'customer: one',
    'customer: two',
  ])
  expect(sockets.length).toBeGreaterThan(1)
  await until(() => client.conversation.place?.position !== undefined)
})

it('resumes with its session and outbox, as another program', async () => {
  const { client } = newClient()
  client.send({ type: 'message', text: 'one' })
  await until(() => client.conversation.lines.length > 1 && client.session !== undefined)
  client.close()
  const { client: other } = newClient()
  other.start(client.session, [{ type: 'message', clientId: 'left-over', text: 'two' }])
  await until(() => other.conversation.lines.some(({ text }) => text === 'two'))
  expect(texts(other).slice(0, client.conversation.lines.length)).toEqual(texts(client))
})

it('begins another conversation with the text that came after the end', async () => {
  const { client } = newClient()
  client.send({ type: 'message', text: 'one' })
  await until(() => client.isReady && client.conversation.lines.length > 1)
  const { session } = client
  client.send({ type: 'end' })
  await until(() => client.conversation.status?.state === 'ended')
  client.send({ type: 'message', text: 'once more' })
  await until(() => texts(client).includes('customer: once more'))
  expect(client.session).not.toBe(session)
  expect(texts(client)).not.toContain('customer: one')
})

it('logs out everywhere: another client of the session forgets the conversation', async () => {
  const over: string[] = []
  const { client } = newClient()
  client.send({ type: 'message', text: 'one' })
  await until(() => client.isReady)
  const { client: other } = newClient({ over: (reason) => void over.push(reason) })
  other.start(client.session)
  await until(() => other.isReady)
  client.logout()
  expect(client.conversation.lines).toEqual([])
  await until(() => over.length > 0)
  expect(over).toEqual(['loggedOut'])
})

it('is told why it is refused, and sends nothing more', async () => {
  const messages: string[] = []
  const refused = (message: string) => void messages.push(message)
  const { client } = newClient({ refused, channel: 'no token' })
  client.connect()
  await until(() => messages.length > 0)
  expect(messages[0]).toMatch(/^channel /)
  client.send({ type: 'message', text: 'x' })
  expect(client.outbox).toEqual([])
  expect(client.state).toBe('closed')
})

it('begins at the first record where the gateway does not know the last one', async () => {
  const { client } = newClient()
  client.send({ type: 'message', text: 'one' })
  await until(() => client.isReady && client.conversation.sent.length === 0)
  const lines = texts(client)
  client.close()
  client.conversation = { ...client.conversation, sequence: 999_999_999 }
  client.connect()
  await until(() => client.isReady && client.conversation.sequence < 999_999_999)
  expect(texts(client)).toEqual(lines)
})

it('uploads a file, which goes with a message', async () => {
  const { client } = newClient()
  client.send({ type: 'message', text: 'one' })
  await until(() => client.isReady)
  const attachment = await uploadFile(gateway.url, client.session ?? '', new Blob(['hello']), 'hello.txt')
  expect(attachment).toMatchObject({ name: 'hello.txt', size: 5 })
  client.send({ type: 'message', text: '', attachments: [attachment] })
  await until(() =>
    client.conversation.lines.some(({ attachments }) => attachments?.[0]?.id === attachment.id),
  )
  await expect(uploadFile(gateway.url, 'wrong', new Blob(['x']), 'x.txt')).rejects.toMatchObject({
    code: expect.any(String),
    status: 401,
  })
})

it('finds a gateway again that was away', async () => {
  const own = await startTestGateway(world)
  const { client } = newClient({ gateway: own.url })
  client.send({ type: 'message', text: 'one' })
  await until(() => client.isReady)
  await own.stop()
  await until(() => client.state !== 'open')
  client.send({ type: 'message', text: 'two' })
  await startTestGateway(world, { port: Number(new URL(own.url).port) })
  await until(() => client.conversation.lines.some(({ text }) => text === 'two'))
})
