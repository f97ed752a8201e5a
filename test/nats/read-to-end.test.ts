import { afterAll, beforeAll, expect, test } from 'vitest'
import { isWeather } from '../../engine/nats/errors.ts'
import { readToEnd } from '../../engine/nats/read-to-end.ts'
import { streams } from '../../engine/nats/topology.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { serverIsShared } from '../test-server.ts'

let world: TestWorld
beforeAll(async () => {
  world = await startTestWorld()
})
afterAll(() => world?.stop())

test.skipIf(serverIsShared).each([1, 2, 3])(
  'a reading during which the server is killed ends, or fails with an error that is worth a retry (%i)',
  async (n) => {
    const count = 2_000
    const store = (i: number) =>
      world.nats.publisher.publish(`frontdesk.deadletter.read-${n}-${i}`, 'x'.repeat(500))
    await Promise.all(Array.from({ length: count }, (_, i) => store(i)))
    const read = async () => {
      let seen = 0
      const options = { subjects: [`frontdesk.deadletter.*`], ahead: 100, from: 1 }
      for await (const { seq } of readToEnd(world.nats, streams.deadletters, options)) {
        seen = seq
        if (seq !== 150) continue
        await world.server.kill()
        await world.server.restart()
      }
      return seen
    }
    const outcome = await read().catch((error: unknown) => {
      expect(isWeather(error), String(error)).toBe(true)
      return 'failed'
    })
    if (outcome !== 'failed') expect(outcome).toBe(n * count)
    await until(() => store(-1).then(() => true))
  },
)

test.skipIf(serverIsShared)(
  'from a time on, also after a restart of the server once the last message was removed',
  async () => {
    const { nats, server } = world
    const publish = () => nats.publisher.publish('frontdesk.deadletter.read', 'x')
    const first = await publish()
    await publish()
    const removed = await publish()
    const before = (await nats.jsm.streams.getMessage(streams.deadletters, { seq: first.seq }))?.time as Date
    await nats.jsm.streams.deleteMessage(streams.deadletters, removed.seq)
    await server.kill()
    await server.restart()
    const read = async (from: Date) => {
      const found: number[] = []
      for await (const { seq } of readToEnd(nats, streams.deadletters, { from })) found.push(seq)
      return found
    }
    await until(async () => (await nats.jsm.streams.info(streams.deadletters)).state.last_seq > 0)
    expect(await read(before)).toEqual([first.seq, first.seq + 1])
    expect(await read(new Date(Date.now() + 60_000))).toEqual([])
  },
)
