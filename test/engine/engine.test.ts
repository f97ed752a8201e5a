import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readRecord } from '../../engine/core/record.ts'
import type { Worker } from '../../engine/nats/engine/start-worker.ts'
import { subjects } from '../../engine/nats/topology.ts'
import { deadletterHeaders } from '../../schemas/conversation/dead-letter.ts'
import { serverIsShared } from '../test-server.ts'
import { startTestWorld, type TestWorld, until } from './test-world.ts'

let world: TestWorld
let engine: Worker

beforeAll(async () => {
  world = await startTestWorld()
  await world.configure('channel.details', {
    id: 'details',
    duringHours: { customerDetails: ['name', 'email'] },
  })
  engine = await world.startEngine()
  await world.startNotifier()
})

afterAll(() => world.stop())

const outcomes = async (id: string) => (await world.records(id)).map(({ outcome }) => outcome)
const lastOf = async (id: string) => (await world.records(id)).at(-1)
const recorded = (id: string, count: number) => until(async () => (await world.records(id)).length >= count)

async function queue(id: string, channel = 'web') {
  await world.publish(id, 'session.started', { channel })
  await world.publish(id, 'session.message', { text: 'order 4711 is broken' })
  await recorded(id, 2)
}

describe('a conversation on a channel that nobody configured', () => {
  test('greets, stores the need, announces an agent, queues, is accepted, and ends', async () => {
    await queue('story')
    await world.publish('story', 'agent.accepted', { agent: { id: 'ann', name: 'Ann' }, request: 1 })
    await world.publish('story', 'agent.message', { agent: { id: 'ann' }, text: 'Hello', clientId: 'x1' })
    await world.publish('story', 'agent.ended', { agent: { id: 'ann' } })
    await recorded('story', 5)
    const records = await world.records('story')
    expect(records.flatMap(({ status }) => status?.state ?? [])).toEqual([
      'greeting',
      'queued',
      'withAgent',
      'ended',
    ])
    const said = records.flatMap(({ messages }) => messages ?? [])
    expect(said.map(({ author, type }) => `${author.type} ${type}`)).toEqual([
      'bot text',
      'customer text',
      'bot text',
      'system notice',
      'agent text',
      'system notice',
    ])
    for (const record of records)
      for (const [n, message] of (record.messages ?? []).entries())
        expect(message.id).toBe(`story.${record.event.seq}.${n}`)
    expect(said[4]).toMatchObject({ text: 'Hello', clientId: 'x1', author: { id: 'ann', name: 'Ann' } })
  })

  test('publishes each stored record live, with its predecessor’s sequence', async () => {
    const seen: { seq: number; last: number }[] = []
    const subscription = world.nats.connection.subscribe(subjects.live('live'), {
      callback: (_, { headers }) => {
        seen.push({
          seq: Number(headers?.get('Nats-Sequence')),
          last: Number(headers?.get('Nats-Last-Sequence')),
        })
      },
    })
    await queue('live')
    await until(() => seen.length === 2)
    subscription.unsubscribe()
    expect(seen[0]?.last).toBe(0)
    expect(seen[1]?.last).toBe(seen[0]?.seq)
  })
})

describe('repeats', () => {
  test('nothing of an ended conversation stays scheduled', async () => {
    await queue('over')
    const schedules = () => world.stored('timers', subjects.timersOf('over'))
    await until(async () => (await schedules()).length > 0)
    await world.publish('over', 'session.ended', {})
    await recorded('over', 3)
    await until(async () => (await schedules()).length === 0)
  })

  test('two conversations may use one id at the same instant', async () => {
    const bodies = ['one', 'two'].map((id) =>
      world.publish(id, 'session.started', { channel: 'web' }, 'an-id-of-both'),
    )
    await Promise.all(bodies)
    await recorded('one', 1)
    await recorded('two', 1)
  })

  test('an id that is used again at once, with another body, is refused and not swallowed', async () => {
    await world.publish('at-once', 'session.started', { channel: 'web' })
    await Promise.all([
      world.publish('at-once', 'session.message', { text: 'first' }, 'id-1'),
      world.publish('at-once', 'session.message', { text: 'second' }, 'id-1'),
    ])
    await recorded('at-once', 3)
    expect((await lastOf('at-once'))?.rejected?.code).toBe('id_reused')
  })

  test('the same id with the same body makes no record; with another body it is refused', async () => {
    await world.publish('again', 'session.started', { channel: 'web' }, 'again-1')
    await world.publish('again', 'session.message', { text: 'hi' }, 'again-2')
    await world.publish('again', 'session.message', { text: 'hi' }, 'again-2')
    await world.publish('again', 'session.started', { channel: 'web' }, 'again-1')
    await world.publish('again', 'session.message', { text: 'other' }, 'again-2')
    await recorded('again', 3)
    expect(await outcomes('again')).toEqual(['applied', 'applied', 'rejected'])
    expect((await lastOf('again'))?.rejected?.code).toBe('id_reused')
  })

  test('the same id in two conversations is two events', async () => {
    await world.publish('twin-a', 'session.started', { channel: 'web' }, 'same-id')
    await world.publish('twin-b', 'session.started', { channel: 'web' }, 'same-id')
    await recorded('twin-b', 1)
    expect(await outcomes('twin-a')).toEqual(['applied'])
  })
})

