import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectNats } from '../../engine/nats/connect.ts'
import { startEngine } from '../../engine/nats/engine/start-engine.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { engineMetrics } from '../../workers/monitoring/engine-metrics.ts'
import { measureNotifier, registry } from '../../workers/monitoring/metrics.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { customerOf, openDesk, signedIn, startTestGateway } from '../gateway/test-gateway.ts'
import { readSamples, type Samples } from './prometheus-text.ts'

let world: TestWorld
let gateway: Gateway

beforeAll(async () => {
  world = await startTestWorld()
  const nats = await connectNats(world.server.url, 'test engine')
  const options = { partitions: 4, strictChannels: false, observer: engineMetrics }
  const engine = await startEngine(nats, world.log, options)
  world.onStop(() => engine.stop().then(() => nats.close()))
  await world.startNotifier({ observer: measureNotifier })
  gateway = await startTestGateway(world)
  await engine.untilFollowed()
})
afterAll(() => world?.stop())

const samples = async () => readSamples(await registry.metrics())

/** Tells how much a counter has grown: other tests of this process may have counted, too. */
const growthSince = (before: Samples) => async (key: string) =>
  ((await samples()).get(key) ?? 0) - (before.get(key) ?? 0)

test('a conversation is counted, and no label is of a customer or an agent', async () => {
  const grown = growthSince(await samples())
  const { client, conversation } = await customerOf(gateway)
  client.send({ type: 'message', clientId: 'first-words', text: 'Where is my parcel Zanzibar?' })
  await client.first('stored')
  const desk = await openDesk(gateway, await signedIn(gateway, 'agent', 'annabel'))
  await desk.first('request', ({ request }) => request.conversation === conversation)
  desk.send({ type: 'accept', conversation, clientId: 'a1', request: 1 })
  desk.send({ type: 'message', conversation, clientId: 'a2', text: 'On its way' })
  await client.first('record', ({ messages = [] }) => messages.some(({ author }) => author.type === 'agent'))
  await world.publish(conversation, 'session.unheard', {})
  await until(async () => (await grown('frontdesk_dead_letters_total{reason="unknown_type"}')) === 1)

  const handled = (type: string, outcome = 'record') =>
    grown(`frontdesk_events_handled_total{type="${type}",outcome="${outcome}"}`)
  for (const type of ['session.started', 'session.message', 'agent.accepted', 'agent.message'])
    expect([type, await handled(type)]).toEqual([type, 1])
  expect(await handled('other', 'dead_letter')).toBe(1)
  const events = 5
  expect(await grown('frontdesk_apply_seconds_count')).toBe(events)
  expect(await grown('frontdesk_event_to_record_seconds_count')).toBe(4)
  expect(await grown('frontdesk_decide_seconds_count')).toBeGreaterThanOrEqual(4)
  expect(await grown('frontdesk_notifications_total{action="created"}')).toBe(1)
  expect(await grown('frontdesk_notifications_total{action="accepted"}')).toBe(1)
  expect(await grown('frontdesk_gateway_frames_received_total{kind="agent",type="message"}')).toBe(1)
  expect(await grown('frontdesk_gateway_frames_sent_total{type="welcome"}')).toBe(2)

  const now = await samples()
  expect(now.get('frontdesk_partitions_owned')).toBe(4)
  expect(now.get('frontdesk_gateway_connections{kind="customer"}')).toBe(1)
  expect(now.get('frontdesk_gateway_connections{kind="agent"}')).toBe(1)
  expect(now.get('frontdesk_notifier_active')).toBe(1)
  await until(
    async () => (await samples()).get('frontdesk_requests_open{workspace="main",state="accepted"}') === 1,
  )
  await until(async () => (await samples()).get('frontdesk_agents{state="online"}') === 1)

  const text = await registry.metrics()
  for (const word of [conversation, 'Zanzibar', 'annabel', 'Annabel', 'first-words', 'unheard', '127.0.0.1'])
    expect(text).not.toContain(word)
})

test('a refusal is counted by its code, and a request by its route', async () => {
  const grown = growthSince(await samples())
  await fetch(`${gateway.url}/v1/me?role=agent`)
  expect(await grown('frontdesk_gateway_refusals_total{code="sign_in_needed"}')).toBe(1)
  await until(async () => (await grown('frontdesk_http_requests_total{route="/v1/me",status="401"}')) === 1)
  await fetch(`${gateway.url}/v1/customers/somebody`)
  await until(async () => (await grown('frontdesk_http_requests_total{route="none",status="404"}')) === 1)
})
