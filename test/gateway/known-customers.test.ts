import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endedRequestTtl } from '../../engine/nats/topology.ts'
import type { SearchAnswer } from '../../schemas/protocol/search.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { type TestWorld, until } from '../engine/test-world.ts'
import { signJwt } from './identity/sign-jwt.ts'
import {
  type Customer,
  customerOf,
  openDesk,
  signedIn,
  startGatewayWorld,
  TestClient,
} from './test-gateway.ts'

let world: TestWorld
let gateway: Gateway
let key: { kid: string; secret: string }
beforeAll(async () => {
  ;({ world, gateway } = await startGatewayWorld())
  key = await gateway.identity.keys.create('Web shop')
  await world.configure('channel.shop', { id: 'shop', workspace: 'sales', attributes: ['order', 'plan'] })
})
afterAll(() => world?.stop())

const login = (external_id: string, claims: object = {}) =>
  signJwt({ alg: 'HS256', kid: key.kid }, { external_id, scope: 'user', ...claims }, key.secret)
const ann = { id: 'ann', name: 'Ann' }
let said = 0

/** A conversation with this text, once an agent would see it. */
async function conversationOf(text: string, hello: object = {}) {
  const customer = await customerOf(gateway, { channel: 'web', ...hello })
  customer.client.send({ type: 'message', clientId: `said-${said++}`, text })
  await customer.client.first('record', ({ messages }) => messages?.some((one) => one.text === text) === true)
  return customer
}

async function ended(text: string, hello: object = {}) {
  const customer = await conversationOf(text, hello)
  await world.publish(customer.conversation, 'agent.accepted', { agent: ann })
  await world.publish(customer.conversation, 'agent.message', { agent: ann, text: 'Gladly' })
  customer.client.send({ type: 'end', clientId: 'end' })
  await customer.client.first('record', ({ status }) => status?.state === 'ended')
  return customer
}

describe('attributes', () => {
  test('that the channel names reach the request: the page’s, and verified ones with a login', async () => {
    const attributes = { order: 4711, plan: 'free', shoe: 'left' }
    const { client, conversation } = await conversationOf('help', { channel: 'shop', attributes })
    const request = async () => (await world.openRequest('sales', conversation))?.attributes
    await until(async () => (await request()) !== undefined)
    expect(await request()).toEqual([
      { name: 'order', value: 4711, verified: false },
      { name: 'plan', value: 'free', verified: false },
    ])
    client.send({ type: 'login', token: login('u-1', { plan: 'gold', shoe: 'right' }) })
    await client.first('login', ({ ok }) => ok)
    await until(async () => (await request())?.some(({ verified }) => verified) === true)
    expect(await request()).toEqual([
      { name: 'order', value: 4711, verified: false },
      { name: 'plan', value: 'gold', verified: true },
    ])
    client.close()
  })

  test('of a login at the beginning are verified, and stand before the page’s', async () => {
    const hello = { channel: 'shop', attributes: { plan: 'free' }, login: login('u-2', { plan: 'gold' }) }
    const { client, conversation } = await conversationOf('help', hello)
    await until(async () => (await world.openRequest('sales', conversation)) !== null)
    expect((await world.openRequest('sales', conversation))?.attributes).toEqual([
      { name: 'plan', value: 'gold', verified: true },
    ])
    const [notification] = (await world.stored('workspace')).map(({ body }) => JSON.parse(body)).slice(-1)
    expect(notification).toMatchObject({ conversation, attributes: [{ name: 'plan', verified: true }] })
    client.close()
  })

  test.each([
    ['too many', Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`a${n}`, n])), 20],
    ['a long one', { plan: 'x'.repeat(256) }, 255],
    ['an object', { plan: {} }, undefined],
    ['a name that is no token', { 'a b': 1 }, undefined],
  ])('%s are refused by name', async (_, attributes, limit) => {
    const client: Customer = await TestClient.open(gateway, '/v1/widget')
    client.send({ type: 'hello', channel: 'shop', attributes })
    const error = await client.first('error')
    expect(error).toMatchObject({ code: 'frame_invalid', field: expect.stringMatching(/^attributes/) })
    expect(error.limit).toBe(limit)
    client.close()
  })
})

