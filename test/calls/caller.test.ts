import { randomUUID } from 'node:crypto'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Effect } from '../../engine/core/effects.ts'
import { Bucket } from '../../engine/nats/bucket.ts'
import { connectNats } from '../../engine/nats/connect.ts'
import { EffectPerformer } from '../../engine/nats/engine/effect-performer.ts'
import { streams, subjects } from '../../engine/nats/topology.ts'
import type { Call, CallAnswer } from '../../schemas/conversation/call.ts'
import { AllowedHosts } from '../../workers/calls/client/allowed-hosts.ts'
import { ApiSecrets } from '../../workers/calls/client/api-secrets.ts'
import { callsAtOnceMax, startCaller } from '../../workers/calls/start-caller.ts'
import { type Running, startFrontdesk } from '../cli/frontdesk.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { serverIsShared } from '../test-server.ts'
import { json, startTestApi } from './test-api.ts'

let world: TestWorld
let performer: EffectPerformer
beforeEach(async () => {
  world = await startTestWorld()
  performer = new EffectPerformer(world.nats, { log: world.log, signal: new AbortController().signal })
})
const running: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((stop) => stop()))
  await world?.stop()
})

function callOf(conversation: string, url: string, changes: Partial<Call> = {}): Call {
  return {
    ...{ conversation, call: 1, bot: 'shop', step: 'look', method: 'POST', url, headers: {}, body: {} },
    ...{ timeoutMs: 30_000, save: { id: 'id' }, ...changes },
  }
}

const ask = (call: Call) => performer.perform({ kind: 'call', conversation: call.conversation, call })

/** The conversation's record says which call it waits for, as the engine's does. */
async function waits(conversation: string, awaits: number | undefined) {
  const event = { id: randomUUID(), type: 'session.message', seq: 1 }
  const record = { at: new Date().toISOString(), event, outcome: 'applied', state: { awaits } }
  await world.nats.publisher.publish(subjects.conversation(conversation), JSON.stringify(record))
}

async function startCallerHere(log = world.log): Promise<{ stop(): Promise<void> }> {
  const own = await connectNats(world.server.url, 'test caller')
  const caller = await startCaller(own, log, {
    allowed: AllowedHosts.parse('127.0.0.1') as AllowedHosts,
  })
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= caller.stop().then(() => own.close())
    return stopped
  }
  running.push(stop)
  return { stop }
}

async function startCallerProcess(): Promise<Running> {
  const env = { NATS_URL: world.server.url, FRONTDESK_PARTITIONS: '4', FRONTDESK_API_HOSTS: '127.0.0.1' }
  const caller = startFrontdesk(['caller'], { env })
  running.push(() => {
    caller.child.kill('SIGKILL')
    return caller.ended
  })
  await caller.logs('"msg":"ready"')
  return caller
}

async function answersOf(conversation: string): Promise<CallAnswer[]> {
  const events = await world.stored('events', subjects.eventsOf(conversation))
  return events
    .filter(({ subject }) => subject.endsWith('.call.answered'))
    .map(({ body }) => JSON.parse(body) as CallAnswer)
}

const callsLeft = async () => (await world.nats.jsm.streams.info(streams.calls)).state.messages

