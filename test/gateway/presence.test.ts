import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { onPresence, publishPresence } from '../../engine/nats/views/signals.ts'
import type { CustomerPresence, DeskPresence } from '../../schemas/conversation/presence.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { CustomerPresences } from '../../workers/gateway/sockets/customer-presences.ts'
import { SeenCustomers } from '../../workers/gateway/sockets/seen-customers.ts'
import { type TestWorld, until } from '../engine/test-world.ts'
import {
  customerOf,
  type Desk,
  openDesk,
  signedIn,
  startGatewayWorld,
  startTestGateway,
} from './test-gateway.ts'

let world: TestWorld
let gateway: Gateway
/** All that was told of customers, as desks hear it. */
const told: { conversation: string; state: CustomerPresence['state']; gateway?: string | undefined }[] = []
/** All that desks told. */
const desks: ({ workspace: string } & DeskPresence)[] = []

beforeAll(async () => {
  ;({ world, gateway } = await startGatewayWorld())
  await world.configure('channel.other', { id: 'other', workspace: 'other' })
  const nats = await world.connect('workspace')
  onPresence(nats, '*', (presence, conversation) => told.push({ conversation, ...presence }))
  await nats.flush()
  world.nats.connection.subscribe('frontdesk.desk.*', {
    callback: (_, message) => {
      desks.push({ workspace: message.subject.split('.')[2] ?? '', ...message.json<DeskPresence>() })
    },
  })
  await world.nats.flush()
})

afterAll(() => world?.stop())

const toldOf = (conversation: string) =>
  told.filter((one) => one.conversation === conversation).map(({ state }) => state)

const deskOf = async (agent: string, workspace = 'main') =>
  openDesk(gateway, await signedIn(gateway, 'agent', agent), workspace)

async function waiting(channel = 'web', on: { url: string } = gateway) {
  const customer = await customerOf(on, { channel })
  customer.client.send({ type: 'message', clientId: 'need', text: 'help' })
  const workspace = channel === 'other' ? 'other' : 'main'
  await until(async () => (await world.openRequest(workspace, customer.conversation)) !== null)
  return customer
}

const acceptedBy = async (desk: Desk, conversation: string) => {
  desk.send({ type: 'accept', conversation, clientId: `accept-${conversation}`, request: 1 })
  await desk.first(
    'request',
    ({ request: { conversation: of, state } }) => of === conversation && state === 'accepted',
  )
}

describe('a customer', () => {
  test('is here while a page is in sight, away while none is, and gone when the last has closed', async () => {
    const { client, conversation, session } = await customerOf(gateway)
    await until(() => toldOf(conversation).length === 1)
    client.send({ type: 'presence', state: 'away' })
    await until(() => toldOf(conversation).length === 2)
    const second = await customerOf(gateway, { session })
    await until(() => toldOf(conversation).length === 3)
    second.client.close()
    await until(() => toldOf(conversation).length === 4)
    client.close()
    await until(() => toldOf(conversation).length === 5)
    expect(toldOf(conversation)).toEqual(['here', 'away', 'here', 'away', 'gone'])
  })

  test('that begins in a page out of sight is away', async () => {
    const { client, conversation } = await customerOf(gateway, { channel: 'web', presence: 'away' })
    await until(() => toldOf(conversation).length === 1)
    expect(toldOf(conversation)).toEqual(['away'])
    client.close()
  })

  test('that reloads the page, or whose gateway stops, is not gone', async () => {
    const stopping = await startTestGateway(world)
    const [reloads, moves] = [await customerOf(gateway), await customerOf(stopping)]
    const leaves = await customerOf(gateway)
    reloads.client.close()
    const back = await customerOf(gateway, { session: reloads.session })
    await stopping.stop()
    const moved = await customerOf(gateway, { session: moves.session })
    leaves.client.close()
    // The others would have been gone by then, too.
    await until(() => toldOf(leaves.conversation).includes('gone'))
    expect(toldOf(reloads.conversation)).toEqual(['here'])
    expect(toldOf(moves.conversation)).toEqual(['here', 'here'])
    for (const { client } of [back, moved]) client.close()
  })

  test('cannot send a state that is none', async () => {
    const { client } = await customerOf(gateway)
    client.send({ type: 'presence', state: 'gone' })
    expect(await client.first('error')).toMatchObject({ code: 'frame_invalid', field: 'state' })
    client.close()
  })
})

