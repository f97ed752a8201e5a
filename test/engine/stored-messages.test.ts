import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { armAfterMs } from '../../engine/late-wake-ups.ts'
import { connectNats, type Nats } from '../../engine/nats/connect.ts'
import { startEngine } from '../../engine/nats/engine/start-engine.ts'
import { startTestWorld, until } from './test-world.ts'

// A conversation costs messages that NATS stores and requests of the engine. Both were found to grow unnoticed.

/** The messages that a stream ever stored. */
async function storedIn({ jsm }: Nats, stream: string): Promise<number> {
  return (await jsm.streams.info(stream)).state.last_seq
}

const streams = [
  'EVENTS',
  'CONVERSATIONS',
  'WORKSPACE',
  'KV_frontdesk_requests',
  'REQUESTS',
  'TIMERS',
  'CALLS',
  'DEADLETTER',
]

test('a conversation of five events stores sixteen messages, and none after its end', async () => {
  const world = await startTestWorld(1)
  onTestFinished(() => world.stop())
  const details = { firstMessage: 'Hello', customerDetails: ['name', 'email'] }
  await world.configure('channel.web', { id: 'web', duringHours: details })
  const nats = await connectNats(world.server.url, 'engine')
  const engine = await startEngine(nats, world.log, { partitions: 1, strictChannels: false })
  world.onStop(async () => {
    await engine.stop()
    await nats.close()
  })
  await until(() => engine.held().length === 1)
  await world.startNotifier()
  const requestsSent: unknown[] = []
  const publish = nats.publisher.request.bind(nats.publisher)
  nats.publisher.request = (...request) => {
    requestsSent.push(request[0])
    return publish(...request)
  }

  const steps: [type: string, payload: object][] = [
    ['session.started', { channel: 'web' }],
    ['session.message', { text: 'help' }],
    ['session.details', { name: 'José', email: 'jose@example.com' }],
    ['agent.accepted', { agent: { id: 'ann' }, request: 1 }],
    ['session.ended', {}],
  ]
  // One right after another: after a second in one state a wake-up would be stored.
  for (const [type, payload] of steps) await world.publish('c1', type, payload)
  await until(async () => (await world.openRequest('main', 'c1'))?.state === 'ended')
  await until(async () => (await world.stored('workspace')).length === 3)
  await sleep(2 * armAfterMs)

  const counts = await Promise.all(streams.map((stream) => storedIn(nats, stream)))
  expect(Object.fromEntries(streams.map((stream, index) => [stream, counts[index]]))).toEqual({
    EVENTS: 5,
    CONVERSATIONS: 5,
    WORKSPACE: 3,
    KV_frontdesk_requests: 3,
    REQUESTS: 0,
    TIMERS: 0,
    CALLS: 0,
    DEADLETTER: 0,
  })
  // No load, and what it stores; the cursor, heartbeats and the reads of roles are no part of it.
  const ofConversation = requestsSent.filter((subject) => /\bc1$|requests|workspace/.test(String(subject)))
  expect(ofConversation).toHaveLength(5 + 3 + 3)
})
