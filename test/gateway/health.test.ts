import { DiscardPolicy } from '@nats-io/jetstream'
import pino from 'pino'
import { describe, expect, onTestFinished, test } from 'vitest'
import { workersAlive } from '../../engine/nats/engine/presence.ts'
import { NoResponders } from '../../engine/nats/errors.ts'
import { streams } from '../../engine/nats/topology.ts'
import type { GatewayFrame } from '../../schemas/protocol/widget.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { serverIsShared } from '../test-server.ts'
import { customerOf, signedIn, startTestGateway, type TestClient } from './test-gateway.ts'

interface Line {
  level: number
  msg: string
  clients?: string
  reason?: string
}

/** A gateway on a world of its own, and what it logs. */
async function startLogged(): Promise<{ world: TestWorld; gateway: Gateway; lines: Line[] }> {
  const world = await startTestWorld()
  onTestFinished(world.stop)
  const lines: Line[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) })
  const gateway = await startTestGateway({ ...world, log })
  return { world, gateway, lines }
}

async function healthOf({ url }: Gateway): Promise<unknown> {
  const response = await fetch(`${url}/healthz`)
  return { code: response.status, ...((await response.json()) as object) }
}

const well = { code: 200, status: 'ok' }
const ill = (reason: string) =>
  expect.objectContaining({ code: 503, status: 'unavailable', reason, message: expect.any(String) })

/** Settles once it is so. */
const becomes = (gateway: Gateway, health: unknown) =>
  expect.poll(() => healthOf(gateway), { timeout: 60_000 }).toEqual(health)

describe('/healthz', () => {
  test('says that no engine is alive', async () => {
    const { world, gateway } = await startLogged()
    expect(await healthOf(gateway)).toEqual(ill('engine'))
    const engine = await world.startEngine()
    await becomes(gateway, well)
    await engine.stop()
    await becomes(gateway, ill('engine'))
  })

  test('says so, too, where nothing answers the reads of roles: neither an engine nor a notifier', async () => {
    const { world, gateway } = await startLogged()
    const engine = await world.startEngine()
    await world.stopReads()
    await becomes(gateway, well)
    await engine.stop()
    const widget = await world.connect('widget')
    await expect(workersAlive(widget, 'engine')).rejects.toThrow(NoResponders)
    expect(await healthOf(gateway)).toEqual(ill('engine'))
    await world.startNotifier()
    expect(await healthOf(gateway)).toEqual(ill('engine'))
    await world.startEngine()
    await becomes(gateway, well)
  })

  test.skipIf(serverIsShared)('says that NATS does not answer', async () => {
    const { world, gateway } = await startLogged()
    await world.startEngine()
    await becomes(gateway, well)
    await world.server.kill()
    expect(await healthOf(gateway)).toEqual(ill('nats'))
    await world.server.restart()
    await becomes(gateway, well)
  })

  test('says that what customers write is not stored, which is logged once', async () => {
    const { world, gateway, lines } = await startLogged()
    await world.startEngine()
    const { client, session } = await customerOf(gateway)
    await becomes(gateway, well)
    const { streams: managed } = world.nats.jsm
    await managed.update(streams.events, { max_bytes: 1, discard: DiscardPolicy.New })
    const write = async (customer: TestClient<GatewayFrame>) => {
      customer.send({ type: 'message', clientId: 'm1', text: 'hello' })
      return customer.end()
    }
    expect(await write(client)).toBe(1013)
    expect(await write((await customerOf(gateway, { session })).client)).toBe(1013)
    expect(await write((await customerOf(gateway, { session })).client)).toBe(1013)
    expect(await healthOf(gateway)).toEqual(ill('storage'))
    const warnings = () => lines.filter(({ level }) => level >= (pino.levels.values.warn ?? 0))
    expect(warnings()).toMatchObject([
      { clients: 'customers', reason: expect.stringMatching(/maximum bytes/) },
    ])

    await managed.update(streams.events, { max_bytes: -1, discard: DiscardPolicy.Old })
    const { client: back } = await customerOf(gateway, { session })
    back.send({ type: 'message', clientId: 'm1', text: 'hello' })
    await back.first('stored')
    expect(await healthOf(gateway)).toEqual(well)
    expect(warnings()).toHaveLength(1)
  })
})

test('pages that get `unavailable` are logged, too', async () => {
  const { world, gateway, lines } = await startLogged()
  const administrator = await signedIn(gateway, 'administrator', 'bob')
  await world.nats.jsm.streams.delete('KV_frontdesk_config')
  const response = await fetch(`${gateway.url}/v1/admin/configuration`, { headers: administrator })
  expect(response.status).toBe(503)
  await until(() => lines.some(({ clients }) => clients?.startsWith('pages')))
})
