import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Fenced } from '../../engine/errors.ts'
import { connectNats, type Nats } from '../../engine/nats/connect.ts'
import { CursorStore } from '../../engine/nats/engine/cursor-store.ts'
import { ensureTopology } from '../../engine/nats/ensure-topology.ts'
import { streams } from '../../engine/nats/topology.ts'
import { startTestServer, type TestServer } from '../test-server.ts'

let server: TestServer
let nats: Nats
beforeAll(async () => {
  server = await startTestServer()
  nats = await connectNats(server.url, 'test')
  await ensureTopology(nats, { partitions: 1, replicas: 1 })
})
afterAll(async () => {
  await nats?.close()
  await server?.stop()
})

const storeOf = (owner: string) =>
  new CursorStore(nats, streams.events, owner, {
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
  })

test('a take-over succeeds while the holder saves its progress, and fences it', async () => {
  const holder = await storeOf('holder').takeOver('event.0')
  let saves = 0
  const saving = (async () => {
    for (;;) {
      await holder.save(0)
      saves++
    }
  })()
  saving.catch(() => {})
  while (saves < 10) await nats.flush()
  const taken = await storeOf('successor').takeOver('event.0')
  await expect(saving).rejects.toThrow(Fenced)
  await taken.save(0)
})

test('of two that take over at once one wins, and the other is fenced', async () => {
  const taken = await Promise.allSettled(['a', 'b'].map((owner) => storeOf(owner).takeOver('event.0')))
  const held = taken.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const saved = await Promise.allSettled(held.map((cursor) => cursor.save(0)))
  expect(saved.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})
