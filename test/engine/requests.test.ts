import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deliver, type Workspaces } from '../../engine/deliver.ts'
import { WorkspaceDesk } from '../../engine/nats/engine/workspace-desk.ts'
import { subjects } from '../../engine/nats/topology.ts'
import type { Performer } from '../../engine/ports.ts'
import type { Notification, OpenRequest } from '../../schemas/conversation/notification.ts'
import type { RequestRecord } from '../../schemas/conversation/request-record.ts'
import { waitingRequest } from '../waiting-request.ts'
import { signal, takeOver } from './hand-driven-engine.ts'
import { startTestWorld, type TestWorld, until } from './test-world.ts'

let world: TestWorld

afterEach(() => world.stop())

async function startWithEngine() {
  world = await startTestWorld()
  await world.startEngine()
}

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

describe('an engine', () => {
  beforeEach(startWithEngine)

  test('stores the urgency of a request’s wait; a new wait begins without', async () => {
    await world.configure('channel.web', { id: 'web', timeouts: { unanswered: 'PT0.2S', escalate: null } })
    const hurried = { unanswered: 'PT0.2S', escalate: 'PT0.3S' }
    await world.configure('channel.hurried', { id: 'hurried', timeouts: hurried })
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

  test('updates the open request when its customer logs in, without a notification', async () => {
    await queue('c1')
    await until(async () => (await world.openRequest('main', 'c1')) !== null)
    await world.publish('c1', 'session.identified', { customer: { externalId: 'u1', name: 'José' } })
    await until(async () => (await world.openRequest('main', 'c1'))?.customer.name === 'José')
    expect(await ids()).toEqual(['c1.1.created'])
  })
})

describe('the notifier', () => {
  beforeEach(startWithEngine)

  test('delivers what an engine of an earlier version has left to it, once', async () => {
    const request = left('c1', 7)
    for (const _ of ['once', 'again']) await leave(request)
    await world.startNotifier()
    await until(async () => (await world.openRequest('main', 'c1')) !== null)
    await leave(left('c2', 8))
    await until(async () => (await world.openRequest('main', 'c2')) !== null)
    expect(await ids()).toEqual(['c1.1.created', 'c2.1.created'])
    expect(await world.openRequest('main', 'c1')).toEqual(request.request)
  })

  test('publishes nothing of an erased conversation, however late an engine’s request arrives', async () => {
    await world.startNotifier()
    await queue('c1')
    await until(async () => (await world.openRequest('main', 'c1')) !== null)
    const { record } = (await world.openRequest('main', 'c1')) as OpenRequest
    await world.publish('c1', 'admin.erased', {})
    await until(async () => (await world.stored('workspace')).length === 0)
    await leave(left('c1', record))
    await leave(left('c2', 8))
    await until(async () => (await world.openRequest('main', 'c2')) !== null)
    expect(await ids()).toEqual(['c2.1.created'])
    expect(await world.openRequest('main', 'c1')).toBeNull()
  })
})

/** A request as an engine of an earlier version left it in REQUESTS. */
function left(conversation: string, record: number): RequestRecord {
  const request = waitingRequest(conversation, record, { need: 'help' })
  return { changes: [{ action: 'created', request: 1 }], request }
}

async function leave(record: RequestRecord) {
  await world.nats.publisher.publish(subjects.request(record.request.conversation), JSON.stringify(record))
}

/** A performer that falls asleep in front of a step of its first delivery, and does that step when it wakes. */
function sleeper(before: 'publish' | 'keep') {
  const desk = new WorkspaceDesk(world.nats, { log: world.log, signal: new AbortController().signal })
  const [asleep, fallAsleep] = signal()
  const [woken, wake] = signal()
  const [passed, pass] = signal()
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
  const performer = (real: Performer): Performer => ({
    perform: (effect, since) =>
      effect.kind === 'notify' ? deliver(sleepy, effect.request).finally(pass) : real.perform(effect, since),
  })
  return { asleep, wake, passed, performer }
}

describe('an engine that slept while it was replaced', () => {
  test.each(['publish', 'keep'] as const)(
    'repeats no notification under another id and overwrites no request (%s)',
    async (step) => {
      world = await startTestWorld(1)
      const { asleep, wake, passed, performer } = sleeper(step)
      const configuration = {
        channels: new Map(),
        schedules: new Map(),
        bots: new Map(),
        strictChannels: false,
      }
      const first = await takeOver(world, 'sleeper', configuration, { performer })
      world.onStop(() => first.die())
      await queue('c1')
      await asleep

      await world.startEngine()
      await world.publish('c1', 'agent.accepted', { agent: { id: 'ann' } })
      await until(async () => (await world.openRequest('main', 'c1'))?.state === 'accepted')
      wake()
      await passed

      expect((await world.openRequest('main', 'c1'))?.state).toBe('accepted')
      expect(await ids()).toEqual(['c1.1.created', 'c1.1.accepted'])
    },
  )
})
