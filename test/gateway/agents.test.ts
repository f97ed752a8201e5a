import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { type TestWorld, until } from '../engine/test-world.ts'
import { customerOf, type Desk, openDesk, signedIn, startGatewayWorld, TestClient } from './test-gateway.ts'

let world: TestWorld
let gateway: Gateway

beforeAll(async () => {
  ;({ world, gateway } = await startGatewayWorld())
  await world.configure('channel.other', { id: 'other', workspace: 'other' })
})

afterAll(() => world?.stop())

const deskOf = async (agent: string, workspace = 'main') =>
  openDesk(gateway, await signedIn(gateway, 'agent', agent), workspace)

/** A customer who waits for an agent. */
async function waiting(channel = 'web') {
  const customer = await customerOf(gateway, { channel })
  customer.client.send({ type: 'message', clientId: 'need', text: 'help' })
  await customer.client.first('record', ({ status }) => status?.state === 'queued')
  const workspace = channel === 'other' ? 'other' : 'main'
  await until(async () => (await world.openRequest(workspace, customer.conversation)) !== null)
  return customer
}

const isOf = (conversation: string) => (frame: { request: { conversation: string } }) =>
  frame.request.conversation === conversation

describe('a desk', () => {
  test('has the saved replies of its workspace, and each change', async () => {
    const early = await deskOf('ann')
    await early.first('ready')
    await world.configure('reply.all', {
      id: 'all',
      title: 'B',
      text: 'Hello {{customer.name}}',
      shortcut: 'hi',
    })
    const texts = { en: 'x', fr: 'y' }
    await world.configure('reply.other', { id: 'other', title: 'A', text: texts, workspace: 'other' })
    await world.configure('reply.wrong', { id: 'wrong', title: '' })
    const all = { id: 'all', title: 'B', text: 'Hello {{customer.name}}', shortcut: 'hi' }
    expect(await early.first('replies')).toEqual({ type: 'replies', replies: [all] })
    const late = await deskOf('bob', 'other')
    const two = ({ replies }: { replies: unknown[] }) => replies.length === 2
    expect(await late.first('replies', two)).toEqual({
      type: 'replies',
      replies: [{ id: 'other', title: 'A', text: 'x', texts }, all],
    })
    await world.configure('reply.all', { ...all, title: 'C' })
    await early.first('replies', ({ replies }) => replies[0]?.title === 'C')
    early.close()
    late.close()
  })

  test('gets the open requests, then each change', async () => {
    const first = await waiting()
    const desk = await deskOf('ann')
    expect(await desk.first('welcome')).toMatchObject({
      agent: { id: 'ann', name: 'Ann' },
      workspace: 'main',
    })
    expect(await desk.first('request', isOf(first.conversation))).toMatchObject({
      request: { state: 'waiting', need: 'help' },
    })
    const second = await waiting()
    await desk.first('request', isOf(second.conversation))
    second.client.send({ type: 'end', clientId: 'bye' })
    await desk.first(
      'request',
      (frame) => isOf(second.conversation)(frame) && frame.request.state === 'withdrawn',
    )
    desk.close()
  })

  test('that reads the open requests slowly gets none that has ended meanwhile', async () => {
    const bucket = new Bucket(world.nats, 'openRequests')
    const need = 'x'.repeat(16_000)
    const requestOf = (n: number, state: 'waiting' | 'ended', record: number) => {
      const at = new Date(1_700_000_000_000 + n).toISOString()
      const customer = { name: null, email: null, externalId: null, verified: false }
      const hours = 'during'
      const request = { workspace: 'busy', conversation: `busy-${n}`, request: 1, record, at, queuedAt: at }
      return JSON.stringify({
        ...request,
        channel: 'web',
        locale: 'en',
        hours,
        opensAt: null,
        customer,
        need,
        state,
      })
    }
    // More than the gateway's end of the line and this one hold.
    const last = 800
    for (let n = 0; n <= last; n += 50)
      await Promise.all(
        Array.from({ length: Math.min(50, last + 1 - n) }, (_, i) =>
          bucket.put(`busy.busy-${n + i}`, requestOf(n + i, 'waiting', n + i + 1)),
        ),
      )
    const quick = await deskOf('bob', 'busy')
    const headers = await signedIn(gateway, 'agent', 'ann')
    const slow: Desk = await TestClient.open(gateway, '/v1/desk?workspace=busy', headers)
    // The gateway has begun to send: what is open is known to it since the first desk came.
    slow.socket.pause()
    await bucket.put(`busy.busy-${last}`, requestOf(last, 'ended', 10_000))
    const isLast = isOf(`busy-${last}`)
    // Both desks are sent a change at the same moment.
    await quick.first('request', (frame) => isLast(frame) && frame.request.state === 'ended')
    slow.socket.resume()
    await slow.first('ready')
    const told = slow.all('request')
    expect(told.filter(isLast).map(({ request }) => request.state)).toEqual(['ended'])
    expect(told.filter(isOf('busy-0'))).toHaveLength(1)
    for (const desk of [quick, slow]) desk.close()
  })

  test('accepts, reads the whole transcript, replies and ends; the customer sees it', async () => {
    const { client, conversation } = await waiting()
    const desk = await deskOf('ann')
    desk.send({ type: 'accept', conversation, clientId: 'a1', request: 1 })
    await desk.first('stored', ({ clientId }) => clientId === 'a1')
    await desk.first('record', ({ clientId, status }) => clientId === 'a1' && status?.agent?.id === 'ann')
    expect(desk.texts()).toEqual([
      'Hi! How can we help?',
      'help',
      'Thanks, an agent will be with you shortly.',
      'Ann has joined.',
    ])
    desk.send({ type: 'message', conversation, clientId: 'a2', text: 'Hello <b>you</b>' })
    const said = await client.first('record', ({ messages }) => messages?.[0]?.text === 'Hello <b>you</b>')
    expect(said.messages?.[0]?.author).toEqual({ type: 'agent', name: 'Ann' })
    desk.send({ type: 'end', conversation, clientId: 'a3' })
    await client.first('record', ({ status }) => status?.state === 'ended')
    await desk.first('request', (frame) => isOf(conversation)(frame) && frame.request.state === 'ended')
    desk.close()
    client.close()
  })

  test('that loses a race to accept learns who won', async () => {
    const { conversation, client } = await waiting()
    const [ann, bob] = await Promise.all([deskOf('ann'), deskOf('bob')])
    for (const desk of [ann, bob]) desk.send({ type: 'accept', conversation, clientId: 'mine', request: 1 })
    const outcome = await Promise.all(
      [ann, bob].map(async (desk) => {
        await until(
          () =>
            desk.all('rejected').length +
              desk.all('record').filter(({ clientId }) => clientId === 'mine').length >
            0,
        )
        return desk.all('rejected')[0]
      }),
    )
    const lost = outcome.filter((one) => one !== undefined)
    expect(lost).toHaveLength(1)
    const winner = outcome[0] ? 'bob' : 'ann'
    expect(lost[0]).toMatchObject({ code: 'already_accepted', clientId: 'mine', agent: { id: winner } })
    await client.first('record', ({ status }) => status?.state === 'withAgent')
    expect(client.texts().filter((text) => text.endsWith('has joined.'))).toHaveLength(1)
    for (const one of [ann, bob, client]) one.close()
  })

  test('that releases a request gives it back to all', async () => {
    const { conversation, client } = await waiting()
    const [ann, bob] = await Promise.all([deskOf('ann'), deskOf('bob')])
    ann.send({ type: 'accept', conversation, clientId: 'a', request: 1 })
    await bob.first('request', (frame) => isOf(conversation)(frame) && frame.request.state === 'accepted')
    ann.send({ type: 'release', conversation, clientId: 'b', reason: 'lunch' })
    await ann.first('record', ({ clientId }) => clientId === 'b')
    bob.send({ type: 'accept', conversation, clientId: 'c', request: 1 })
    await bob.first('record', ({ clientId }) => clientId === 'c')
    expect(await bob.first('record', ({ notes }) => notes !== undefined)).toMatchObject({
      notes: [{ author: { type: 'agent', id: 'ann' }, text: 'lunch' }],
      requests: [{ action: 'released' }],
    })
    expect(JSON.stringify(client.frames)).not.toContain('lunch')
    ann.send({ type: 'message', conversation, clientId: 'd', text: 'still there?' })
    expect(await ann.first('rejected')).toMatchObject({ clientId: 'd', code: 'not_the_agent' })
    ann.send({ type: 'note', conversation, clientId: 'e', text: 'knows the code' })
    await bob.first('record', ({ notes }) => notes?.[0]?.text === 'knows the code')
    for (const one of [ann, bob, client]) one.close()
  })

  test('that reconnects gets what it missed, and can open an ended conversation', async () => {
    const { conversation, client } = await waiting()
    const desk = await deskOf('ann')
    desk.send({ type: 'accept', conversation, clientId: 'a', request: 1 })
    const { sequence } = await desk.first('record', ({ clientId }) => clientId === 'a')
    desk.close()
    client.send({ type: 'message', clientId: 'm', text: 'meanwhile' })
    await client.first('record', ({ clientId }) => clientId === 'm')
    const back = await deskOf('ann')
    back.send({ type: 'open', conversation, after: sequence })
    await back.first('ready', (frame) => frame.conversation === conversation)
    expect(back.texts()).toEqual(['meanwhile'])
    back.send({ type: 'open', conversation, after: sequence + 1_000 })
    expect(await back.first('error')).toMatchObject({ code: 'after_unknown', conversation })
    back.send({ type: 'end', conversation, clientId: 'z' })
    await back.first('request', (frame) => isOf(conversation)(frame) && frame.request.state === 'ended')
    back.close()
    const later = await deskOf('ann')
    expect(later.all('request').filter(isOf(conversation))).toEqual([])
    later.send({ type: 'open', conversation })
    await later.first('request', isOf(conversation))
    await later.first('ready', (frame) => frame.conversation === conversation)
    expect(later.texts()).toContain('meanwhile')
    later.close()
    client.close()
  })

  test('that sends an event twice stores it once', async () => {
    const { conversation, client } = await waiting()
    const desk = await deskOf('ann')
    desk.send({ type: 'accept', conversation, clientId: 'a', request: 1 })
    for (let i = 0; i < 2; i++) desk.send({ type: 'message', conversation, clientId: 'b', text: 'once' })
    desk.send({ type: 'message', conversation, clientId: 'c', text: 'last' })
    await client.first('record', ({ messages }) => messages?.[0]?.text === 'last')
    expect(client.texts().filter((text) => text === 'once')).toHaveLength(1)
    desk.close()
    client.close()
  })

  test('sees the customer typing; the customer sees their own agent typing only', async () => {
    const { conversation, client } = await waiting()
    const [ann, bob] = await Promise.all([deskOf('ann'), deskOf('bob')])
    ann.send({ type: 'accept', conversation, clientId: 'a', request: 1 })
    await ann.first('request', (frame) => isOf(conversation)(frame) && frame.request.state === 'accepted')
    client.send({ type: 'typing' })
    expect(await ann.first('typing')).toEqual({ type: 'typing', conversation })
    bob.send({ type: 'open', conversation })
    await bob.first('ready', (frame) => frame.conversation === conversation)
    bob.send({ type: 'typing', conversation })
    ann.send({ type: 'typing', conversation })
    await client.first('typing')
    expect(client.all('typing')).toEqual([{ type: 'typing', agent: { name: 'Ann' } }])
    for (const one of [ann, bob, client]) one.close()
  })

  test('learns that a conversation was erased', async () => {
    const { conversation } = await waiting()
    const desk = await deskOf('ann')
    await world.publish(conversation, 'admin.erased', {})
    expect(await desk.first('gone')).toEqual({ type: 'gone', conversation })
    desk.close()
  })
})