describe('a call', () => {
  test('is performed, answered with an event, and removed', async () => {
    const api = await startTestApi((_, response) => json(response, { id: 7 }))
    await startCallerHere()
    await waits('c1', 3)
    await ask(callOf('c1', api.url, { call: 3 }))
    await until(async () => (await callsLeft()) === 0)
    expect(await answersOf('c1')).toEqual([{ call: 3, ok: true, status: 200, values: { id: '7' } }])
    const [event] = await world.stored('events', subjects.eventsOf('c1'))
    expect(event?.headers['Nats-Msg-Id']).toMatch(/^c1\.call\.3\./)
  })

  test('waits for a caller', async () => {
    const api = await startTestApi((_, response) => json(response, { id: 7 }))
    await waits('c1', 1)
    await ask(callOf('c1', api.url))
    expect(await callsLeft()).toBe(1)
    await startCallerHere()
    await until(async () => (await answersOf('c1')).length === 1)
  })

  test('is not repeated by a repeated effect', async () => {
    const api = await startTestApi((_, response) => json(response, { id: 7 }))
    await waits('c1', 1)
    await ask(callOf('c1', api.url))
    await ask(callOf('c1', api.url))
    expect(await callsLeft()).toBe(1)
    await startCallerHere()
    await until(async () => (await callsLeft()) === 0)
    expect(api.got).toHaveLength(1)
  })

  test('that fails is answered too', async () => {
    await startCallerHere()
    await waits('c1', 1)
    await ask(callOf('c1', 'https://not-listed.example/'))
    await until(async () => (await callsLeft()) === 0)
    expect(await answersOf('c1')).toEqual([{ call: 1, ok: false, failure: 'host_not_allowed' }])
  })

  test('has the present secrets', async () => {
    const secrets = new ApiSecrets(new Bucket(world.nats, 'apiSecrets'))
    const api = await startTestApi((_, response) => json(response, { id: 7 }))
    await startCallerHere()
    const headers = { 'X-Key': '{{secret.shop}}' }
    await secrets.set('shop', 'the first one')
    await waits('c1', 1)
    await ask(callOf('c1', api.url, { headers }))
    await until(async () => (await answersOf('c1')).length === 1)
    await secrets.set('shop', 'the second one')
    await waits('c2', 1)
    await ask(callOf('c2', api.url, { headers }))
    await until(async () => (await answersOf('c2')).length === 1)
    await secrets.delete('shop')
    await waits('c3', 1)
    await ask(callOf('c3', api.url, { headers }))
    await until(async () => (await answersOf('c3')).length === 1)
    expect(api.got.map(({ headers }) => headers['x-key'])).toEqual(['the first one', 'the second one'])
    expect(await answersOf('c3')).toMatchObject([{ failure: 'secret_unknown' }])
  })

  const pasts: [string, () => Promise<unknown>][] = [
    ['that has its answer, is out of time, or has ended', () => waits('c1', undefined)],
    ['that waits for a later call', () => waits('c1', 2)],
    ['that nobody knows', async () => {}],
  ]
  test.each(pasts)('of a conversation %s is not performed', async (_, past) => {
    const api = await startTestApi((_, response) => json(response, { id: 7 }))
    await past()
    await ask(callOf('c1', api.url))
    await startCallerHere()
    await until(async () => (await callsLeft()) === 0)
    expect(api.connections()).toBe(0)
    expect(await answersOf('c1')).toEqual([])
  })

  test('of an erased conversation is removed; others stay', async () => {
    await ask(callOf('c1', 'https://api.example.com/', { body: { email: 'jose@example.com' } }))
    await ask(callOf('c10', 'https://api.example.com/'))
    const forget: Effect = { kind: 'forget', conversation: 'c1', seq: 0, record: 0 }
    await performer.perform(forget)
    expect(await callsLeft()).toBe(1)
    const left = await world.nats.jsm.streams.getMessage(streams.calls, { last_by_subj: 'frontdesk.call.*' })
    expect(left?.subject).toBe(subjects.call('c10'))
  })

  test('is skipped if the message is not a call', async () => {
    const api = await startTestApi((_, response) => json(response, { id: 7 }))
    for (const body of ['{}', 'no JSON', '']) await world.nats.publisher.publish(subjects.call('c0'), body)
    await waits('c1', 1)
    await ask(callOf('c1', api.url))
    await startCallerHere()
    await until(async () => (await callsLeft()) === 0)
    expect(await answersOf('c1')).toHaveLength(1)
  })
})

