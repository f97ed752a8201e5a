import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import { connectNats } from '../../engine/nats/connect.ts'
import { startEngine } from '../../engine/nats/engine/start-engine.ts'
import type { Worker } from '../../engine/nats/engine/start-worker.ts'
import { ensureTopology } from '../../engine/nats/ensure-topology.ts'
import { streams, subjects } from '../../engine/nats/topology.ts'
import { frontdesk } from '../cli/frontdesk.ts'
import { serverIsShared } from '../test-server.ts'
import { startTestWorld, type TestWorld, until } from './test-world.ts'

const partitions = 4
/** A server that lost its power comes back later than its clock may be wrong. */
const outageMs = 1_200

let world: TestWorld
let workers: Worker[]

beforeEach(async () => {
  world = await startTestWorld(partitions)
  await world.configure('channel.slow', { id: 'slow', timeouts: { unanswered: 'PT15S', escalate: null } })
  workers = [await world.startEngine(), await world.startNotifier()]
  for (const id of ['c1', 'c2', 'c3']) {
    await world.publish(id, 'session.started', { channel: 'slow' })
    await world.publish(id, 'session.message', { text: `need of ${id}` })
  }
  await until(async () => (await world.stored('workspace')).length === 3)
  await stopWorkers()
})

afterEach(() => world.stop())

const stopWorkers = () => Promise.all(workers.splice(0).map((worker) => worker.stop()))

async function startWorkers() {
  workers = [await world.startEngine(), await world.startNotifier()]
}

/** As a power cut that takes all of a stream that was not yet on the disk. */
async function lose(...lost: (keyof typeof streams)[]) {
  for (const stream of lost) await world.nats.jsm.streams.delete(streams[stream])
  await ensureTopology(world.nats, { partitions, replicas: 1 })
  await sleep(outageMs)
}

const run = (...args: string[]) => frontdesk(args, { env: { NATS_URL: world.server.url, ...settings } })
const settings = { FRONTDESK_PARTITIONS: String(partitions) }
const lastOf = async (stream: keyof typeof streams) =>
  (await world.nats.jsm.streams.info(streams[stream])).state.last_seq
const typesOf = async (id: string) => (await world.records(id)).map(({ event }) => event.type)
const accept = (id: string) => world.publish(id, 'agent.accepted', { agent: { id: 'ann' }, request: 1 })

describe('EVENTS has lost its end', () => {
  test('an engine does not start if a cursor is beyond the end, and prints instructions', async () => {
    await lose('events')
    const { code, stdout, stderr } = await run('engine')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.trim().split('\n').at(-1)).toMatch(
      /^frontdesk: the cursor event\.\d names message \d of EVENTS, whose last is 0: .*`npx frontdesk recover`/,
    )
  })

  test('an engine stops at once if a record is beyond the end, and takes no event for an old one', async () => {
    await lose('events')
    const cursors = new Bucket(world.nats, 'cursors')
    for (const { key } of await cursors.list()) await cursors.purge(key)
    const own = await connectNats(world.server.url, 'test worker')
    const engine = await startEngine(own, world.log, { partitions, strictChannels: false })
    try {
      await accept('c1')
      await expect(engine.failed).rejects.toThrow(
        /^the conversation c1 names message \d of EVENTS, whose last is 1: .*`npx frontdesk recover`/,
      )
    } finally {
      await engine.stop()
      await own.close()
    }
    expect(await run('engine')).toMatchObject({ code: 1 })
  })

  test('a running engine stops at the first event with an old sequence', async () => {
    const engine = await world.startEngine()
    await accept('c1')
    await until(async () => (await typesOf('c1')).length === 3)
    await lose('events')
    await expect(engine.failed).rejects.toThrow(
      /^the last message read names message \d of EVENTS, whose last is \d: .*`npx frontdesk recover`/,
    )
  })

  test('after a recovery old conversations, new events and timers continue', async () => {
    const lost = await lastOf('events')
    await lose('events', 'timers')
    await accept('c1')
    const { code, stdout, stderr } = await run('recover', '--yes')
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(stdout).toMatch(/^recovered; events published again: 1, .*\n$/)
    expect(stderr).toContain(`EVENTS has lost its end: its last number is 1, and ${lost} is remembered`)
    await startWorkers()
    await accept('c2')
    await until(async () => (await typesOf('c2')).includes('agent.accepted'))
    await until(async () => (await typesOf('c1')).includes('agent.accepted'))
    await until(async () => (await typesOf('c3')).includes('timer.unanswered'))
    await until(async () => (await world.openRequest('main', 'c1'))?.state === 'accepted')
    expect(await typesOf('c1')).toEqual(['session.started', 'session.message', 'agent.accepted'])
    expect(await world.stored('deadletters')).toEqual([])
    const told = (await world.stored('workspace')).map(({ headers }) => headers['Nats-Msg-Id'])
    expect(new Set(told).size, 'nobody is told twice').toBe(told.length)
  })

  test.skipIf(serverIsShared).each(['SIGKILL', 'SIGTERM'] as const)(
    'the sequences that a recovery has filled stay used after a %s of the server, without the fillers',
    async (signal) => {
      const lost = await lastOf('events')
      await lose('events')
      expect(await run('recover', '--yes')).toMatchObject({ code: 0 })
      expect(await world.stored('events')).toEqual([])
      await world.server.kill(signal)
      await world.server.restart()
      await until(async () => (await lastOf('events')) >= lost)
      expect(await accept('c1')).toBeGreaterThan(lost)
    },
  )
})

