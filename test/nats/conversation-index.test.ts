import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { StoredRecord } from '../../engine/core/conversation.ts'
import { connectNats } from '../../engine/nats/connect.ts'
import { ConversationIndex } from '../../engine/nats/notifier/conversations/conversation-index.ts'
import { followConversations } from '../../engine/nats/notifier/conversations/follow-conversations.ts'
import { subjects } from '../../engine/nats/topology.ts'
import type { RequestCustomer } from '../../schemas/conversation/customer.ts'
import { findQuestion } from '../../schemas/protocol/inspector.ts'
import { startTestWorld, type TestWorld } from '../engine/test-world.ts'

const start = Date.UTC(2026, 10, 23)

/** A record of a conversation that is in a state. */
function recordIn(
  value: string | object,
  sinceMs: number,
  status = value === 'ended' ? 'done' : 'active',
  customer: Partial<RequestCustomer> = {},
): StoredRecord {
  const pinned = {
    at: start,
    channel: 'web',
    workspace: 'main',
    locale: 'en',
    hours: 'during',
    opensAt: null,
  }
  const known = { name: null, email: null, externalId: null, verified: false, ...customer }
  return {
    at: new Date(start + sinceMs).toISOString(),
    event: { id: '', type: 'session.message', seq: 1 },
    outcome: 'applied',
    state: {
      machine: 'messagingResponse@1',
      since: start + sinceMs,
      snapshot: {
        value,
        status,
        context: { pinned, customer: known, request: 0, agent: null, reason: null },
      },
    },
  }
}
const erasedRecord = (): StoredRecord => ({
  ...recordIn('ended', 0),
  state: { erased: { workspace: 'main', request: 0, startedAt: start } },
})

const all = findQuestion.parse({ limit: 200 })
const idsOf = (index: ConversationIndex, question: object = {}) =>
  index
    .find({ ...all, ...question }, start + 86_400_000)
    .conversations.map(({ conversation }) => conversation)

describe('an index', () => {
  test('finds the conversations of a customer by a whole text, which its answer does not have', () => {
    const index = new ConversationIndex()
    const jose = { name: 'José Núñez', email: 'jose@example.com', externalId: 'U-7' }
    index.add('c1', 1, recordIn('queued', 0, 'active', jose))
    index.add('c2', 2, recordIn('ended', 0, 'done', { email: 'Jose@Example.com' }))
    index.add('c3', 3, recordIn('queued', 0))
    const by = (customer: string) => idsOf(index, { customer }).sort()
    expect(by(' JOSE@example.com ')).toEqual(['c1', 'c2'])
    expect([by('u-7'), by('jose\u0301 nu\u0301n\u0303ez')]).toEqual([['c1'], ['c1']])
    for (const part of ['jose', 'example.com', 'Núñez', 'u', 'null']) expect(by(part)).toEqual([])
    const answer = JSON.stringify(index.find({ ...all, customer: 'u-7' }, start))
    for (const text of Object.values(jose)) expect(answer.toLowerCase()).not.toContain(text.toLowerCase())
  })

  test('pages through the whole order, whatever the order of the records', () => {
    const entry = fc.record({ since: fc.nat(5), sequence: fc.nat() })
    fc.assert(
      fc.property(
        fc.uniqueArray(entry, { selector: ({ sequence }) => sequence, minLength: 1 }),
        fc.nat(12),
        fc.nat(12),
        (entries, offset, more) => {
          const index = new ConversationIndex()
          for (const { since, sequence } of entries)
            index.add(`c${sequence + 1}`, sequence + 1, recordIn('queued', since))
          const limit = more + 1
          const stuck = [...entries].sort((a, b) => a.since - b.since || a.sequence - b.sequence)
          const latest = [...entries].sort((a, b) => b.sequence - a.sequence)
          const part = (of: typeof entries) =>
            of.slice(offset, offset + limit).map(({ sequence }) => `c${sequence + 1}`)
          expect(idsOf(index, { stuck: 'PT1S', offset, limit })).toEqual(part(stuck))
          expect(idsOf(index, { offset, limit })).toEqual(part(latest))
        },
      ),
    )
  })

  test('keeps the latest record of a conversation, even if an earlier one arrives later', () => {
    const index = new ConversationIndex()
    index.add('c', 7, recordIn('queued', 7))
    index.add('c', 3, recordIn('greeting', 3))
    expect(index.find(all, start).conversations).toMatchObject([{ state: 'queued', sequence: 7 }])
    index.add('c', 9, recordIn('ended', 9))
    index.add('c', 8, recordIn('queued', 8))
    expect(index.find(all, start).conversations).toMatchObject([{ state: 'ended', sequence: 9 }])
    expect(index.size).toBe(1)
  })

  test('has no erased conversation, even if its earlier records arrive later', () => {
    const index = new ConversationIndex()
    index.add('a', 1, recordIn('queued', 1))
    index.add('a', 5, erasedRecord())
    index.add('a', 4, recordIn('queued', 4))
    index.add('b', 6, erasedRecord())
    index.add('b', 2, recordIn('queued', 2))
    expect(idsOf(index)).toEqual([])
    index.allRead()
    expect(index.size).toBe(0)
  })

  test('evicts the first that ended when it is full, and counts them', () => {
    const index = new ConversationIndex(3)
    index.add('stuck', 1, recordIn('queued', 1))
    for (const [id, sequence] of [
      ['first', 2],
      ['second', 3],
      ['third', 4],
      ['fourth', 5],
    ] as const)
      index.add(id, sequence, recordIn('ended', sequence))
    expect(idsOf(index)).toEqual(['fourth', 'third', 'stuck'])
    expect(index.find(all, start)).toMatchObject({ total: 3, leftOut: 2 })
  })

  test('has the machine’s state: nested, parallel or final', () => {
    const index = new ConversationIndex()
    index.add('nested', 1, recordIn({ withAgent: { agentsTurn: 'typing' } }, 1))
    index.add('parallel', 2, recordIn({ survey: { score: 'asked', phone: {} } }, 2))
    index.add('over', 3, recordIn('thanked', 3, 'done'))
    expect(index.find(all, start).conversations.map(({ value, state }) => [value, state])).toEqual([
      ['thanked', 'bot'],
      ['survey.score.asked, survey.phone', 'bot'],
      ['withAgent.agentsTurn.typing', 'withAgent'],
    ])
    // What is over does not wait, whatever its last state is called.
    expect(
      index.stuck().states.flatMap(({ longest }) => longest.map(({ conversation }) => conversation)),
    ).toEqual(['nested', 'parallel'])
  })
})

