import pino from 'pino'
import { expect, test, vi } from 'vitest'
import { connectNats } from '../../engine/nats/connect.ts'
import { ensureTopology } from '../../engine/nats/ensure-topology.ts'
import { StreamLog } from '../../engine/nats/stream-log.ts'
import { streams, subjects } from '../../engine/nats/topology.ts'
import { until } from '../engine/test-world.ts'
import { serverIsShared, startTestServer } from '../test-server.ts'

// A server that is everybody's is not stopped.
test.skipIf(serverIsShared)(
  'a reading that is stopped while NATS is away ends without an error',
  async () => {
    const server = await startTestServer()
    const nats = await connectNats(server.url, 'test log')
    try {
      await ensureTopology(nats, { partitions: 1, replicas: 1 })
      const asking = vi.spyOn(nats.jsm.streams, 'info')
      const logger = pino({ level: 'silent' })
      const log = new StreamLog(nats.js, nats.jsm, streams.events, subjects.events(0), logger)
      await server.stop()
      const reading = log.read(0)
      const read = (async () => {
        let count = 0
        for await (const _ of reading) count++
        return count
      })()
      await until(() => asking.mock.calls.length > 0)
      reading.stop()
      expect(await read).toBe(0)
    } finally {
      await nats.close()
      await server.stop()
    }
  },
)
