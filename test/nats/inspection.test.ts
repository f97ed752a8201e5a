import pino from 'pino'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { connectNats, connectRole, type RoleConnection } from '../../engine/nats/connect.ts'
import type { Worker } from '../../engine/nats/engine/start-worker.ts'
import { ConversationIndex } from '../../engine/nats/notifier/conversations/conversation-index.ts'
import { RefusalCount } from '../../engine/nats/notifier/counts/refusal-count.ts'
import { Inspection, shownBytesMax } from '../../engine/nats/notifier/inspection/inspection.ts'
import { startNotifier } from '../../engine/nats/notifier/start-notifier.ts'
import { streams, subjects } from '../../engine/nats/topology.ts'
import type {
  DeadLetterAnswer,
  DeadLettersAnswer,
  FindAnswer,
  FoundConversation,
  RefusalsAnswer,
  StuckAnswer,
} from '../../schemas/protocol/inspector.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { serverIsShared } from '../test-server.ts'

let world: TestWorld
let notifier: Worker
let inspector: RoleConnection
beforeAll(async () => {
  world = await startTestWorld()
  await world.configure('channel.shop', {
    id: 'shop',
    workspace: 'sales',
    duringHours: { customerDetails: ['name'] },
  })
  await world.startEngine()
  notifier = await world.startNotifier()
  inspector = await world.connect('inspector')
})
afterAll(() => world?.stop())

async function ask<T>(question: string, asked: object | string = {}): Promise<T> {
  const body = typeof asked === 'string' ? asked : JSON.stringify(asked)
  return (await inspector.publisher.request(subjects.inspection(question), body)).json<T>()
}
const find = (question: object = {}) => ask<FindAnswer>('find', question)
const idsOf = ({ conversations }: FindAnswer) => conversations.map(({ conversation }) => conversation)

/** Publishes in turn; settles once the last has its record. */
async function say(conversation: string, ...events: [type: string, payload: object][]) {
  let seq = 0
  for (const [type, payload] of events) seq = await world.publish(conversation, type, payload)
  await until(async () => (await world.records(conversation)).some(({ event }) => event.seq === seq))
}
const start = (channel: string): [string, object] => ['session.started', { channel }]
const text = (text: string): [string, object] => ['session.message', { text }]
const ann = { id: 'ann', name: 'Ann' }

/** What is found once it is so: a record may be stored a moment before a notifier has it. */
async function foundOnce(question: object, isSo: (found: FindAnswer) => boolean): Promise<FindAnswer> {
  let found = await find(question)
  await until(async () => {
    found = await find(question)
    return isSo(found)
  })
  return found
}
const foundIds = async (question: object, ids: string[]) =>
  expect(idsOf(await foundOnce(question, ({ total }) => total === ids.length))).toEqual(ids)