describe('an event that cannot be read', () => {
  const letters = async () => world.stored('deadletters')

  test('goes to DEADLETTER, complete and with the reason', async () => {
    const cases: [reason: string, conversation: string, type: string, body: string][] = [
      ['not_json', 'bad-1', 'session.message', '{"text":'],
      ['invalid', 'bad-2', 'session.message', '{"text":7}'],
      ['invalid', 'bad-3', 'session.started', '{}'],
      ['unknown_type', 'bad-4', 'session.exploded', '{}'],
      ['bad_token', 'bad%5', 'session.started', '{"channel":"web"}'],
      ['too_large', 'bad-6', 'session.message', JSON.stringify({ text: 'x'.repeat(70_000) })],
    ]
    for (const [, conversation, type, body] of cases)
      await world.publish(conversation, type, body, `id of ${conversation}`)
    await until(async () => (await letters()).length >= cases.length)
    for (const [reason, conversation, type, body] of cases) {
      const letter = (await letters()).find(
        ({ headers }) => headers[deadletterHeaders.conversation] === conversation,
      )
      expect(letter?.subject).toBe(subjects.deadletter(reason))
      expect(letter?.body).toBe(body)
      expect(letter?.headers).toMatchObject({
        [deadletterHeaders.type]: type,
        [deadletterHeaders.id]: `id of ${conversation}`,
      })
      expect(letter?.headers[deadletterHeaders.explanation]).not.toBe('')
    }
  })

  test('an event that is too large for a dead letter is refused at once', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(1024 * 1024 - 8 * 1024) })
    await expect(world.publish('huge', 'session.message', body)).rejects.toThrow('maximum')
  })

  test('10,000 random and malformed payloads stop nothing, and each is accounted for', async () => {
    const count = 10_000
    const types = [
      'session.started',
      'session.message',
      'session.details',
      'agent.accepted',
      'x.y',
      'timer.due',
    ]
    const bodies = fc.sample(
      fc.oneof(
        fc.json(),
        fc.string(),
        fc.record({ text: fc.anything(), channel: fc.anything(), agent: fc.anything() }).map(stringify),
        fc.constant('{"text":"fine"}'),
      ),
      { numRuns: count, seed: 4711 },
    )
    const bytes = fc.sample(fc.uint8Array({ minLength: 40, maxLength: 40 }), { numRuns: count, seed: 4711 })
    const published = new Map<number, { type: string; body: string }>()
    for (let from = 0; from < count; from += 500)
      await Promise.all(
        bodies.slice(from, from + 500).map(async (body, i) => {
          const id = `fuzz-${(from + i) % 50}`
          const type = types[(from + i) % types.length] as string
          const raw = (from + i) % 97 === 0 ? Buffer.from(bytes[from + i] ?? []).toString('latin1') : body
          published.set(await world.publish(id, type, raw), { type, body: raw })
        }),
      )
    await world.publish('after-fuzz', 'session.started', { channel: 'web' })
    await recorded('after-fuzz', 1)
    await until(async () => {
      const found = new Set<number>()
      for (const { body } of await world.stored('conversations', subjects.conversation('*')))
        found.add(readRecord(body)?.event.seq ?? 0)
      for (const { headers } of await letters()) found.add(Number(headers[deadletterHeaders.seq]))
      return [...published].every(([seq, { type, body }]) => found.has(seq) || isWakeUp(type, body))
    })
    for (const { headers, body } of await letters()) {
      const event = published.get(Number(headers[deadletterHeaders.seq]))
      if (event) expect(body).toBe(event.body)
    }
    expect(engine.held()).toHaveLength(4)
  })
})

describe('a message on a conversation’s subject that is not a record', () => {
  test('is skipped: the conversation continues from its last record', async () => {
    await queue('foreign')
    await world.stop()
    world = await startTestWorld()
    engine = await world.startEngine()
    await world.startNotifier()
    await queue('foreign')
    await world.nats.publisher.publish(subjects.conversation('foreign'), 'not ours')
    await world.publish('foreign', 'agent.accepted', { agent: { id: 'ann' } })
    await recorded('foreign', 3)
    expect((await lastOf('foreign'))?.status?.state).toBe('withAgent')
  })
})