describe('an index that follows the stream', () => {
  let world: TestWorld
  beforeAll(async () => {
    world = await startTestWorld()
  })
  afterAll(() => world?.stop())

  const store = (conversation: string, record: object | string) =>
    world.nats.publisher.publish(
      subjects.conversation(conversation),
      typeof record === 'string' ? record : JSON.stringify(record),
    )

  test('reports its progress, and misses nothing that happens meanwhile', async () => {
    const ids = Array.from({ length: 3_000 }, (_, i) => `c${i}`)
    await Promise.all(ids.map((id) => store(id, recordIn('greeting', 1))))
    await store('foreign', recordIn('greeting', 1))
    await store('foreign', 'no record of ours')
    const own = await connectNats(world.server.url, 'test index')
    const index = new ConversationIndex()
    const following = followConversations(own, world.log, index)
    onTestFinished(async () => {
      following.stop()
      await following.failed
      await own.close()
    })
    expect(following.progress()).toEqual({ read: 0, of: 0 })
    let isRead = false
    const read = following.read.then(() => {
      isRead = true
    })
    let changed = 0
    while (!isRead) {
      const { read, of } = following.progress() ?? { read: 0, of: 0 }
      expect(read).toBeLessThanOrEqual(of)
      const at = changed++ % ids.length
      if (at % 3 === 0) await store(`c${at}`, erasedRecord())
      else await store(`c${at}`, recordIn('queued', 2))
      await store(`new${changed}`, recordIn('greeting', 2))
    }
    await read
    expect(following.progress()).toBeUndefined()
    const touched = Math.min(changed, ids.length)
    const erased = Math.ceil(touched / 3)
    const totalOf = (question: object) => index.find({ ...all, ...question }, start).total
    const untouched = ids.length - touched
    await expect.poll(() => totalOf({})).toBe(untouched + (touched - erased) + changed + 1)
    await expect.poll(() => totalOf({ state: 'queued' })).toBe(touched - erased)
    expect(totalOf({ state: 'greeting' })).toBe(untouched + changed + 1)
  })
})
