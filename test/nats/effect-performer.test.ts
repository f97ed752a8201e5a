import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { EffectPerformer } from '../../engine/nats/engine/effect-performer.ts'
import { workerTtlMs } from '../../engine/nats/topology.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await startTestWorld()
  await world.startEngine()
})
afterAll(() => world?.stop())

const scheduled = async (conversation: string) =>
  (await world.stored('timers', `frontdesk.timer.${conversation}.*`)).length

test.each([
  ['ended', 'session.ended', 0],
  ['was erased', 'admin.erased', 0],
  ['goes on', 'session.message', 2],
])('a wake-up that took long is removed where its conversation %s meanwhile', async (name, type, left) => {
  const conversation = name.replace(' ', '-')
  await world.publish(conversation, 'session.started', { channel: 'web' })
  await until(async () => (await scheduled(conversation)) === 1)
  const { publisher } = world.nats
  const publish = publisher.publish.bind(publisher)
  const performer = new EffectPerformer(world.nats, { log: world.log, signal: new AbortController().signal })
  onTestFinished(() => void vi.restoreAllMocks())
  // The worker sleeps before it publishes, while another one goes on.
  vi.spyOn(publisher, 'publish').mockImplementationOnce(async (...wake) => {
    await publish(`frontdesk.inbox.${conversation}.${type}`, '{"text":"hello"}')
    await until(async () => (await world.stored('conversations')).some(({ body }) => body.includes(type)))
    if (left === 0) await until(async () => (await scheduled(conversation)) === 0)
    const now = Date.now.bind(Date)
    vi.spyOn(Date, 'now').mockImplementation(() => now() + workerTtlMs)
    return publish(...wake)
  })
  await performer.perform({ kind: 'wake', conversation, generation: 1, at: Date.now() + 3_600_000 })
  await expect.poll(() => scheduled(conversation)).toBe(left)
})
