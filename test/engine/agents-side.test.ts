import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Notification } from '../../schemas/conversation/notification.ts'
import { startTestWorld, type TestWorld, until } from './test-world.ts'

let world: TestWorld

beforeEach(async () => {
  world = await startTestWorld()
})
afterEach(() => world.stop())

const ann = { agent: { id: 'ann', name: 'Ann' } }

async function queue(id: string) {
  await world.publish(id, 'session.started', { channel: 'web' })
  await world.publish(id, 'session.message', { text: `need of ${id}` })
}

async function told(): Promise<[workspace: string, action: string, more: Partial<Notification>][]> {
  return (await world.stored('workspace')).map(({ body }) => {
    const { workspace, action, reason, agent, offerUntil } = JSON.parse(body) as Notification
    return [workspace, action, JSON.parse(JSON.stringify({ reason, agent: agent?.id, offerUntil }))]
  })
}

const actions = async () => (await told()).map(([workspace, action]) => `${workspace} ${action}`)

test('the agent’s clock survives a restart of the engine: reminded, then back in the queue', async () => {
  await world.configure('channel.web', {
    id: 'web',
    timeouts: { unanswered: null, escalate: null, agent: { remind: 'PT2S', release: 'PT4S' } },
  })
  const first = await world.startEngine()
  await queue('c1')
  await world.publish('c1', 'agent.accepted', ann)
  await until(async () => (await world.openRequest('main', 'c1'))?.state === 'accepted')
  await first.stop()

  await world.startEngine()
  await until(async () => (await world.openRequest('main', 'c1'))?.unattendedSince !== undefined)
  await until(async () => (await world.openRequest('main', 'c1'))?.state === 'waiting')
  expect(await told()).toEqual([
    ['main', 'created', {}],
    ['main', 'accepted', { agent: 'ann' }],
    ['main', 'unattended', { agent: 'ann' }],
    ['main', 'released', { reason: 'unattended' }],
  ])
  const [accepted, , released] = (await world.records('c1')).slice(2)
  const waited = Date.parse(released?.at ?? '') - Date.parse(accepted?.at ?? '')
  expect(waited).toBeGreaterThanOrEqual(4_000)
})

test('a transfer leaves the first workspace and keeps its place; an erasure forgets both', async () => {
  await world.startEngine()
  await world.startNotifier()
  await queue('c1')
  await world.publish('c1', 'agent.accepted', ann)
  await world.publish('c1', 'agent.transferred', { ...ann, to: { workspace: 'billing' }, note: 'a refund' })
  await until(async () => (await world.openRequest('billing', 'c1'))?.state === 'waiting')
  await until(async () => (await world.openRequest('main', 'c1'))?.state === 'withdrawn')
  await until(async () => (await actions()).length === 4)
  expect((await actions()).sort()).toEqual([
    'billing transferred',
    'main accepted',
    'main created',
    'main withdrawn',
  ])
  const [, queued] = await world.records('c1')
  expect((await world.openRequest('billing', 'c1'))?.queuedAt).toBe(queued?.at)
  expect((await world.records('c1')).at(-1)?.notes).toEqual([
    { id: 'c1.4.1', author: { type: 'agent', ...ann.agent }, text: 'a refund' },
  ])

  await world.publish('c1', 'admin.erased', {})
  await until(async () => (await world.stored('workspace')).length === 0)
  await until(async () => (await world.openRequest('main', 'c1')) === null)
  await until(async () => (await world.openRequest('billing', 'c1')) === null)
})

test('an offer that is not taken lapses by itself, and the bucket says who was asked', async () => {
  await world.startEngine()
  await queue('c1')
  await world.publish('c1', 'request.offered', { ...ann, request: 1, milliseconds: 1_500 })
  await until(async () => (await world.openRequest('main', 'c1'))?.offer?.agent.id === 'ann')
  await until(async () => (await world.openRequest('main', 'c1'))?.offer === undefined)
  expect((await world.openRequest('main', 'c1'))?.asked).toEqual(['ann'])
  const [, offered] = await told()
  expect(offered).toMatchObject(['main', 'offered', { agent: 'ann', offerUntil: expect.any(String) }])
})