describe('gateways', () => {
  /** Far apart, so that each message but the repeated ones is an answer. */
  const rare = { every: 60_000, lost: 150_000, grace: 0 }

  async function twoGateways(times = rare) {
    const first = new CustomerPresences(await world.connect('widget'), times)
    const nats = await world.connect('widget')
    const second = new CustomerPresences(nats, times)
    await nats.flush()
    world.onStop(async () => {
      for (const one of [first, second]) one.stop()
    })
    return { first, second }
  }

  test('repeat that a customer is there, one of them for each', async () => {
    const { first, second } = await twoGateways({ every: 300, lost: 30_000, grace: 0 })
    const pages = [first.join('shared', true), second.join('shared', true), first.join('alone', false)]
    await until(() => toldOf('alone').length > 10)
    expect(new Set(toldOf('shared'))).toEqual(new Set(['here']))
    expect(
      new Set(
        told
          .filter((one) => one.conversation === 'shared')
          .slice(2)
          .map((one) => one.gateway),
      ).size,
    ).toBe(1)
    // About as many as of the other, not twice.
    expect(toldOf('shared').length).toBeLessThan(toldOf('alone').length * 1.5)
    for (const page of pages) page.leave()
    await until(() => toldOf('shared').includes('gone') && toldOf('alone').includes('gone'))
  })

  test('correct one that knows of less', async () => {
    const { first, second } = await twoGateways()
    const inSight = first.join('two-tabs', true)
    await until(() => toldOf('two-tabs').length === 1)
    const hidden = second.join('two-tabs', true)
    await until(() => toldOf('two-tabs').length === 2)
    hidden.turned(false)
    // The other gateway's answer.
    await until(() => toldOf('two-tabs').length === 4)
    hidden.leave()
    inSight.turned(false)
    await until(() => toldOf('two-tabs').length === 5)
    inSight.leave()
    await until(() => toldOf('two-tabs').length === 6)
    expect(toldOf('two-tabs')).toEqual(['here', 'here', 'away', 'here', 'away', 'gone'])
  })

  test('speak for a customer whose other gateway was lost', async () => {
    const { first, second } = await twoGateways({ every: 300, lost: 900, grace: 0 })
    first.join('lost', true)
    await until(() => toldOf('lost').length > 0)
    second.join('lost', false)
    first.stop()
    await until(() => toldOf('lost').includes('away'))
  })

  test('hear of customers who are there, and that one is silent', async () => {
    const nats = await world.connect('workspace')
    const changes: string[] = []
    const customers = new SeenCustomers(
      nats,
      {
        changed: (conversation, { state }) => {
          if (conversation.startsWith('seen-')) changes.push(`${conversation} ${state}`)
        },
        open: () => ['seen-before'],
      },
      600,
    )
    await nats.flush()
    const widget = await world.connect('widget')
    const here = setInterval(() => publishPresence(widget, 'seen-loud', 'here'), 50)
    publishPresence(widget, 'seen-silent', 'here')
    expect(customers.presenceOf('seen-before')).toBeUndefined()
    await until(() => changes.length === 4)
    expect(changes.slice(0, 2).sort()).toEqual(['seen-loud here', 'seen-silent here'])
    expect(changes.slice(2).sort()).toEqual(['seen-before gone', 'seen-silent gone'])
    expect(customers.presenceOf('seen-loud')).toMatchObject({ state: 'here' })
    expect(customers.presenceOf('seen-silent')).toMatchObject({ state: 'gone' })
    clearInterval(here)
    customers.stop()
  })
})

