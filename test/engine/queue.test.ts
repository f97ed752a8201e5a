import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectNats, type RoleConnection } from '../../engine/nats/connect.ts'
import { QueuePlaces } from '../../engine/nats/notifier/queues/queue-places.ts'
import { startNotifier } from '../../engine/nats/notifier/start-notifier.ts'
import { subjects } from '../../engine/nats/topology.ts'
import { OpenRequests } from '../../engine/nats/views/open-requests.ts'
import type { QueuePlace } from '../../schemas/protocol/widget.ts'
import { startFrontdesk } from '../cli/frontdesk.ts'
import { waitingRequest } from '../waiting-request.ts'
import { startTestWorld, type TestWorld, until } from './test-world.ts'

let world: TestWorld
let widget: RoleConnection
/** What was published of each conversation. */
let told: Map<string, QueuePlace[]>

beforeEach(async () => {
  world = await startTestWorld()
  await world.startEngine()
  widget = await world.connect('widget')
  told = new Map()
  widget.connection.subscribe(subjects.queue('*'), {
    callback: (_, message) => {
      const conversation = message.subject.split('.')[2] ?? ''
      told.set(conversation, [...(told.get(conversation) ?? []), message.json<QueuePlace>()])
    },
  })
  await widget.connection.flush()
})

afterEach(() => world.stop())

async function queue(conversation: string, channel = 'web') {
  await world.publish(conversation, 'session.started', { channel })
  await world.publish(conversation, 'session.message', { text: 'help' })
}

async function queueInTurn(...conversations: string[]) {
  for (const conversation of conversations) {
    await queue(conversation)
    await until(async () => (await world.openRequest('main', conversation))?.state === 'waiting')
  }
}

const accept = (conversation: string, id = 'ann') =>
  world.publish(conversation, 'agent.accepted', { agent: { id } })

async function ask(conversation: string): Promise<QueuePlace> {
  return (await widget.publisher.request(subjects.position(conversation), '')).json<QueuePlace>()
}

const last = (conversation: string) => told.get(conversation)?.at(-1)

/** Where they stand, as was published last. */
const positions = (...conversations: string[]) => conversations.map((one) => last(one)?.position)

const toBe = (conversations: string[], expected: (number | null)[]) =>
  until(() => JSON.stringify(positions(...conversations)) === JSON.stringify(expected))

