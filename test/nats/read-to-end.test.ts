import { setTimeout as sleep } from 'node:timers/promises'
import { DeliverPolicy } from '@nats-io/jetstream'
import { afterAll, beforeAll, expect, test } from 'vitest'
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
  readToEnd(
    world.nats,
    streams.deadletters,
    { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from },
    ahead,
  )

async function seqsOf(messages: AsyncIterable<{ seq: number }>, pauseMs = 0): Promise<number[]> {
  const seqs: number[] = []
  for await (const { seq } of messages) {
    seqs.push(seq)
    if (pauseMs > 0) await sleep(pauseMs)
  }
  return seqs
}

test('a stream is read from a place on to the last that there is, and no further', async () => {
  const [, second, third] = await store(3)
  expect(await seqsOf(read(second as number))).toEqual([second, third])
  expect(await seqsOf(read((third as number) + 1))).toEqual([])
})

test('it ends where the last is removed before it comes', async () => {
  const [first, second, third] = await store(3)
  const messages = read(first as number, 1)
  expect((await messages.next()).value?.seq).toBe(first)
  for (const seq of [second, third])
    await world.nats.jsm.streams.deleteMessage(streams.deadletters, seq as number)
  // One may have been under way already.
  expect([[], [second]]).toContainEqual(await seqsOf(messages))
})

test('whoever takes them slowly gets them all', async () => {
  const seqs = await store(4)
  expect(await seqsOf(read(seqs[0] as number), 1_200)).toEqual(seqs)
})