describe('conversations are found', () => {
  beforeAll(async () => {
    await say('find-greeting', start('web'))
    await say('find-queued', start('web'), text('help'))
    await say('find-details', start('shop'), text('help'))
    await say('find-agent', start('web'), text('help'), ['agent.accepted', { agent: ann }])
    await say('find-ended', start('shop'), ['session.ended', {}])
    await say('find-nobody', text('to nobody'))
  })

  test('each with the data of its last record', async () => {
    const { conversations } = await foundOnce({ id: 'find-' }, ({ total }) => total === 5)
    const of = (id: string) =>
      conversations.find(({ conversation }) => conversation === id) as FoundConversation
    const records = await world.records('find-agent')
    const last = records.at(-1)
    expect(of('find-agent')).toEqual({
      conversation: 'find-agent',
      channel: 'web',
      workspace: 'main',
      state: 'withAgent',
      value: expect.stringMatching(/^withAgent\.\w+$/),
      machine: 'messagingResponse@1',
      startedAt: records[0]?.at,
      at: last?.at,
      since: last?.at,
      sequence: expect.any(Number),
      request: 1,
      agent: ann,
    })
    expect(of('find-ended')).toMatchObject({ state: 'ended', reason: 'customer', workspace: 'sales' })
    expect(of('find-queued')).toMatchObject({ state: 'queued', value: 'queued', request: 1 })
    const [first] = await world.stored('conversations', subjects.conversation('find-greeting'))
    expect(of('find-greeting')).toMatchObject({ state: 'greeting', sequence: first?.seq })
  })

  test('the latest first, by page', async () => {
    const all = ['find-ended', 'find-agent', 'find-details', 'find-queued', 'find-greeting']
    await foundIds({ id: 'find-' }, all)
    const part = await find({ id: 'find-', offset: 1, limit: 2 })
    expect(idsOf(part)).toEqual(all.slice(1, 3))
    expect(part.total).toBe(5)
    expect(await find({ id: 'find-', offset: 5 })).toEqual({ conversations: [], total: 5 })
  })

  test('by state, channel and time, and all combined', async () => {
    await foundIds({ id: 'find-', state: 'queued' }, ['find-queued'])
    await foundIds({ id: 'find-', state: 'ended' }, ['find-ended'])
    await foundIds({ id: 'find-', channel: 'shop' }, ['find-ended', 'find-details'])
    const at = (await world.records('find-details')).at(-1)?.at as string
    await foundIds({ id: 'find-', to: at }, ['find-details', 'find-queued', 'find-greeting'])
    await foundIds({ id: 'find-', from: at }, ['find-ended', 'find-agent', 'find-details'])
    await foundIds({ id: 'find-', from: at, to: at }, ['find-details'])
    await foundIds({ id: 'tails', channel: 'shop', state: 'collectingDetails', from: at, to: at }, [
      'find-details',
    ])
    await foundIds({ id: 'tails', channel: 'web', state: 'collectingDetails' }, [])
    await foundIds({ id: 'find-nobody' }, [])
  })

  test('by time in their state, longest first; ended ones are not stuck', async () => {
    await foundIds({ id: 'find-', stuck: 'PT0.001S' }, [
      'find-greeting',
      'find-queued',
      'find-details',
      'find-agent',
    ])
    await foundIds({ id: 'find-', stuck: 'P1D' }, [])
    await foundIds({ id: 'find-', stuck: 'PT0.001S', state: 'ended' }, [])
  })

  test('that have waited longest, by state', async () => {
    const { states } = await ask<StuckAnswer>('stuck')
    expect(states.map(({ state }) => state)).not.toContain('ended')
    const queued = states.find(({ state }) => state === 'queued')
    expect(queued?.longest.map(({ conversation }) => conversation)).toContain('find-queued')
    expect(queued?.total).toBe(queued?.longest.length)
  })

  test('in their present state: one that continues, and a new one', async () => {
    await say('now-goes-on', start('web'))
    await foundIds({ id: 'now-', state: 'greeting' }, ['now-goes-on'])
    await say('now-goes-on', text('help'))
    await say('now-new', start('web'))
    await foundIds({ id: 'now-', state: 'queued' }, ['now-goes-on'])
    await foundIds({ id: 'now-', state: 'greeting' }, ['now-new'])
    await foundIds({ id: 'now-' }, ['now-new', 'now-goes-on'])
  })

  test('with the time since it entered its state, whatever was said there', async () => {
    await say('since-queued', start('web'), text('help'))
    const since = (await world.records('since-queued')).at(-1)?.at
    await say('since-queued', text('hello?'))
    const { conversations } = await foundOnce(
      { id: 'since-' },
      (found) => found.conversations[0]?.at !== since,
    )
    expect(conversations[0]).toMatchObject({ since, state: 'queued' })
  })

  test('no longer once they are erased, even if an earlier record remains', async () => {
    await say('erased-1', start('web'), text('help'))
    await foundIds({ id: 'erased-' }, ['erased-1'])
    await say('erased-1', ['admin.erased', {}])
    await foundIds({ id: 'erased-' }, [])
    await say('erased-1', text('late'))
    await foundIds({ id: 'erased-' }, [])
  })

  test('by a notifier that has just started, and by each of two', async () => {
    const own = await connectNats(world.server.url, 'test second')
    const second = await startNotifier(own, world.log)
    onTestFinished(async () => {
      await second.stop()
      // The server must have processed the end of its subscription, or it passes the next question to nobody.
      await own.connection.flush()
      await own.close()
    })
    await own.connection.flush()
    for (let times = 0; times < 20; times++) await foundIds({ id: 'find-', state: 'queued' }, ['find-queued'])
  })

  test('for questions in flight when a notifier closes', async () => {
    const own = await connectNats(world.server.url, 'test closing')
    const closing = new Inspection(own, world.log)
    await own.connection.flush()
    // NATS chooses the notifier of each question: that all of 40 go to the other one does not happen.
    const asked = Array.from({ length: 40 }, () => ask<DeadLettersAnswer>('deadletters'))
    await inspector.connection.flush()
    await closing.close()
    await own.close()
    expect((await Promise.all(asked)).map(({ letters }) => letters)).toHaveLength(40)
  })

  test.each([
    ['limit: ', { limit: 201 }],
    ['offset: ', { offset: -1 }],
    ['state: ', { state: 'asleep' }],
    ['stuck: ', { stuck: 'an hour' }],
    ['from: ', { from: 'yesterday' }],
    ['channel: ', { channel: 'a.b' }],
    ['is missing', 'no JSON'],
  ])('not by an invalid question: %s', async (message, asked) => {
    expect(await ask('find', asked)).toEqual({ code: 'invalid', message: expect.stringContaining(message) })
  })

  test('and one that fails is logged by its class and place, without what somebody typed', async () => {
    const logged: string[] = []
    const own = await connectNats(world.server.url, 'test failing')
    const failing = new Inspection(own, pino({}, { write: (line: string) => logged.push(line) }))
    onTestFinished(async () => {
      await failing.close()
      await own.connection.flush()
      await own.close()
    })
    await own.connection.flush()
    const typed = '(my secret'
    vi.spyOn(ConversationIndex.prototype, 'find').mockImplementation(() => new RegExp(typed) as never)
    onTestFinished(() => {
      vi.restoreAllMocks()
    })
    // NATS chooses the notifier of each question.
    await until(async () => {
      expect(await ask('find')).toMatchObject({ code: 'failed', message: expect.not.stringContaining(typed) })
      return logged.length > 0
    })
    expect(logged.join()).toContain('SyntaxError')
    expect(logged.join()).toContain('inspection.test.ts')
    expect(logged.join()).not.toContain(typed)
  })

  test('not with an unknown question', async () => {
    expect(await ask('constructor')).toMatchObject({ code: 'not_found' })
  })

  test.skipIf(serverIsShared)('by inspectors only', async () => {
    for (const role of ['widget', 'workspace', 'administration', 'identity', 'bot'] as const) {
      const other = await connectRole(world.server.roles[role], 'test')
      await expect(other.connection.request(subjects.inspection('find'), '{}')).rejects.toThrow(
        'no responders',
      )
      await other.close()
    }
  })
})