describe('timers', () => {
  beforeAll(async () => {
    await world.configure('channel.quick', {
      id: 'quick',
      timeouts: { unanswered: 'PT1S', escalate: 'PT2S' },
    })
    await world.configure('channel.fleeting', { id: 'fleeting', timeouts: { abandoned: 'PT1S' } })
  })

  /** What happened to a conversation's request, and when: timers that are due together are one record. */
  const changesOf = async (id: string) =>
    (await world.records(id)).flatMap(({ at, requests = [] }) =>
      requests.map(({ action }) => ({ action, at: Date.parse(at) })),
    )
  const actionsOf = async (id: string) => (await changesOf(id)).map(({ action }) => action)

  test('remind and escalate once each, not early, from the moment of the request', async () => {
    await queue('timers', 'quick')
    await until(async () => (await actionsOf('timers')).includes('escalated'))
    const [created, reminded, escalated, ...others] = await changesOf('timers')
    expect([created?.action, reminded?.action, escalated?.action]).toEqual([
      'created',
      'reminded',
      'escalated',
    ])
    expect(others).toEqual([])
    const asked = created?.at ?? 0
    expect(reminded?.at).toBeGreaterThanOrEqual(asked + 1000)
    expect(escalated?.at).toBeGreaterThanOrEqual(asked + 2000)
  })

  test.skipIf(serverIsShared)('come due while the server is down: applied once it is back', async () => {
    await queue('outage', 'quick')
    const due = (await lastOf('outage'))?.state.wake?.at ?? 0
    await world.server.kill()
    await until(() => Date.now() > due)
    await world.server.restart()
    await until(async () => (await actionsOf('outage')).includes('escalated'))
    expect(await actionsOf('outage')).toEqual(['created', 'reminded', 'escalated'])
  })

  test('a visitor who never writes is ended after the time-out, without a request', async () => {
    await world.publish('silent', 'session.started', { channel: 'fleeting' })
    await recorded('silent', 2)
    expect((await lastOf('silent'))?.status).toEqual({ state: 'ended', reason: 'abandoned' })
    expect(await world.stored('requests', subjects.request('silent'))).toHaveLength(0)
  })
})

describe('configuration', () => {
  test('applies to new conversations; running ones keep theirs', async () => {
    await world.publish('before', 'session.started', { channel: 'news' })
    await recorded('before', 1)
    await world.configure('channel.news', { id: 'news', duringHours: { firstMessage: 'Hello from now on' } })
    await world.publish('after', 'session.started', { channel: 'news' })
    await recorded('after', 1)
    expect((await lastOf('after'))?.messages?.[0]?.text).toBe('Hello from now on')
    expect((await lastOf('before'))?.messages?.[0]?.text).toBe('Hi! How can we help?')
  })

  test('that is invalid is skipped', async () => {
    await world.configure('channel.broken', { id: 'broken', timeouts: { unanswered: 'soon' } })
    await queue('broken-1', 'broken')
    expect((await lastOf('broken-1'))?.status?.state).toBe('queued')
  })
})

describe('erasing', () => {
  const holders = ['events', 'conversations', 'requests', 'workspace', 'deadletters'] as const

  test('leaves nothing of the conversation anywhere, and no event restores it', async () => {
    await world.configure('channel.details', { id: 'details', duringHours: { customerDetails: ['email'] } })
    await world.publish('gone', 'session.started', { channel: 'details' })
    await world.publish('gone', 'session.message', { text: 'my secret needle' }, 'gone-2')
    await world.publish('gone', 'session.message', '{"text":"needle", broken')
    await world.publish('gone', 'session.details', { email: 'needle@example.com' })
    await until(async () => (await world.openRequest('main', 'gone'))?.state === 'waiting')
    await world.publish('gone', 'admin.erased', {})
    await until(async () => (await world.openRequest('main', 'gone')) === null)
    await world.publish('gone', 'session.message', { text: 'my secret needle' }, 'gone-2')
    await world.publish('gone', 'session.started', { channel: 'details' })
    await recorded('gone', 3)
    const left = async () => {
      const found: string[] = []
      for (const stream of holders)
        for (const { subject, body } of await world.stored(stream))
          if (body.includes('needle')) found.push(subject)
      return found
    }
    await until(async () => (await left()).length === 0).catch(() => {})
    expect(await left()).toEqual([])
    const records = await world.records('gone')
    expect(records.map(({ rejected }) => rejected?.code)).toEqual([
      undefined,
      'unknown_conversation',
      'unknown_conversation',
    ])
  })
})

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return '{"circular":'
  }
}

/** A wake-up that nobody armed is understood and means nothing. */
function isWakeUp(type: string, body: string): boolean {
  if (type !== 'timer.due') return false
  const { generation } = JSON.parse(body) as { generation?: unknown }
  return Number.isInteger(generation) && Number(generation) > 0
}
