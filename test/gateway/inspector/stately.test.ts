import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createMachine } from 'xstate'
import {
  beginningOf,
  conversationParts,
  customerText,
  type Definition,
  defineConversation,
} from '../../../engine/machines/define-conversation.ts'
import { connectNats } from '../../../engine/nats/connect.ts'
import { startEngine } from '../../../engine/nats/engine/start-engine.ts'
import { subjects } from '../../../engine/nats/topology.ts'
import type { TicketAnswer } from '../../../schemas/protocol/inspector.ts'
import type { WireEvent } from '../../../schemas/protocol/stately.ts'
import type { StaffRole } from '../../../schemas/roles.ts'
import type { Gateway } from '../../../workers/gateway/gateway.ts'
import { masked } from '../../../workers/gateway/inspector/mask-words.ts'
import { Tickets } from '../../../workers/gateway/inspector/tickets.ts'
import { startTestWorld, type TestWorld, until } from '../../engine/test-world.ts'
import { startTestProvider } from '../identity/test-provider.ts'
import { signedIn, startTestGateway, TestClient } from '../test-gateway.ts'

const partitions = 4
const { setup, root, agentStates } = conversationParts()

function version(number: number, migrations?: Definition['migrations']): Definition {
  const says = { type: 'say', params: ({ event }: { event: never }) => customerText(event) }
  const machine = setup.createMachine({
    ...root,
    entry: [],
    id: 'own',
    context: beginningOf,
    initial: `talking${number}`,
    states: { [`talking${number}`]: { on: { 'session.message': { actions: says } } }, ...agentStates },
  } as never)
  return defineConversation({ id: 'own', version: number, machine, ...(migrations && { migrations }) })
}
const later = version(2, { 1: ({ context }) => ({ value: 'talking2', context }) })

let world: TestWorld
let gateway: Gateway
let stopEngine: () => Promise<void>
let cookie: string
let count = 0
/** Each test has a conversation of its own. */
let c: string

beforeAll(async () => {
  world = await startTestWorld(partitions)
  stopEngine = await startOwnEngine(version(1))
  await world.configure('bot.own', { id: 'own', machine: 'own' })
  await world.configure('channel.own', { id: 'own', bot: 'own' })
  gateway = await startTestGateway(world, {}, [later])
  cookie = await cookieOf('engineer')
})
afterAll(async () => {
  await stopEngine?.()
  await world?.stop()
})
beforeEach(() => {
  c = `c${++count}`
})

async function startOwnEngine(definition: Definition): Promise<() => Promise<void>> {
  const nats = await connectNats(world.server.url, 'own')
  const options = { partitions, strictChannels: false, definitions: [definition] }
  const engine = await startEngine(nats, world.log, options)
  await until(() => engine.held().length === partitions)
  return () => engine.stop().then(() => nats.close())
}

const cookieOf = async (role: StaffRole) => (await signedIn(gateway, role, 'eve')).cookie