describe('refusals are counted', () => {
  const refusals = (since?: string) => ask<RefusalsAnswer>('refusals', since === undefined ? {} : { since })

  test('by type and code, each once, with the last of them', async () => {
    await say('refused-1', text('to nobody'))
    await say('refused-2', start('web'), ['agent.message', { agent: ann, text: 'I am not the agent' }])
    const before = await refusals()
    const countOf = ({ refusals }: RefusalsAnswer, type: string) =>
      refusals.find((one) => one.type === type && one.code === 'unknown_conversation')?.count ?? 0
    await say('refused-3', text('to nobody'))
    const after = await refusals()
    expect(countOf(after, 'session.message')).toBe(countOf(before, 'session.message') + 1)
    expect(after.records).toBe(before.records + 1)
    const [{ event, at } = {}] = await world.records('refused-3')
    expect(after.refusals.find(({ type }) => type === 'session.message')).toMatchObject({
      code: 'unknown_conversation',
      last: { conversation: 'refused-3', seq: event?.seq, at },
    })
    expect(after.refusals.map(({ type }) => type)).toContain('agent.message')
    const counts = after.refusals.map(({ count }) => count)
    expect(counts).toEqual([...counts].sort((a, b) => b - a))
  })

  test('completely, whichever question came first', async () => {
    const whole = await refusals('2020-01-01T00:00:00Z')
    const stored = await world.stored('conversations')
    expect(whole).toMatchObject({ records: stored.length, since: '2020-01-01T00:00:00.000Z' })
    const none = await refusals(new Date(Date.now() + 120_000).toISOString())
    expect(none).toMatchObject({ refusals: [], records: 0 })
    expect(await refusals('2020-01-01T00:00:00Z')).toEqual(whole)
  })

  test('in the latest records only where there are too many, with the time since when', async () => {
    for (const id of ['many-1', 'many-2', 'many-3']) await say(id, text('to nobody'))
    const count = new RefusalCount(world.nats, 2)
    await count.read(0)
    const [second] = await world.records('many-2')
    const found = count.answer(0)
    expect(found).toMatchObject({ records: 2, refusals: [{ count: 2, last: { conversation: 'many-3' } }] })
    // By the stream's clock, which is the event's but for a moment.
    expect(found.since >= (second?.at as string)).toBe(true)
    await say('many-4', text('to nobody'))
    await count.read(0)
    expect(count.answer(0)).toMatchObject({ records: 3, since: found.since })
  })

  test('without naming erased conversations', async () => {
    await say('refused-erased', start('web'), ['agent.ended', { agent: ann }])
    const named = ({ refusals }: RefusalsAnswer) =>
      refusals.map(({ last }) => last.conversation).includes('refused-erased')
    expect(named(await refusals())).toBe(true)
    await say('refused-erased', ['admin.erased', {}])
    const after = await refusals()
    expect(named(after)).toBe(false)
    expect(after.refusals.length).toBeGreaterThan(0)
  })

  test('not since an invalid time', async () => {
    expect(await ask('refusals', { since: 'once' })).toMatchObject({ code: 'invalid' })
  })
})