describe('a customer who has logged in', () => {
  const listed = async (client: Customer) => {
    const answered = client.all('conversations').length
    client.send({ type: 'conversations' })
    await until(() => client.all('conversations').length > answered)
    return client.all('conversations').at(-1)
  }
  const once = async (client: Customer, texts: (string | undefined)[]) => {
    let list = await listed(client)
    await until(async () => {
      list = await listed(client)
      const now = list?.conversations.map(({ text }) => text)
      return list?.isComplete === true && now?.join() === texts.join()
    })
    return list?.conversations ?? []
  }

  test('finds their conversations on another device, and continues them', async () => {
    const first = await ended('A broken lamp', { login: login('u-7') })
    const second = await conversationOf('A late kettle', { login: login('u-7') })
    const other = await conversationOf('Not yours', { login: login('u-8') })
    const phone = await customerOf(gateway, { channel: 'web', login: login('u-7') })
    const found = await once(phone.client, [undefined, 'A late kettle', 'A broken lamp'])
    expect(found.map(({ conversation, state }) => [conversation, state])).toEqual([
      [phone.conversation, 'greeting'],
      [second.conversation, 'queued'],
      [first.conversation, 'ended'],
    ])
    phone.client.send({ type: 'continue', conversation: second.conversation })
    const { session } = await phone.client.first('session')
    const again = await customerOf(gateway, { session })
    expect(again.conversation).toBe(second.conversation)
    expect(again.client.texts()).toContain('A late kettle')
    // Neither another customer's, nor a visitor's, nor none at all.
    const visitors = await conversationOf('A visitor’s')
    for (const [n, conversation] of [other.conversation, visitors.conversation, 'nothing'].entries()) {
      phone.client.send({ type: 'continue', conversation })
      await until(() => phone.client.all('error').length > n)
    }
    expect(phone.client.all('error').map(({ code }) => code)).toEqual(Array(3).fill('not_yours'))
    expect(phone.client.all('session')).toHaveLength(1)
    for (const { client } of [first, second, other, phone, again, visitors]) client.close()
  })

  test('continues after a logout, which ends all sessions before it', async () => {
    const before = await conversationOf('A teapot', { login: login('u-9') })
    before.client.send({ type: 'logout' })
    expect(await before.client.end()).toBe(4403)
    const now = await customerOf(gateway, { channel: 'web', login: login('u-9') })
    await once(now.client, [undefined, 'A teapot'])
    now.client.send({ type: 'continue', conversation: before.conversation })
    const { session } = await now.client.first('session')
    const again = await customerOf(gateway, { session })
    expect(again.client.texts()).toContain('A teapot')
    const old = await TestClient.open(gateway, '/v1/widget')
    old.send({ type: 'hello', session: before.session })
    expect(await old.end()).toBe(4401)
    // The next logout ends this one, too.
    again.client.send({ type: 'logout' })
    expect(await again.client.end()).toBe(4403)
    const gone = await TestClient.open(gateway, '/v1/widget')
    gone.send({ type: 'hello', session })
    expect(await gone.end()).toBe(4401)
    now.client.close()
  })

  test('is told nothing before, and nothing that was erased', async () => {
    const visitor = await customerOf(gateway)
    expect(await listed(visitor.client)).toEqual({
      type: 'conversations',
      conversations: [],
      isComplete: true,
    })
    visitor.client.send({ type: 'continue', conversation: visitor.conversation })
    expect(await visitor.client.first('error')).toMatchObject({ code: 'not_yours' })
    const erased = await conversationOf('A secret', { login: login('u-10') })
    const now = await customerOf(gateway, { channel: 'web', login: login('u-10') })
    await once(now.client, [undefined, 'A secret'])
    await world.publish(erased.conversation, 'admin.erased', {})
    await once(now.client, [undefined])
    now.client.send({ type: 'continue', conversation: erased.conversation })
    expect(await now.client.first('error')).toMatchObject({ code: 'not_yours' })
    for (const { client } of [visitor, now]) client.close()
  })
})

