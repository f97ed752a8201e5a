import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectNats, type Nats } from '../../engine/nats/connect.ts'
import { subjects } from '../../engine/nats/topology.ts'
import { onQueuePlace } from '../../engine/nats/views/signals.ts'
import type { QueuePlace } from '../../schemas/protocol/widget.ts'
import { until } from '../engine/test-world.ts'
import { startTestServer, type TestServer } from '../test-server.ts'

let server: TestServer
let nats: Nats
beforeAll(async () => {
  server = await startTestServer()
  nats = await connectNats(server.url, 'test')
})
afterAll(async () => {
  await nats.close()
  await server.stop()
})

test('a place in the queue is asked for again where a busy notifier does not answer in time', async () => {
  let asked = 0
  const place: QueuePlace = { position: 1, waiting: 1 }
  // It has published the place before, and publishes it again only when it changes.
  nats.connection.subscribe(subjects.position('*'), {
    callback: (_, message) => {
      if (++asked === 2) message.respond(JSON.stringify(place))
    },
  })
  const told: QueuePlace[] = []
  const stop = onQueuePlace(nats, 'c1', (place) => told.push(place))
  await until(() => told.length > 0)
  expect(told).toEqual([place])
  stop()
  expect(asked).toBe(2)
})

test('an answer that was overtaken by a change of the place is dropped', async () => {
  const place: QueuePlace = { position: 1, waiting: 1 }
  const notifier = await connectNats(server.url, 'notifier')
  let asked = 0
  // Both arrive in one read of the socket: the subscription is called at once, the answer in the next microtask.
  notifier.connection.subscribe(subjects.position('c2'), {
    callback: (_, message) => {
      asked++
      message.respond(JSON.stringify({ position: null }))
      notifier.connection.publish(subjects.queue('c2'), JSON.stringify(place))
      notifier.connection.publish('answered')
    },
  })
  await notifier.flush()
  const told: QueuePlace[] = []
  const isAnswered = new Promise<void>((resolve) => {
    nats.connection.subscribe('answered', {
      max: 1,
      callback: () => {
        setImmediate(resolve)
      },
    })
  })
  const stop = onQueuePlace(nats, 'c2', (place) => told.push(place))
  await isAnswered
  expect(asked).toBe(1)
  expect(told.at(-1)).toEqual(place)
  stop()
  await notifier.close()
})