describe('dead letters', () => {
  const letters = () => ask<DeadLettersAnswer>('deadletters')
  const bury = async (conversation: string, body: string, id?: string) => {
    const known = (await letters()).letters[0]?.seq ?? 0
    await world.publish(conversation, 'session.message', body, id)
    await until(async () => ((await letters()).letters[0]?.seq ?? 0) > known)
    return (await letters()).letters[0] as DeadLetterAnswer
  }

  test('are listed, the latest first, without their bodies', async () => {
    const first = await bury('dead-1', '{"text":', 'mine')
    const second = await bury('dead-2', '{"text":7}')
    const { letters: all, total } = await letters()
    expect(all.slice(0, 2)).toEqual([second, first])
    expect(total).toBe(all.length)
    expect(first).toMatchObject({ conversation: 'dead-1', type: 'session.message', id: 'mine' })
    expect(Object.keys(first)).not.toContain('body')
    expect(await ask('deadletter', { seq: first.seq })).toMatchObject({
      ...first,
      body: '{"text":',
      bodyBytes: 8,
      headers: { 'Frontdesk-Conversation': 'dead-1' },
    })
  })

  test('are limited to the latest 200, even with discarded ones in between', async () => {
    const all = Array.from({ length: 420 }, (_, i) => i)
    for (const i of all)
      await world.nats.publisher.publish(subjects.deadletter('test'), `${i}`, {
        'Frontdesk-Conversation': `many-${i}`,
      })
    const { last_seq } = (await world.nats.jsm.streams.info(streams.deadletters)).state
    for (let seq = last_seq; seq > last_seq - 210; seq--)
      await world.nats.jsm.streams.deleteMessage(streams.deadletters, seq)
    const found = await letters()
    expect(found.letters).toHaveLength(200)
    expect(found.letters.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 200 }, (_, i) => last_seq - 210 - i),
    )
    expect(found.total).toBeGreaterThanOrEqual(210)
    await world.nats.jsm.streams.purge(streams.deadletters)
    expect(await letters()).toEqual({ letters: [], total: 0 })
  })

  test('are shown up to a size limit', async () => {
    const { seq } = await bury('dead-long', 'x'.repeat(100_000))
    const shown = await ask<DeadLetterAnswer>('deadletter', { seq })
    expect(shown.body).toHaveLength(shownBytesMax)
    expect(shown.bodyBytes).toBe(100_000)
  })

  test('are published again under their own id and removed', async () => {
    const { seq, eventSeq } = await bury('dead-again', '{"text":7}', 'again')
    expect(await ask('requeue', { seq })).toEqual({})
    // What still cannot be understood comes back.
    await until(async () => (await letters()).letters[0]?.conversation === 'dead-again')
    const [back] = (await letters()).letters
    expect(back).toMatchObject({ id: 'again', type: 'session.message' })
    expect(back?.seq).toBeGreaterThan(seq)
    expect(Number(back?.eventSeq)).toBeGreaterThan(Number(eventSeq))
    expect(await ask('deadletter', { seq })).toMatchObject({ code: 'not_found' })
  })

  test('are discarded', async () => {
    const { seq } = await bury('dead-gone', 'no JSON')
    expect(await ask('discard', { seq })).toEqual({})
    for (const question of ['deadletter', 'requeue', 'discard'])
      expect(await ask(question, { seq })).toEqual({
        code: 'not_found',
        message: `there is no dead letter ${seq}`,
      })
  })

  test('without a subject are kept, with an error', async () => {
    const { seq } = await world.nats.publisher.publish(subjects.deadletter('test'), '{}')
    expect(await ask('requeue', { seq })).toMatchObject({ code: 'no_address' })
    expect(await ask('deadletter', { seq })).toMatchObject({ seq, body: '{}' })
  })

  test.each([{}, { seq: 0 }, { seq: 'x' }, { seq: 1.5 }, { seq: 2 ** 60 }])(
    'are not found by the invalid question %j',
    async (asked) => {
      for (const question of ['deadletter', 'requeue', 'discard'])
        expect(await ask(question, asked)).toMatchObject({ code: 'invalid' })
    },
  )
})

test.skipIf(serverIsShared)('conversations are found after the server was killed and restarted', async () => {
  await say('server-1', start('web'))
  await foundIds({ id: 'server-' }, ['server-1'])
  await world.server.kill()
  await world.server.restart()
  await until(async () => (await world.publish('server-1', ...text('help'))) > 0)
  await until(async () => idsOf(await find({ id: 'server-', state: 'queued' })).length === 1)
  expect((await ask<RefusalsAnswer>('refusals')).records).toBeGreaterThan(0)
  expect(await ask('deadletters')).toHaveProperty('letters')
})

// Last: nobody answers any more.
test('without a notifier a question fails at once', async () => {
  await notifier.stop()
  // A question may still have been on its way to it.
  const failureOf = () =>
    ask('find').then(
      () => '',
      (error: Error) => error.message,
    )
  await until(async () => (await failureOf()).includes('no responders'))
})