describe('other streams have lost their end', () => {
  test('CONVERSATIONS: the events still in EVENTS are applied again, and agents are notified', async () => {
    const lost = await lastOf('conversations')
    await lose('conversations')
    expect(await run('recover', '--yes')).toMatchObject({ code: 0 })
    await startWorkers()
    await until(async () => (await typesOf('c1')).length === 2)
    expect((await world.stored('conversations')).every(({ seq }) => seq > lost)).toBe(true)
    await accept('c1')
    await until(async () => (await world.openRequest('main', 'c1'))?.state === 'accepted')
  })

  test('REQUESTS: the notifier continues, and nobody is notified twice', async () => {
    await lose('requests')
    expect((await run('notifier')).stderr).toMatch(/the cursor notifier names message \d of REQUESTS/)
    expect(await run('recover', '--yes')).toMatchObject({ code: 0 })
    await startWorkers()
    await accept('c1')
    await until(async () => (await world.openRequest('main', 'c1'))?.state === 'accepted')
    expect(await world.stored('workspace')).toHaveLength(4)
  })

  test.skipIf(serverIsShared)(
    'TIMERS: wake-ups are armed again, and come although others had their sequences',
    async () => {
      await world.publish('c4', 'session.started', { channel: 'slow' })
      // Wake-ups that nobody armed take EVENTS beyond what TIMERS will have.
      for (let i = 0; i < 5; i++) await world.nats.publisher.publish(subjects.due('c9'), '{"generation":1}')
      await until(async () => (await world.stored('events', subjects.eventsOf('c9'))).length === 5)
      await lose('timers')
      // As after a power cut, EVENTS finds out anew how far it has taken TIMERS over.
      await world.server.kill()
      await world.server.restart()
      await until(async () => (await lastOf('timers')) === 0)
      const { code, stderr } = await run('recover', '--yes')
      expect(code).toBe(0)
      expect(stderr).toContain('TIMERS has lost its end')
      await startWorkers()
      await until(async () => (await typesOf('c3')).includes('timer.unanswered'), 25_000)
    },
  )
})

describe('recover', () => {
  test('refuses while an engine or a notifier is alive', async () => {
    await startWorkers()
    const { code, stderr } = await run('recover', '--yes')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^frontdesk: stop all engines and notifiers first: 2 still there \(.*\)\n$/)
  })

  test('finds nothing if nothing is lost, and changes nothing without --yes', async () => {
    expect(await run('recover')).toEqual({ code: 0, stdout: 'nothing to recover\n', stderr: '' })
    await lose('events')
    const { code, stderr } = await run('recover')
    expect(code).toBe(2)
    expect(stderr).toContain('say --yes')
    expect(await lastOf('events')).toBe(0)
  })
})