describe('an agent has no access', () => {
  test('to a conversation of another workspace', async () => {
    const { conversation, client } = await waiting('other')
    const desk = await deskOf('ann')
    for (const frame of [
      { type: 'open', conversation },
      { type: 'accept', conversation, clientId: 'a', request: 1 },
      { type: 'message', conversation, clientId: 'b', text: 'hi' },
    ])
      desk.send(frame)
    await until(() => desk.all('error').length === 3)
    for (const error of desk.all('error'))
      expect(error).toMatchObject({ code: 'unknown_conversation', conversation })
    const events = (await world.records(conversation)).map(({ event }) => event.type)
    expect(events.filter((type) => type.startsWith('agent.'))).toEqual([])
    desk.close()
    client.close()
  })

  test('to what was transferred to another workspace, from then on', async () => {
    const { conversation } = await waiting()
    const [ann, bob] = [await deskOf('ann'), await deskOf('bob')]
    ann.send({ type: 'accept', conversation, clientId: 'a', request: 1 })
    await ann.first('request', (frame) => isOf(conversation)(frame) && frame.request.state === 'accepted')
    ann.send({ type: 'transfer', conversation, clientId: 't', to: { workspace: 'other' } })
    await ann.first('request', (frame) => isOf(conversation)(frame) && frame.request.movedTo === 'other')
    for (const desk of [ann, bob]) {
      desk.send({ type: 'open', conversation })
      await desk.first('error', (frame) => frame.conversation === conversation)
    }
    const sequence = ann.all('record').filter((frame) => frame.conversation === conversation).length
    await world.publish(conversation, 'session.message', { text: 'for the others only' })
    const other = await deskOf('eve', 'other')
    other.send({ type: 'open', conversation })
    await other.first('ready', (frame) => frame.conversation === conversation)
    expect(other.texts()).toContain('for the others only')
    expect(ann.all('record').filter((frame) => frame.conversation === conversation)).toHaveLength(sequence)
    for (const desk of [ann, bob, other]) desk.close()
  })

  test('to a workspace that is not theirs', async () => {
    const headers = await signedIn(gateway, 'agent', 'carl', ['main'])
    await expect(TestClient.open(gateway, '/v1/desk?workspace=other', headers)).rejects.toThrow('403')
    ;(await TestClient.open(gateway, '/v1/desk?workspace=main', headers)).close()
  })

  test.each([
    ['without a cookie', async () => ({})],
    ['with an administrator’s cookie', () => signedIn(gateway, 'administrator', 'root')],
    [
      'with a cookie that was changed',
      async () => ({ cookie: `${(await signedIn(gateway, 'agent', 'ann')).cookie.slice(0, -3)}AAA` }),
    ],
    ['with a Bearer that nobody signed', async () => ({ authorization: 'Bearer a.b.c' })],
  ])('%s', async (_, headersOf) => {
    const headers = { ...(await headersOf()), origin: gateway.url }
    await expect(TestClient.open(gateway, '/v1/desk', headers)).rejects.toThrow('401')
  })

  test('from a page of a foreign origin, even with the cookie', async () => {
    const headers = { ...(await signedIn(gateway, 'agent', 'ann')), origin: 'https://evil.example' }
    await expect(TestClient.open(gateway, '/v1/desk', headers)).rejects.toThrow(/401|403/)
  })

  test('with a frame that a desk does not send', async () => {
    const desk = await deskOf('ann')
    desk.send({ type: 'session.message', conversation: 'c1', text: 'I am the customer' })
    desk.send({ type: 'open', conversation: 'a.b' })
    desk.send({ type: 'message', conversation: 'c1', clientId: 'a', text: 'x'.repeat(4_097) })
    await until(() => desk.all('error').length === 3)
    expect(desk.all('error')).toMatchObject([
      { code: 'frame_invalid', field: 'type' },
      { code: 'frame_invalid', field: 'conversation' },
      { code: 'frame_invalid', field: 'text', limit: 4_096, clientId: 'a' },
    ])
    desk.close()
  })
})
