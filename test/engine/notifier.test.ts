import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deliver, type Workspaces } from '../../engine/deliver.ts'
import { followLog } from '../../engine/follow-log.ts'
import { connectNats } from '../../engine/nats/connect.ts'
import { CursorStore } from '../../engine/nats/engine/cursor-store.ts'
import { WorkspaceDesk } from '../../engine/nats/notifier/workspace-desk.ts'
import { StreamLog } from '../../engine/nats/stream-log.ts'
import { streams, subjects } from '../../engine/nats/topology.ts'
import type { Notification } from '../../schemas/conversation/notification.ts'
import { startTestWorld, type TestWorld, until } from './test-world.ts'

let world: TestWorld

beforeEach(async () => {
  world = await startTestWorld()
  await world.startEngine()
})

afterEach(() => world.stop())

async function told(): Promise<{ id: string; subject: string; notification: Notification }[]> {
  return (await world.stored('workspace')).map(({ headers, subject, body }) => ({
    id: headers['Nats-Msg-Id'] ?? '',
    subject,
    notification: JSON.parse(body) as Notification,
  }))
}

const ids = async () => (await told()).map(({ id }) => id)

async function queue(id: string, channel = 'web') {
  await world.publish(id, 'session.started', { channel, locale: 'fr' })
  await world.publish(id, 'session.message', { text: `need of ${id}` })
}

describe('the notifier', () => {
  test('stores the urgency of a request’s wait; a new wait begins without', async () => {
    await world.configure('channel.web', { id: 'web', timeouts: { unanswered: 'PT0.2S', escalate: null } })
    const hurried = { unanswered: 'PT0.2S', escalate: 'PT0.3S' }
    await world.configure('channel.hurried', { id: 'hurried', timeouts: hurried })
    await world.startNotifier()
    const urgency = async (id = 'c1') => (await world.openRequest('main', id))?.urgency
    await queue('c1')
    await queue('c2', 'hurried')
    await until(async () => (await urgency()) === 'reminded')
    await until(async () => (await urgency('c2')) === 'escalated')
    await world.publish('c1', 'agent.accepted', { agent: { id: 'ann' } })
    await until(async () => (await world.openRequest('main', 'c1'))?.state === 'accepted')
    expect(await urgency()).toBeUndefined()
    await world.publish('c1', 'agent.released', { agent: { id: 'ann' } })
    await until(async () => (await world.openRequest('main', 'c1'))?.state === 'waiting')
    await until(async () => (await urgency()) === 'reminded')
    expect(await ids()).toContain('c1.1.reminded.2')
  })

  test('notifies the workspace of each change of a request once, and stores its present state', async () => {
    await world.startNotifier()
    await queue('c1')
    await world.publish('c1', 'agent.accepted', { agent: { id: 'ann', name: 'Ann' } })
    await world.publish('c1', 'agent.released', { agent: { id: 'ann' } })
    await world.publish('c1', 'agent.accepted', { agent: { id: 'bob' } })
    await world.publish('c1', 'agent.ended', { agent: { id: 'bob' } })
    await until(async () => (await world.openRequest('main', 'c1'))?.state === 'ended')
    expect(await ids()).toEqual([
      'c1.1.created',
      'c1.1.accepted',
      'c1.1.released',
      'c1.1.accepted.2',
      'c1.1.ended',
    ])
    const [created] = await told()
    expect(created?.subject).toBe('frontdesk.workspace.main.request.created')
    const records = await world.stored('conversations')
    expect(created?.notification).toEqual({
      workspace: 'main',
      conversation: 'c1',
      request: 1,
      record: records[1]?.seq,
      action: 'created',
      at: (await world.records('c1'))[1]?.at,
      queuedAt: (await world.records('c1'))[1]?.at,
      channel: 'web',
      locale: 'fr',
      hours: 'during',
      opensAt: null,
      customer: { name: null, email: null, externalId: null, verified: false },
      need: 'need of c1',
    })
    const queuedAt = (await told()).map(({ notification }) => notification.queuedAt)
    expect(new Set(queuedAt).size, 'a released request keeps its place').toBe(1)
  })

  test('notifies of all changes while it was down, in each conversation’s order', async () => {
    for (let i = 0; i < 20; i++) {
      await queue(`c${i}`)
      await world.publish(`c${i}`, 'session.ended', {})
    }
    await until(async () => (await world.stored('requests')).length === 40)
    await world.startNotifier()
    await until(async () => (await told()).length === 40)
    const all = await ids()
    for (let i = 0; i < 20; i++)
      expect(all.filter((id) => id.startsWith(`c${i}.`))).toEqual([`c${i}.1.created`, `c${i}.1.withdrawn`])
    expect((await world.openRequest('main', 'c7'))?.state).toBe('withdrawn')
  })

  test('publishes nothing of an erased conversation, however late an engine’s request arrives', async () => {
    await world.startNotifier()
    await queue('c1')
    await until(async () => (await world.openRequest('main', 'c1')) !== null)
    const [before] = await world.stored('requests')
    await world.publish('c1', 'admin.erased', {})
    await until(async () => (await world.stored('workspace')).length === 0)
    await world.nats.publisher.publish(subjects.request('c1'), before?.body ?? '')
    await queue('c2')
    await until(async () => (await world.openRequest('main', 'c2')) !== null)
    expect(await ids()).toEqual(['c2.1.created'])
    expect(await world.openRequest('main', 'c1')).toBeNull()
  })

  test('updates the open request when its customer logs in, without a notification', async () => {
    await world.startNotifier()
    await queue('c1')
    await until(async () => (await world.openRequest('main', 'c1')) !== null)
    await world.publish('c1', 'session.identified', { customer: { externalId: 'u1', name: 'José' } })
    await until(async () => (await world.openRequest('main', 'c1'))?.customer.name === 'José')
    expect(await ids()).toEqual(['c1.1.created'])
  })
})