describe('an agent', () => {
  const get = async (query: string, headers: Record<string, string>) => {
    const answer = await fetch(`${gateway.url}/v1/desk/conversations?${query}`, { headers })
    return { status: answer.status, body: (await answer.json()) as SearchAnswer & { code?: string } }
  }
  const found = async (query: string, headers: Record<string, string>, texts: string[]) => {
    let answer = await get(query, headers)
    const needs = () => answer.body.conversations?.map(({ need }) => need)
    await until(async () => {
      answer = await get(query, headers)
      return needs()?.join() === texts.join()
    }, 20_000).catch(() => {})
    expect(needs()).toEqual(texts)
    return answer.body.conversations
  }

  test('finds conversations of their own workspaces, and reads those that have ended long ago', async () => {
    const sold = await ended('An umbrella of sales', { channel: 'shop' })
    const main = await ended('An umbrella of main')
    const [sales, both] = [
      await signedIn(gateway, 'agent', 'sal', ['sales']),
      await signedIn(gateway, 'agent', 'bob', ['sales', 'main']),
    ]
    const [one] = await found('text=UMBRELLA', sales, ['An umbrella of sales'])
    expect(one).toMatchObject({
      conversation: sold.conversation,
      state: 'ended',
      said: { text: 'An umbrella of sales', marks: [[3, 8]] },
    })
    await found('text=umbrella', both, ['An umbrella of main', 'An umbrella of sales'])
    await found('text=umbrella&workspace=main', both, ['An umbrella of main'])
    expect(await get('text=umbrella&workspace=main', sales)).toMatchObject({
      status: 403,
      body: { code: 'not_allowed' },
    })
    expect((await get('offset=x', sales)).status).toBe(422)
    expect((await get('', {})).status).toBe(401)
    expect((await get('', await signedIn(gateway, 'engineer', 'eve'))).status).toBe(401)

    // As after a week: the bucket has it no more.
    expect(endedRequestTtl).toBe('168h')
    await world.nats.jsm.streams.purge('KV_frontdesk_requests', {
      filter: `$KV.frontdesk_requests.sales.${sold.conversation}`,
    })
    const desk = await openDesk(gateway, sales, 'sales')
    desk.send({ type: 'open', conversation: sold.conversation })
    await desk.first('ready', (frame) => frame.conversation === sold.conversation)
    expect(desk.texts()).toContain('An umbrella of sales')
    expect(
      await desk.first('request', ({ request }) => request.conversation === sold.conversation),
    ).toMatchObject({
      request: { state: 'ended', workspace: 'sales', need: 'An umbrella of sales' },
    })
    // Workspaces: another one, and none.
    desk.send({ type: 'open', conversation: main.conversation })
    desk.send({ type: 'open', conversation: 'nothing' })
    await until(() => desk.all('error').length === 2)
    expect(desk.all('error').map(({ code }) => code)).toEqual(Array(2).fill('unknown_conversation'))
    desk.close()
  })

  test('is answered at a pace', async () => {
    const headers = await signedIn(gateway, 'agent', 'fast')
    const began = performance.now()
    const answers: Awaited<ReturnType<typeof get>>[] = []
    // A slow machine sends the first ones so slowly that the pace bears them.
    await expect
      .poll(async () => {
        answers.push(...(await Promise.all(Array.from({ length: 40 }, () => get('text=anvil', headers)))))
        return answers.find(({ status }) => status === 503)?.body.code
      })
      .toBe('busy')
    const served = answers.filter(({ status }) => status !== 503)
    // 20 at once, then 10 a second, and one for the clock's rounding.
    expect(served.length).toBeLessThanOrEqual(21 + (performance.now() - began) / 100)
  })
})
