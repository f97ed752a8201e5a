import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Nats } from '../../engine/nats/connect.ts'
import { findLoss } from '../../engine/nats/operations/recover.ts'
import { readToEnd } from '../../engine/nats/read-to-end.ts'
import { streams, subjects } from '../../engine/nats/topology.ts'
import { startTestWorld, type TestWorld } from '../engine/test-world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await startTestWorld()
})
afterAll(() => world?.stop())

const store = async (count: number) => {
  const seqs: number[] = []
  for (let i = 0; i < count; i++)
    seqs.push((await world.nats.publisher.publish(subjects.deadletter('test'), String(i))).seq)
  return seqs
}
const read = (from: number, ahead?: number) =>
  readToEnd(world.nats, streams.deadletters, ahead === undefined ? { from } : { from, ahead })

async function seqsOf(messages: AsyncIterable<{ seq: number }>, pauseMs = 0): Promise<number[]> {
  const seqs: number[] = []
  for await (const { seq } of messages) {
    seqs.push(seq)
    if (pauseMs > 0) await sleep(pauseMs)
  }
  return seqs
}

test('a stream is read from a sequence to its last message, and no further', async () => {
  const [, second, third] = await store(3)
  expect(await seqsOf(read(second as number))).toEqual([second, third])
  expect(await seqsOf(read((third as number) + 1))).toEqual([])
})

test('reading ends if the last message is removed before it arrives', async () => {
  const [first, second, third] = await store(3)
  const messages = read(first as number, 1)
  expect((await messages.next()).value?.seq).toBe(first)
  for (const seq of [second, third])
    await world.nats.jsm.streams.deleteMessage(streams.deadletters, seq as number)
  // One may have been under way already.
  expect([[], [second]]).toContainEqual(await seqsOf(messages))
})

test('a slow reader gets all messages', async () => {
  const seqs = await store(4)
  expect(await seqsOf(read(seqs[0] as number), 1_200)).toEqual(seqs)
})

test('a recovery does not wait for an event that is removed while it reads', async () => {
  const { nats } = world
  const { seq } = await nats.publisher.publish(subjects.inbox('c1', 'session.started'), '{}')
  const get: typeof nats.js.consumers.get = async (stream, options) => {
    const consumer = await nats.js.consumers.get(stream, options)
    if (stream !== streams.events) return consumer
    const info = await consumer.info()
    expect(info.num_pending).toBe(1)
    await nats.jsm.streams.deleteMessage(streams.events, seq)
    // As it was counted before it was removed.
    vi.spyOn(consumer, 'info').mockResolvedValueOnce(info)
    return consumer
  }
  const js = { ...nats.js, consumers: { ...nats.js.consumers, get } } as Nats['js']
  const options = { log: world.log, signal: new AbortController().signal, progress: () => {} }
  const loss = await findLoss({ ...nats, js }, Date.now() - 60_000, options)
  expect(loss.hidden).toEqual([])
})
