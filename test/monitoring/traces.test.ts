import { context, propagation, SpanKind, trace } from '@opentelemetry/api'
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectNats } from '../../engine/nats/connect.ts'
import { startEngine } from '../../engine/nats/engine/start-engine.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { customerOf, openDesk, signedIn, startTestGateway } from '../gateway/test-gateway.ts'

const exporter = new InMemorySpanExporter()
let world: TestWorld
let gateway: Gateway

async function startWithEngine(): Promise<void> {
  world = await startTestWorld()
  // Its wake-up is armed a second after its record, together with those of others.
  await world.configure('channel.patient', { id: 'patient', timeouts: { unanswered: 'PT3S' } })
  const nats = await connectNats(world.server.url, 'test engine')
  const engine = await startEngine(nats, world.log, { partitions: 4, strictChannels: false })
  world.onStop(() => engine.stop().then(() => nats.close()))
  gateway = await startTestGateway(world)
  await engine.untilFollowed()
}

beforeAll(async () => {
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  provider.register()
  await startWithEngine()
})
afterAll(async () => {
  await world?.stop()
  // Other files of this process run without an SDK.
  for (const api of [trace, propagation, context]) api.disable()
})

const spansOf = (traceId: string) =>
  exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === traceId)
const find = (name: string, conversation?: string) =>
  exporter
    .getFinishedSpans()
    .find(
      (span) =>
        span.name === name &&
        (conversation === undefined || span.attributes['frontdesk.conversation'] === conversation),
    )

/** The span's ancestors, from the root on, by name. */
function pathTo(span: ReadableSpan): string[] {
  const parent = exporter
    .getFinishedSpans()
    .find((one) => one.spanContext().spanId === span.parentSpanContext?.spanId)
  return [...(parent ? pathTo(parent) : []), span.name]
}

test('one trace leads from a customer’s message to the agent’s screen, and back with the answer', async () => {
  const { client, conversation } = await customerOf(gateway)
  const desk = await openDesk(gateway, await signedIn(gateway, 'agent', 'annabel'))
  client.send({ type: 'message', clientId: 'm1', text: 'Where is my parcel Zanzibar?' })
  await desk.first('request', ({ request }) => request.conversation === conversation)
  desk.send({ type: 'accept', conversation, clientId: 'a1', request: 1 })
  await client.first('record', ({ status }) => status?.state === 'withAgent')
  client.send({ type: 'message', clientId: 'm2', text: 'Are you there?' })
  await until(() => desk.texts().includes('Are you there?'))
  desk.send({ type: 'message', conversation, clientId: 'a2', text: 'On its way' })
  await client.first('record', ({ messages = [] }) => messages.some(({ author }) => author.type === 'agent'))
  await until(() => find('handle agent.message', conversation) !== undefined)

  const [first, second] = exporter.getFinishedSpans().filter(({ name }) => name === 'widget message')
  expect(first && second).toBeDefined()
  // The first message makes a request, which the agent accepts.
  const accepted = find('handle agent.accepted', conversation) as ReadableSpan
  expect(accepted.spanContext().traceId).toBe(first?.spanContext().traceId)
  expect(pathTo(accepted)).toEqual([
    'widget message',
    'handle session.message',
    'effect notify',
    'to desk',
    'desk accept',
    'handle agent.accepted',
  ])
  // The second one is answered.
  const answered = find('handle agent.message', conversation) as ReadableSpan
  expect(pathTo(answered)).toEqual([
    'widget message',
    'handle session.message',
    'store record',
    'to desk',
    'desk message',
    'handle agent.message',
  ])
  const { traceId } = answered.spanContext()
  expect(traceId).toBe(second?.spanContext().traceId)
  expect(answered.kind).toBe(SpanKind.CONSUMER)
  const back = () =>
    spansOf(traceId).find(
      (span) => span.name === 'to widget' && pathTo(span).includes('handle agent.message'),
    )
  await until(() => back() !== undefined)
  expect(spansOf(traceId).map(({ name }) => name)).toContain('decide')

  const everything = JSON.stringify(
    exporter
      .getFinishedSpans()
      .map(({ name, attributes, events, status }) => [name, attributes, events, status]),
  )
  for (const word of ['Zanzibar', 'there?', 'On its way', 'annabel', 'Annabel'])
    expect(everything).not.toContain(word)
})

test('a timer continues the trace of the event that has started it', async () => {
  const { client, conversation } = await customerOf(gateway, { channel: 'patient' })
  client.send({ type: 'message', clientId: 'm1', text: 'hello' })
  await until(() => find('handle timer.due', conversation) !== undefined)
  const fired = find('handle timer.due', conversation) as ReadableSpan
  expect(pathTo(fired)).toEqual([
    'widget message',
    'handle session.message',
    'effect wake',
    'handle timer.due',
  ])
})

test('without an SDK no message has a header more', async () => {
  for (const api of [trace, propagation, context]) api.disable()
  const before = exporter.getFinishedSpans().length
  const plain = await startTestWorld()
  try {
    await plain.startEngine()
    const own = await startTestGateway(plain)
    const { client, conversation } = await customerOf(own)
    client.send({ type: 'message', clientId: 'm1', text: 'hello' })
    await client.first('stored')
    await until(async () => (await plain.records(conversation)).length === 2)
    for (const stream of ['events', 'conversations', 'workspace'] as const)
      for (const { headers } of await plain.stored(stream))
        expect(Object.keys(headers)).not.toContain('traceparent')
    expect(exporter.getFinishedSpans()).toHaveLength(before)
  } finally {
    await plain.stop()
  }
})