describe('several callers', () => {
  test('share the calls: each is performed once, within each caller’s limit', async () => {
    let atOnce = 0
    let most = 0
    const api = await startTestApi((_, response) => {
      most = Math.max(most, ++atOnce)
      setTimeout(() => {
        atOnce--
        json(response, { id: 7 })
      }, 20)
    })
    const ids = Array.from({ length: 300 }, (_, i) => `c${i}`)
    await Promise.all(ids.map((id) => waits(id, 1).then(() => ask(callOf(id, api.url)))))
    await Promise.all([startCallerHere(), startCallerHere()])
    await until(async () => (await callsLeft()) === 0)
    expect(api.got.map(({ headers }) => headers['idempotency-key']).sort()).toEqual(
      ids.map((id) => `${id}.call.1`).sort(),
    )
    expect(most).toBeLessThanOrEqual(2 * callsAtOnceMax)
    for (const id of ids) expect(await answersOf(id)).toHaveLength(1)
  })

  test('leave a long call to the caller that performs it', async () => {
    // Longer than a caller may be silent.
    const api = await startTestApi((_, response) => void setTimeout(() => json(response, { id: 7 }), 5_000))
    await Promise.all([startCallerHere(), startCallerHere()])
    await waits('c1', 1)
    await ask(callOf('c1', api.url))
    await until(async () => (await callsLeft()) === 0)
    expect(api.got).toHaveLength(1)
    expect(await answersOf('c1')).toHaveLength(1)
  })

  test('repeat the call of a killed caller, with the same idempotency key', async () => {
    const api = await startTestApi((_, response, count) => {
      if (count > 1) json(response, { id: 7 })
    })
    const killed = await startCallerProcess()
    await waits('c1', 1)
    await ask(callOf('c1', api.url))
    await until(() => api.got.length === 1)
    await startCallerProcess()
    killed.child.kill('SIGKILL')
    await until(async () => (await callsLeft()) === 0)
    expect(api.got.map(({ headers }) => headers['idempotency-key'])).toEqual(['c1.call.1', 'c1.call.1'])
    expect(await answersOf('c1')).toEqual([{ call: 1, ok: true, status: 200, values: { id: '7' } }])
  })

  test('take over the calls that a stopping caller cannot finish; it finishes the rest', async () => {
    const api = await startTestApi(({ headers }, response, count) => {
      if (headers['idempotency-key'] === 'quick.call.1') setTimeout(() => json(response, { id: 7 }), 500)
      else if (count > 2) json(response, { id: 7 })
    })
    const stopping = await startCallerHere()
    for (const id of ['quick', 'slow']) {
      await waits(id, 1)
      await ask(callOf(id, api.url))
    }
    await until(() => api.got.length === 2)
    const stopped = stopping.stop()
    await startCallerHere()
    await stopped
    await until(async () => (await callsLeft()) === 0)
    const keys = api.got.map(({ headers }) => headers['idempotency-key']).sort()
    expect(keys).toEqual(['quick.call.1', 'slow.call.1', 'slow.call.1'])
    for (const id of ['quick', 'slow']) expect(await answersOf(id)).toHaveLength(1)
  })
})

describe.skipIf(serverIsShared)('while NATS is away', () => {
  test('a call in flight continues, and its answer is stored once, later', async () => {
    let finish = () => {}
    const api = await startTestApi((_, response) => {
      finish = () => json(response, { id: 7 })
    })
    await startCallerHere()
    await waits('c1', 1)
    await ask(callOf('c1', api.url))
    await until(() => api.got.length === 1)
    await world.server.kill()
    finish()
    await world.server.restart()
    await until(async () => (await answersOf('c1')).length > 0)
    await until(async () => (await callsLeft()) === 0)
    // Whoever was told of it a second time, before it was stored, has asked again with the same key.
    expect(new Set(api.got.map(({ headers }) => headers['idempotency-key']))).toEqual(new Set(['c1.call.1']))
    await waits('c2', 1)
    await ask(callOf('c2', api.url))
    await until(() => api.got.some(({ headers }) => headers['idempotency-key'] === 'c2.call.1'))
    finish()
    await until(async () => (await answersOf('c2')).length === 1)
  })

  test('a caller can stop', async () => {
    const caller = await startCallerHere()
    await world.server.kill()
    await caller.stop()
    await world.server.restart()
  })
})

test('a failed call is logged without the request and the response', async () => {
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const secrets = new ApiSecrets(new Bucket(world.nats, 'apiSecrets'))
  await secrets.set('shop', 's3cr3t-of-the-shop')
  const api = await startTestApi(({ headers }, response) => json(response, headers, 400))
  await startCallerHere(log)
  await waits('c1', 1)
  await ask(
    callOf('c1', api.url, { headers: { 'X-Key': '{{secret.shop}}' }, body: { email: 'a@b.example' } }),
  )
  await until(async () => (await callsLeft()) === 0)
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { conversation: 'c1', step: 'look', failure: 'refused', status: 400, attempts: 1 },
  ])
  const everywhere = [...lines, ...(await world.stored('events')).map(({ body }) => body)].join('')
  expect(everywhere).not.toMatch(/s3cr3t|a@b/)
  expect(api.got[0]?.headers['x-key']).toBe('s3cr3t-of-the-shop')
})