describe('a desk', () => {
  test('learns whether the customers of its workspace’s requests are there', async () => {
    const first = await waiting()
    const elsewhere = await waiting('other')
    const desk = await deskOf('ann')
    expect(await desk.first('presence')).toMatchObject({ conversation: first.conversation, state: 'here' })
    const second = await waiting()
    const of = (conversation: string, state: string) => (frame: { conversation: string; state: string }) =>
      frame.conversation === conversation && frame.state === state
    await desk.first('presence', of(second.conversation, 'here'))
    first.client.send({ type: 'presence', state: 'away' })
    await desk.first('presence', of(first.conversation, 'away'))
    for (const { client } of [elsewhere, second]) client.close()
    const gone = await desk.first('presence', of(second.conversation, 'gone'))
    expect(Object.keys(gone).sort()).toEqual(['at', 'conversation', 'state', 'type'])
    expect(
      desk.all('presence').filter(({ conversation }) => conversation === elsewhere.conversation),
    ).toEqual([])
    for (const one of [desk, first.client]) one.close()
  })

  test('tells its agent’s state until it closes', async () => {
    const desk = await deskOf('dora', 'other')
    const states = () => desks.filter(({ agent }) => agent.id === 'dora').map(({ state }) => state)
    await until(() => states().length === 1)
    desk.send({ type: 'state', state: 'away' })
    await until(() => states().length === 2)
    desk.send({ type: 'state', state: 'online' })
    await until(() => states().length === 3)
    // The interval, which is short.
    await until(() => states().length === 4)
    desk.close()
    await until(() => states().includes('gone'))
    expect(states().slice(0, 4)).toEqual(['online', 'away', 'online', 'online'])
    expect(desks.find(({ agent }) => agent.id === 'dora')).toEqual({
      workspace: 'other',
      desk: expect.stringMatching(/^[\w-]{20,64}$/),
      agent: { id: 'dora', name: 'Dora' },
      state: 'online',
    })
    expect(new Set(desks.filter(({ agent }) => agent.id === 'dora').map((one) => one.desk)).size).toBe(1)
  })

  test('that is signed out has gone', async () => {
    const headers = await signedIn(gateway, 'agent', 'eve')
    const desk = await openDesk(gateway, headers)
    const answer = await fetch(`${gateway.url}/v1/sign-out`, { method: 'POST', headers })
    expect(answer.status).toBe(204)
    await until(() => desks.some(({ agent, state }) => agent.id === 'eve' && state === 'gone'))
    expect(await desk.end()).toBe(4401)
  })

  test('that signs out gives back what its agent has, if it is their last one', async () => {
    const [mine, offered, colleagues, elsewhere] = await Promise.all([
      waiting(),
      waiting(),
      waiting(),
      waiting('other'),
    ])
    const [fay, gus] = await Promise.all([deskOf('fay'), deskOf('gus')])
    const other = await deskOf('fay', 'other')
    await acceptedBy(fay, mine.conversation)
    await acceptedBy(gus, colleagues.conversation)
    await acceptedBy(other, elsewhere.conversation)
    await acceptedBy(gus, offered.conversation)
    gus.send({
      type: 'transfer',
      conversation: offered.conversation,
      clientId: 't',
      to: { agent: { id: 'fay' } },
    })
    await fay.first(
      'request',
      ({ request }) => request.conversation === offered.conversation && request.offer?.agent.id === 'fay',
    )
    const stateOf = async (conversation: string, workspace = 'main') => {
      const request = await world.openRequest(workspace, conversation)
      return [request?.state, request?.offer?.agent.id, request?.agent?.id].join()
    }
    fay.send({ type: 'leave' })
    await fay.first('left')
    await until(() => desks.some(({ agent, signsOut }) => agent.id === 'fay' && signsOut === true))
    // The notifier has heard it, too, and decides within a second.
    await sleep(1_500)
    expect(await stateOf(mine.conversation)).toBe('accepted,,fay')
    expect(await stateOf(offered.conversation)).toBe('waiting,fay,')

    // Accepted so late that the bucket does not show it yet.
    const late = await waiting('other')
    await other.first('request', ({ request }) => request.conversation === late.conversation)
    other.send({ type: 'accept', conversation: late.conversation, clientId: 'late', request: 1 })
    other.send({ type: 'leave' })
    await other.first('left')
    for (const { conversation } of [mine, offered])
      await until(async () => (await stateOf(conversation)) === 'waiting,,')
    for (const { conversation } of [elsewhere, late])
      await until(async () => (await stateOf(conversation, 'other')) === 'waiting,,')
    expect(await stateOf(colleagues.conversation)).toBe('accepted,,gus')
    fay.send({ type: 'state', state: 'online' })
    await until(
      () =>
        desks.findLast(({ agent, workspace }) => agent.id === 'fay' && workspace === 'main')?.state ===
        'online',
    )
    for (const one of [
      fay,
      gus,
      other,
      ...[mine, offered, colleagues, elsewhere, late].map(({ client }) => client),
    ])
      one.close()
  })

  test('learns who is there, as does a later one', async () => {
    const desk = await deskOf('ann', 'quiet')
    const { agents } = await desk.first('team', ({ agents }) => agents.some(({ id }) => id === 'ann'))
    const later = await deskOf('bob', 'quiet')
    const ann = agents.find(({ id }) => id === 'ann')
    expect((await later.first('team')).agents).toContainEqual(ann)
    for (const one of [desk, later]) one.close()
  })
})
