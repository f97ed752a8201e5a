import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import { readCursor } from '../../engine/nats/engine/cursor-store.ts'
import { startTestWorld, type TestWorld, until } from './test-world.ts'

const bin = fileURLToPath(new URL('../../workers/cli/frontdesk.mjs', import.meta.url))
const partitions = 16

let world: TestWorld
const children: ChildProcess[] = []

beforeAll(async () => {
  world = await startTestWorld(partitions)
})

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await world.stop()
})

/** An engine in a process of its own, that can really be killed. */
async function engineProcess(): Promise<ChildProcess> {
  const env = { ...process.env, NATS_URL: world.server.url, FRONTDESK_PARTITIONS: String(partitions) }
  const child = spawn(process.execPath, [bin, 'engine'], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  children.push(child)
  for await (const line of createInterface({ input: child.stderr as NodeJS.ReadableStream }))
    if (line.includes('ready')) break
  child.stderr?.resume()
  return child
}

async function owners(): Promise<Map<string, number>> {
  const bucket = new Bucket(world.nats, 'cursors')
  const count = new Map<string, number>()
  for (let partition = 0; partition < partitions; partition++) {
    const { owner } = readCursor((await bucket.get(`event.${partition}`))?.value)
    count.set(owner, (count.get(owner) ?? 0) + 1)
  }
  return count
}

describe('two engines', () => {
  test('share the partitions; if one is killed, the other takes over in order', async () => {
    const first = await engineProcess()
    await engineProcess()
    await until(async () => (await owners()).size === 2)

    // One conversation a partition and more, each with its events in order, across the kill.
    const conversations = Array.from({ length: 64 }, (_, i) => `c${i}`)
    for (const id of conversations) await world.publish(id, 'session.started', { channel: 'web' })
    for (let n = 0; n < 5; n++)
      for (const id of conversations) await world.publish(id, 'session.message', { text: `before ${n}` })
    first.kill('SIGKILL')
    for (let n = 0; n < 5; n++)
      for (const id of conversations) await world.publish(id, 'session.message', { text: `after ${n}` })
    const expected = conversations.length * 11
    await until(async () => (await world.nats.jsm.streams.info('CONVERSATIONS')).state.messages === expected)
    expect((await owners()).size).toBe(1)

    for (const id of conversations) {
      const records = await world.records(id)
      const sequences = records.map(({ event }) => event.seq)
      expect(sequences).toEqual([...sequences].sort((a, b) => a - b))
      const texts = records.flatMap(({ messages = [] }) =>
        messages.filter(({ author }) => author.type === 'customer'),
      )
      expect(texts.map(({ text }) => text)).toEqual([
        ...[0, 1, 2, 3, 4].map((n) => `before ${n}`),
        ...[0, 1, 2, 3, 4].map((n) => `after ${n}`),
      ])
    }
  })
})