/** A notifier of the real parts that falls asleep in front of a step, and does that step when it wakes. */
async function sleeper(before: 'publish' | 'keep') {
  const nats = await connectNats(world.server.url, 'sleeper')
  const retryOptions = { log: world.log, signal: new AbortController().signal }
  const cursors = new CursorStore(nats, streams.requests, 'sleeper', retryOptions)
  const desk = new WorkspaceDesk(nats, retryOptions)
  let wake = () => {}
  let fallAsleep = () => {}
  const asleep = new Promise<void>((resolve) => {
    fallAsleep = resolve
  })
  const woken = new Promise<void>((resolve) => {
    wake = resolve
  })
  const pause = async (step: string) => {
    if (step !== before) return
    fallAsleep()
    await woken
  }
  const sleepy: Workspaces = {
    known: (workspace, conversation) => desk.known(workspace, conversation),
    open: (workspace, conversation) => desk.open(workspace, conversation),
    isErased: (conversation) => desk.isErased(conversation),
    publish: (notification, id) => pause('publish').then(() => desk.publish(notification, id)),
    keep: (request, revision) => pause('keep').then(() => desk.keep(request, revision)),
    forget: (...what) => desk.forget(...what),
  }
  const follower = followLog({
    log: new StreamLog(nats.js, nats.jsm, streams.requests, subjects.requests, world.log),
    cursor: await cursors.takeOver('notifier'),
    keyOf: (message) => message.subject,
    handler: () => (message) => deliver(sleepy, message, world.log),
  })
  return { asleep, wake, ended: follower.ended.catch((error: Error) => error), close: () => nats.close() }
}

describe('a notifier that slept while it was replaced', () => {
  test.each(['publish', 'keep'] as const)(
    'repeats nothing under another id and overwrites nothing (%s)',
    async (step) => {
      const first = await sleeper(step)
      await queue('c1')
      await first.asleep

      await world.startNotifier()
      await world.publish('c1', 'agent.accepted', { agent: { id: 'ann' } })
      await until(async () => (await world.openRequest('main', 'c1'))?.state === 'accepted')
      first.wake()
      expect(String(await first.ended)).toContain('notifier was taken over')
      await queue('c2')
      await until(async () => (await world.openRequest('main', 'c2')) !== null)

      expect((await world.openRequest('main', 'c1'))?.state).toBe('accepted')
      expect(await ids()).toEqual(['c1.1.created', 'c1.1.accepted', 'c2.1.created'])
      await first.close()
    },
  )
})