describe('the places in the queue', () => {
  test('are published when they change: accepted, ended by the customer, erased', async () => {
    await world.startNotifier()
    const all = ['c1', 'c2', 'c3', 'c4']
    await queueInTurn(...all)
    await toBe(all, [1, 2, 3, 4])
    expect(last('c4')).toEqual({ position: 4, waiting: 4 })
    await accept('c1')
    await toBe(all, [null, 1, 2, 3])
    await world.publish('c2', 'session.ended', {})
    await toBe(all, [null, null, 1, 2])
    await world.publish('c3', 'admin.erased', {})
    await toBe(all, [null, null, null, 1])
    for (const conversation of ['c1', 'c2', 'c3'])
      expect(told.get(conversation)?.filter(({ position }) => position === null)).toHaveLength(1)
  })

  test('a released request has its old place again', async () => {
    await world.startNotifier()
    await queueInTurn('c1', 'c2', 'c3')
    await accept('c1')
    await toBe(['c1', 'c2', 'c3'], [null, 1, 2])
    await world.publish('c1', 'agent.released', { agent: { id: 'ann' } })
    await toBe(['c1', 'c2', 'c3'], [1, 2, 3])
  })

  test('are counted per workspace', async () => {
    await world.configure('channel.sales', { id: 'sales', workspace: 'sales' })
    await world.startNotifier()
    await queueInTurn('c1', 'c2')
    await queue('s1', 'sales')
    await until(async () => (await world.openRequest('sales', 's1'))?.state === 'waiting')
    await toBe(['c1', 'c2', 's1'], [1, 2, 1])
    expect(last('s1')).toEqual({ position: 1, waiting: 1 })
    await accept('c1')
    await toBe(['c1', 'c2', 's1'], [null, 1, 1])
  })

  test.each([
    ['new', [0, 1]],
    ['former', [1, 0]],
  ])('of a moved request is that in its new queue, if the %s workspace is told first', async (_, order) => {
    const places = new QueuePlaces(world.nats, { log: world.log, signal: new AbortController().signal })
    const before = waitingRequest('c1', 1)
    places.change(before, null)
    const changes = [
      () => places.change({ ...before, record: 2, workspace: 'sales' }, null),
      () => places.change({ ...before, record: 2, state: 'withdrawn' }, before),
    ]
    for (const n of order) changes[n]?.()
    places.activate()
    await world.nats.flush()
    expect(await ask('c1')).toEqual({ position: 1, waiting: 1 })
    places.standBy()
  })

  test('are answered on request', async () => {
    await world.startNotifier()
    await queueInTurn('c1', 'c2')
    await until(async () => (await ask('c2')).position === 2)
    expect(await ask('c2')).toEqual({ position: 2, waiting: 2 })
    await accept('c1')
    await until(async () => (await ask('c1')).position === null)
    expect(await ask('c2')).toEqual({ position: 1, waiting: 1 })
    expect(await ask('nobody')).toEqual({ position: null })
  })

  test('are published by the successor of a killed notifier', async () => {
    const killed = startFrontdesk(['notifier'], {
      env: { NATS_URL: world.server.url, FRONTDESK_PARTITIONS: '4' },
    })
    await killed.logs('"msg":"ready"')
    await queueInTurn('c1', 'c2', 'c3')
    await toBe(['c1', 'c2', 'c3'], [1, 2, 3])
    killed.child.kill('SIGKILL')
    await killed.ended
    await expect(ask('c1')).rejects.toThrow()
    told.clear()
    await accept('c1')
    await world.startNotifier()
    await toBe(['c2', 'c3'], [1, 2])
    expect(await ask('c2')).toEqual({ position: 1, waiting: 2 })
  })

  test('are published again by a notifier that becomes active again, since another may have been active', async () => {
    const notifier = await world.startNotifier()
    await queueInTurn('c1', 'c2')
    await notifier.stop()
    const retryOptions = { log: world.log, signal: new AbortController().signal }
    const places = new QueuePlaces(world.nats, retryOptions)
    const requests = await OpenRequests.watch(world.nats, 'main', () => {})
    for (const request of requests.waiting()) places.change(request, null)
    requests.close()
    for (let round = 0; round < 2; round++) {
      told.clear()
      places.activate()
      await toBe(['c1', 'c2'], [1, 2])
      places.standBy()
    }
  })

  test('are published by one notifier at a time', async () => {
    const start = async () => {
      const nats = await connectNats(world.server.url, 'notifier')
      return { nats, worker: await startNotifier(nats, world.log) }
    }
    const first = await start()
    await until(() => first.worker.held().length === 1)
    // One of them most probably takes over from the first, which goes on standing by.
    const others = await Promise.all(Array.from({ length: 4 }, start))
    const stop = async ({ worker, nats }: typeof first) => {
      await worker.stop()
      await nats.close()
    }
    await queueInTurn('c1')
    await toBe(['c1'], [1])
    let asked = 0
    const answersOf = async (notifiers: (typeof first)[]) => {
      const inbox = `asked.${asked++}`
      let answers = 0
      world.nats.connection.subscribe(inbox, { callback: () => void answers++ })
      world.nats.connection.publish(subjects.position('c1'), '', { reply: inbox })
      await world.nats.flush()
      // The first round trip brings each notifier the question, the second brings the server its answer.
      for (const { nats } of notifiers) for (let trip = 0; trip < 2; trip++) await nats.flush()
      await world.nats.flush()
      return answers
    }
    // They settle which of them it is; a notifier that this machine held up may be replaced once more.
    const isOne = async (notifiers: (typeof first)[]) => {
      for (let round = 0; round < 3; round++) if ((await answersOf(notifiers)) !== 1) return false
      return true
    }
    await until(() => isOne([first, ...others]))
    await Promise.all(others.map(stop))
    await until(() => isOne([first]))
    await stop(first)
  })

  test('have the expected wait after enough observations, also from a successor', async () => {
    const first = await world.startNotifier()
    const accepted = ['a1', 'a2', 'a3', 'a4', 'a5']
    for (const conversation of accepted) {
      await queueInTurn(conversation)
      await accept(conversation)
      await until(async () => (await world.openRequest('main', conversation))?.state === 'accepted')
    }
    await queueInTurn('c1')
    const isExpected = () => (last('c1') as { waitSeconds?: number } | undefined)?.waitSeconds !== undefined
    await until(isExpected)
    expect(last('c1')).toEqual({ position: 1, waiting: 1, waitSeconds: 60 })
    await first.stop()
    told.clear()
    await world.startNotifier()
    await until(isExpected)
    expect(last('c1')).toEqual({ position: 1, waiting: 1, waitSeconds: 60 })
  })

  test('have no expected wait for conversations that wait for the opening', async () => {
    const never = { id: 'never', timeZone: 'Europe/Paris', intervals: [] }
    await world.configure('schedule.never', { ...never, name: 'Never' })
    await world.configure('channel.night', { id: 'night', schedule: 'never' })
    await world.startNotifier()
    for (const conversation of ['a1', 'a2', 'a3', 'a4', 'a5']) {
      await queueInTurn(conversation)
      await accept(conversation)
      await until(async () => (await world.openRequest('main', conversation))?.state === 'accepted')
    }
    await queue('n1', 'night')
    await until(async () => (await world.openRequest('main', 'n1'))?.state === 'waiting')
    expect((await world.openRequest('main', 'n1'))?.hours).toBe('outside')
    await queueInTurn('c1')
    await until(() => (last('c1') as { waitSeconds?: number } | undefined)?.waitSeconds === 60)
    expect(last('n1')?.position).toBe(1)
    for (const place of told.get('n1') ?? []) expect(place).not.toHaveProperty('waitSeconds')
  })
})
