import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { expect, test } from 'vitest'
import { connectNats } from '../../engine/nats/connect.ts'
import { ensureTopology } from '../../engine/nats/ensure-topology.ts'
import { StreamLog } from '../../engine/nats/stream-log.ts'
import { streams, subjects } from '../../engine/nats/topology.ts'
import { serverIsShared, startTestServer } from '../test-server.ts'

// A server that is everybody's is not stopped.
test.skipIf(serverIsShared)(
  'a reading that is stopped while NATS is away ends, and fails nobody',
  async () => {
    const server = await startTestServer()
    const nats = await connectNats(server.url, 'test log')
    try {
      await ensureTopology(nats, { partitions: 1, replicas: 1 })
      const log = new StreamLog(
        nats.js,
        nats.jsm,
        streams.events,
        subjects.events(0),
        pino({ level: 'silent' }),
      )
      await server.stop()
      const reading = log.read(0)
      const read = (async () => {
        let count = 0
        for await (const _ of reading) count++
        return count
      })()
      await sleep(200)
      reading.stop()
      expect(await read).toBe(0)
    } finally {
      await nats.close()
      await server.stop()
    }
  },
)
