import { DiscardPolicy } from '@nats-io/jetstream'
import { expect, onTestFinished, test } from 'vitest'
import { streams } from '../../engine/nats/topology.ts'
import type { Unready } from '../../schemas/protocol/health.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { reasonsOf } from '../../workers/monitoring/readiness.ts'
import { startTestWorld, type TestWorld } from '../engine/test-world.ts'
import { startTestGateway } from '../gateway/test-gateway.ts'

const lagSecondsMax = 1

async function startWorld(): Promise<{ world: TestWorld; gateway: Gateway }> {
  const world = await startTestWorld()
  onTestFinished(world.stop)
  return { world, gateway: await startTestGateway(world, {}, [], lagSecondsMax) }
}

async function readinessOf({ url }: Gateway): Promise<{ code: number; reasons: string[] }> {
  const response = await fetch(`${url}/readyz`)
  const { reasons = [] } = (await response.json()) as { reasons?: Unready[] }
  return { code: response.status, reasons: reasons.map(({ code }) => code) }
}

const ready = { code: 200, reasons: [] }
const unready = (...reasons: string[]) => ({ code: 503, reasons })
const becomes = (gateway: Gateway, readiness: unknown) =>
  expect.poll(() => readinessOf(gateway), { timeout: 60_000 }).toEqual(readiness)

test('a gateway is not ready without a living engine; it lives and serves no metrics', async () => {
  const { world, gateway } = await startWorld()
  expect(await readinessOf(gateway)).toEqual(unready('no_engine'))
  const engine = await world.startEngine()
  await becomes(gateway, ready)
  await engine.stop()
  await becomes(gateway, unready('no_engine'))
  expect(await (await fetch(`${gateway.url}/livez`)).json()).toEqual({ status: 'ok' })
  expect((await fetch(`${gateway.url}/metrics`)).status).toBe(404)
})

test('it is not ready while a stream is full and events wait', async () => {
  const { world, gateway } = await startWorld()
  await world.startEngine()
  await becomes(gateway, ready)
  const { streams: managed } = world.nats.jsm
  await managed.update(streams.events, { max_bytes: 1, discard: DiscardPolicy.New })
  await becomes(gateway, unready('stream_unwritable'))
  const { reasons } = (await (await fetch(`${gateway.url}/readyz`)).json()) as { reasons: Unready[] }
  expect(reasons[0]?.streams).toEqual([streams.events])
  await managed.update(streams.events, { max_bytes: -1, discard: DiscardPolicy.Old })
  await becomes(gateway, ready)

  // An engine that cannot store the record of an event waits, and so do the events.
  await managed.update(streams.conversations, { max_bytes: 1, discard: DiscardPolicy.New })
  await world.publish('c1', 'session.started', { channel: 'web' }, 'c1-started')
  await becomes(gateway, unready('stream_unwritable', 'lag'))
  await managed.update(streams.conversations, { max_bytes: -1, discard: DiscardPolicy.Old })
  await becomes(gateway, ready)
  expect(await world.records('c1')).toHaveLength(1)
})

const well = { partitions: 2, held: [0, 1], behind: 0, lagSeconds: 0, unwritable: [] }

test('living engines have to follow every partition', () => {
  expect(reasonsOf([well], 30)).toEqual([])
  expect(
    reasonsOf(
      [
        { ...well, held: [0] },
        { ...well, held: [1] },
      ],
      30,
    ),
  ).toEqual([])
  expect(reasonsOf([{ ...well, held: [1] }], 30)).toMatchObject([
    { code: 'partitions_unowned', partitions: [0] },
  ])
  // An engine of an earlier version does not tell which it follows.
  expect(reasonsOf([{ ...well, held: [1] }, undefined], 30)).toEqual([])
})

test('the limit of the lag is a limit, not a threshold', () => {
  expect(reasonsOf([{ ...well, lagSeconds: 30 }], 30)).toEqual([])
  expect(reasonsOf([{ ...well, lagSeconds: 30.1 }], 30)).toMatchObject([{ code: 'lag', lagSeconds: 30.1 }])
})