function post(path: string, body: object, cookie: string, origin = gateway.url): Promise<Response> {
  const headers = { 'content-type': 'application/json', origin, cookie }
  return fetch(`${gateway.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

async function ticketFor(conversation: string, reveal = false): Promise<string> {
  const answer = await post('/v1/inspector/tickets', { conversation, reveal }, cookie)
  expect(answer.status).toBe(200)
  return ((await answer.json()) as TicketAnswer).ticket
}

const path = (conversation: string, query: Record<string, string> = {}) =>
  `/v1/inspector/conversations/${conversation}/stately?${new URLSearchParams(query)}`

/** A program elsewhere, with a ticket. */
async function attach(query: Record<string, string> = {}): Promise<TestClient<WireEvent>> {
  const ticket = await ticketFor(c)
  return await TestClient.open(gateway, path(c, { ticket, ...query }), { origin: 'https://stately.example' })
}

const started = ['session.started', { channel: 'web', locale: 'en' }] as const
const said = ['session.message', { text: 'My anvil is broken' }] as const

/** All at once; settles when they have been dealt with. */
async function happen(...events: (readonly [type: string, payload: unknown, id?: string])[]): Promise<void> {
  for (const [type, payload, id] of events) await world.publish(c, type, payload, id)
}

const logged = async () => (await world.stored('events', subjects.eventsOf(c))).map(({ seq }) => seq)

const seqsOf = (client: TestClient<WireEvent>, type: '@xstate.event' | '@xstate.snapshot') =>
  client.all(type).map(({ event }) => (event.frontdesk as { seq: number }).seq)

/** Every event that the log has, once and in order, each with its snapshot. */
async function hasAll(client: TestClient<WireEvent>): Promise<void> {
  const seqs = await logged()
  await until(() => client.all('@xstate.snapshot').length >= seqs.length)
  expect(seqsOf(client, '@xstate.event')).toEqual(seqs)
  expect(seqsOf(client, '@xstate.snapshot')).toEqual(seqs)
}

describe('a conversation in the XState inspector’s protocol', () => {
  it('is sent from the beginning and then live to each connection', async () => {
    const chat = Array.from({ length: 60 }, (_, n) => ['session.message', { text: `message ${n}` }] as const)
    await happen(started, ...chat)
    const early = await attach()
    const going = happen(...chat, ['session.ended', {}], said)
    const late = await attach({ speed: '1000' })
    await going
    await hasAll(early)
    await hasAll(late)
    const latest = await attach()
    await hasAll(latest)
    expect(latest.frames).toEqual(early.frames)
    expect(late.frames).toEqual(early.frames)
    expect(early.all('@xstate.actor')).toHaveLength(1)
    expect(early.frames.at(-1)).toMatchObject({
      event: { frontdesk: { outcome: 'rejected', rejected: { code: 'conversation_ended' } } },
      snapshot: { value: 'ended', status: 'done' },
    })
    for (const client of [early, late, latest]) client.close()
  })

  it('includes events without effect, each with the unchanged snapshot', async () => {
    await happen(said, started, [...said, 'twice'])
    await until(async () => (await world.records(c)).length === 3)
    // Once the stream itself does not recognize it any more: till then it names the first one.
    const [, , first] = await logged()
    await until(async () => (await world.publish(c, ...said, 'twice')) !== first)
    await happen(['agent.ended', { agent: { id: 'ann' } }], ['session.message', '{broken'])
    const client = await attach()
    await hasAll(client)
    const outcomes = client
      .all('@xstate.event')
      .map(({ event }) => (event.frontdesk as { outcome: string }).outcome)
    expect(outcomes).toEqual(['rejected', 'applied', 'applied', 'repeated', 'rejected', 'buried'])
    const snapshots = client.all('@xstate.snapshot').map(({ snapshot }) => snapshot)
    expect(snapshots[0]).toEqual({ status: 'active', value: {}, context: {} })
    expect(snapshots.slice(2)).toEqual(Array(4).fill(snapshots[2]))
    client.close()
  })

  it('masks the customer’s texts unless they are revealed', async () => {
    await happen(started, said)
    await until(async () => (await world.records(c)).length === 2)
    const client = await attach({ reveal: '1' })
    await hasAll(client)
    expect(JSON.stringify(client.frames)).not.toContain('anvil')
    expect(client.all('@xstate.event').at(-1)).toMatchObject({ event: { text: masked } })
    client.close()
    const revealed = await TestClient.open<WireEvent>(
      gateway,
      path(c, { ticket: await ticketFor(c, true), reveal: '1' }),
    )
    await hasAll(revealed)
    expect(revealed.all('@xstate.event').at(-1)).toMatchObject({ event: { text: 'My anvil is broken' } })
    revealed.close()
    const unasked = await TestClient.open<WireEvent>(gateway, path(c, { ticket: await ticketFor(c, true) }))
    await hasAll(unasked)
    expect(unasked.frames).toEqual(client.frames)
    unasked.close()
    const own = { cookie, origin: gateway.url }
    const page = await TestClient.open<WireEvent>(gateway, path(c, { reveal: '1' }), own)
    await hasAll(page)
    expect(page.frames).toEqual(revealed.frames)
    page.close()
  })

  it('continues as a child actor after a migration to a later version', async () => {
    await happen(['session.started', { channel: 'own' }], said)
    await until(async () => (await world.records(c)).length === 2)
    const client = await attach()
    await hasAll(client)
    await stopEngine()
    stopEngine = await startOwnEngine(later)
    await happen(said, said)
    await hasAll(client)
    const child = `${c}/own@2`
    expect(client.all('@xstate.actor')).toMatchObject([
      // Nobody has this version any more.
      { sessionId: c, definition: '{"id":"own@1"}', snapshot: { value: 'talking1' } },
      { sessionId: child, parentId: c, rootId: c, snapshot: { value: 'talking2' } },
    ])
    expect(client.all('@xstate.event').map(({ sessionId }) => sessionId)).toEqual([c, c, child, child])
    // An inspector makes a machine of the definition, and finds the state in it.
    const machine = createMachine(JSON.parse(client.all('@xstate.actor')[1]?.definition as string))
    expect(machine.getStateNodeById('own.talking2')).toBeDefined()
    client.close()
  })

  it('ends when the gateway stops, with a close code that allows a reconnect', async () => {
    const other = await startTestGateway(world)
    await happen(started)
    const client = await TestClient.open<WireEvent>(other, path(c), await signedIn(other, 'engineer', 'eve'))
    await hasAll(client)
    await other.stop()
    expect(await client.end()).toBe(1001)
  })
})

describe('an engineer', () => {
  it('gets events only while signed in', async () => {
    const provider = await startTestProvider()
    const theirs = await startTestGateway(world, { identityProvider: provider.settings })
    await happen(started, said)
    const open = async (exp: number) => {
      const claims = { sub: 'eve', roles: ['engineer'], exp: Math.floor(Date.now() / 1000) + exp }
      const authorization = `Bearer ${await provider.sign(claims)}`
      return await TestClient.open<WireEvent>(theirs, path(c), { authorization })
    }
    // More than a timer can be: 24.8 days, and 49.7 days.
    const clients = [await open(30 * 86_400), await open(60 * 86_400)] as const
    const brief = await open(2)
    expect(await brief.end()).toBe(4401)
    await happen(said)
    for (const client of clients) await hasAll(client)
    expect(seqsOf(brief, '@xstate.event')).not.toContain((await logged()).at(-1))
    expect(clients.map(({ closed }) => closed)).toEqual([0, 0])
    await theirs.stop()
    await provider.stop()
  })
})

describe('a client without the right', () => {
  it('gets nothing without a ticket, or as an agent', async () => {
    for (const headers of [{}, { cookie: await cookieOf('agent'), origin: gateway.url }])
      await expect(TestClient.open(gateway, path(c), headers)).rejects.toThrow('401')
    await expect(TestClient.open(gateway, path(c, { ticket: '' }))).rejects.toThrow('401')
    expect((await post('/v1/inspector/tickets', { conversation: c }, await cookieOf('agent'))).status).toBe(
      401,
    )
  })

  it('cannot use an engineer’s cookie from another origin', async () => {
    const stranger = { cookie, origin: 'https://stranger.example' }
    await expect(TestClient.open(gateway, path(c), stranger)).rejects.toThrow('403')
    await expect(TestClient.open(gateway, path(c), { cookie })).rejects.toThrow('403')
    const made = await post('/v1/inspector/tickets', { conversation: c }, cookie, 'https://stranger.example')
    expect(made.status).toBe(403)
  })

  it('cannot use a ticket for another conversation or route', async () => {
    const ticket = await ticketFor(c)
    await expect(TestClient.open(gateway, path('another', { ticket }))).rejects.toThrow('401')
    await expect(TestClient.open(gateway, `${path(c, { ticket })}&ticket=x`)).rejects.toThrow('401')
    for (const other of [
      `/conversations/${c}/steps`,
      `/conversations/${c}/steps/1`,
      '/conversations',
      '/stuck',
    ])
      expect((await fetch(`${gateway.url}/v1/inspector${other}?ticket=${ticket}`)).status).toBe(401)
    expect((await post(`/v1/inspector/tickets?ticket=${ticket}`, { conversation: c }, '')).status).toBe(401)
    // Without asking for a WebSocket there is nothing to see.
    expect((await fetch(`${gateway.url}${path(c, { ticket })}`)).status).toBe(404)
  })

  it('is refused with invalid parameters', async () => {
    const ticket = await ticketFor(c)
    for (const speed of ['0', '-1', 'fast'])
      await expect(TestClient.open(gateway, path(c, { ticket, speed }))).rejects.toThrow('400')
    expect((await post('/v1/inspector/tickets', { conversation: 'a.b' }, cookie)).status).toBe(422)
    expect((await post('/v1/inspector/tickets', {}, cookie)).status).toBe(422)
  })
})

describe('a ticket', () => {
  const engineer = {
    role: 'engineer' as const,
    id: 'eve',
    name: 'Eve',
    workspaces: 'all' as const,
    expiresAt: Date.now() + 3_600_000,
  }
  const grant = { engineer, conversation: 'c1', isRevealed: false, address: '127.0.0.1' }

  it('can be used repeatedly from its own origin', () => {
    const tickets = new Tickets()
    const { ticket, expiresAt } = tickets.create(grant)
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 10 * 60_000)
    for (let i = 0; i < 2; i++) expect(tickets.grantOf(ticket, 'c1', '127.0.0.1')).toMatchObject(grant)
    expect(tickets.grantOf(ticket, 'c1', '192.0.2.1')).toBeUndefined()
    expect(tickets.grantOf(`${ticket}x`, 'c1', '127.0.0.1')).toBeUndefined()
  })

  it('expires with its engineer’s sign-in', () => {
    const tickets = new Tickets()
    const { ticket } = tickets.create({ ...grant, engineer: { ...engineer, expiresAt: Date.now() - 1 } })
    expect(tickets.grantOf(ticket, 'c1', '127.0.0.1')).toBeUndefined()
  })

  it('is dropped when there are too many', () => {
    const tickets = new Tickets()
    const made = Array.from({ length: 1_001 }, () => tickets.create(grant).ticket)
    expect(tickets.grantOf(made[0] as string, 'c1', '127.0.0.1')).toBeUndefined()
    expect(tickets.grantOf(made[1] as string, 'c1', '127.0.0.1')).toBeDefined()
    expect(tickets.grantOf(made[1_000] as string, 'c1', '127.0.0.1')).toBeDefined()
  })
})
