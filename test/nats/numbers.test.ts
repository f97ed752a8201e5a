import { afterAll, beforeAll, expect, test } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import type { RoleConnection } from '../../engine/nats/connect.ts'
import { NumberCount } from '../../engine/nats/notifier/counts/number-count.ts'
import { subjects } from '../../engine/nats/topology.ts'
import { type ChannelNumbers, type NumbersAnswer, numbersQuestion } from '../../schemas/protocol/numbers.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'

let world: TestWorld
let workspace: RoleConnection
beforeAll(async () => {
  world = await startTestWorld()
  await world.startEngine()
  await world.startNotifier()
  workspace = await world.connect('workspace')
})
afterAll(() => world?.stop())

const ann = { id: 'ann', name: 'Ann' }

/** The sum of two days: midnight may come in between. */
async function ask<T = NumbersAnswer>(question: object = {}): Promise<T> {
  const body = JSON.stringify({ days: 2, ...question })
  return (await workspace.publisher.request(subjects.inspection('numbers'), body)).json<T>()
}

/** The answer once all records are read, and it is so. */
async function answerOnce(
  question: object,
  isSo: (answer: NumbersAnswer) => boolean,
): Promise<NumbersAnswer> {
  let answer = await ask(question)
  await until(async () => {
    answer = await ask(question)
    return answer.progress === undefined && isSo(answer)
  })
  return answer
}

const countsOf = ({ channels }: Pick<NumbersAnswer, 'channels'>) =>
  Object.fromEntries(channels.map(({ channel, name, count }) => [`${channel} ${name}`, count]))

async function say(conversation: string, ...events: [type: string, payload: object][]) {
  let seq = 0
  for (const [type, payload] of events) seq = await world.publish(conversation, type, payload)
  await until(async () => (await world.records(conversation)).some(({ event }) => event.seq === seq))
}
const queue = (conversation: string, channel: string) =>
  say(conversation, ['session.started', { channel }], ['session.message', { text: 'help' }])
const accept: [string, object] = ['agent.accepted', { agent: ann }]
const answer: [string, object] = ['agent.message', { agent: ann, text: 'hi' }]

test('the numbers of each workspace, channel and measure, as the records say', async () => {
  await world.configure('channel.shop', { id: 'shop', workspace: 'sales' })
  await queue('n1', 'shop')
  await say('n1', accept, answer, ['session.message', { text: 'thanks' }], answer)
  await queue('n2', 'shop')
  await say('n2', accept)
  await queue('n3', 'help')
  await say('n3', ['session.ended', {}])
  const found = await answerOnce({}, ({ channels }) => channels.length === 5)
  expect(countsOf(found)).toEqual({
    'shop accept': 2,
    'shop wait': 2,
    'shop firstReply': 1,
    'shop reply': 2,
    'help abandoned': 1,
  })
  expect(found.timeZones).toEqual(['UTC'])

  const records = await world.records('n1')
  const at = (n: number) => Date.parse(records[n]?.at ?? '')
  const firstReply = found.channels.find(({ name }) => name === 'firstReply')
  const ms = at(3) - at(1)
  const times = { count: 1, median: ms, p90: ms }
  expect(firstReply).toEqual({
    workspace: 'sales',
    channel: 'shop',
    name: 'firstReply',
    ...times,
    hours: [{ hour: new Date(at(3)).getUTCHours(), ...times }],
    days: [{ day: records[3]?.at.slice(0, 10), ...times }],
  })
  expect(found.totals.map(({ name, count }) => [name, count])).toEqual([
    ['accept', 2],
    ['wait', 2],
    ['firstReply', 1],
    ['reply', 2],
    ['abandoned', 1],
  ])
})

test('only of the workspaces that are asked for, and of the time', async () => {
  await queue('w1', 'of-w')
  await say('w1', accept)
  await world.configure('channel.of-v', { id: 'of-v', workspace: 'v' })
  await queue('v1', 'of-v')
  await say('v1', accept)
  const found = await answerOnce({ workspaces: ['v'] }, ({ channels }) => channels.length === 2)
  expect(countsOf(found)).toEqual({ 'of-v accept': 1, 'of-v wait': 1 })
  expect(found.totals.map(({ count }) => count)).toEqual([1, 1])
  expect(await ask({ workspaces: [] })).toMatchObject({ channels: [], totals: [] })

  const { at = '' } = (await world.records('v1')).at(-1) ?? {}
  const accepts = async (question: object) => (await ask({ workspaces: ['v'], ...question })).channels.length
  expect(await accepts({ since: at })).toBe(2)
  expect(await accepts({ since: new Date(Date.parse(at) + 1).toISOString() })).toBe(0)
  expect(await accepts({ since: '2026-01-01T00:00:00Z', until: at })).toBe(0)
})

test('a later question goes on counting, and one about more days begins anew', async () => {
  const question = { workspaces: ['goes-on'] }
  await world.configure('channel.goes-on', { id: 'goes-on', workspace: 'goes-on' })
  await queue('g1', 'goes-on')
  await say('g1', accept)
  await answerOnce(question, (found) => found.channels.length === 2)
  await say('g1', answer)
  const found = await answerOnce(question, (found) => found.channels.length === 4)
  await answerOnce({ ...question, days: 7 }, (again) => JSON.stringify(again) === JSON.stringify(found))
})

test('a schedule that is changed measures what was measured before', async () => {
  const closed = { id: 'n-closed', timeZone: 'Asia/Tokyo', intervals: [] }
  await world.configure('channel.timed', { id: 'timed', workspace: 'timed' })
  await queue('t1', 'timed')
  await say('t1', accept)
  const question = { workspaces: ['timed'] }
  await answerOnce(question, ({ channels }) => (channels[0]?.median ?? 0) > 0)
  await world.configure('schedule.n-closed', closed)
  await world.configure('channel.timed', { id: 'timed', workspace: 'timed', schedule: 'n-closed' })
  const found = await answerOnce(question, ({ channels }) => channels[0]?.median === 0)
  expect(found.timeZones).toEqual(['Asia/Tokyo'])
  const { at = '' } = (await world.records('t1')).at(-1) ?? {}
  const tokyo = new Date(Date.parse(at) + 9 * 3_600_000)
  expect(found.channels[0]?.hours[0]?.hour).toBe(tokyo.getUTCHours())
  expect(found.channels[0]?.days[0]?.day).toBe(tokyo.toISOString().slice(0, 10))
  await new Bucket(world.nats, 'configuration').delete('schedule.n-closed')
  await answerOnce(question, ({ channels }) => (channels[0]?.median ?? 0) > 0)
})

test('an erased conversation no longer counts', async () => {
  await world.configure('channel.gone', { id: 'gone', workspace: 'gone' })
  for (const id of ['e1', 'e2']) {
    await queue(id, 'gone')
    await say(id, accept)
  }
  const counts = (found: NumbersAnswer) => found.channels.map(({ count }: ChannelNumbers) => count)
  await answerOnce({ workspaces: ['gone'] }, (found) => counts(found).join() === '2,2')
  await say('e1', ['admin.erased', {}])
  await answerOnce({ workspaces: ['gone'] }, (found) => counts(found).join() === '1,1')
})

test('the latest of too many records, and of too many times; the answer says from when', async () => {
  await world.configure('channel.many', { id: 'many', workspace: 'many' })
  for (const id of ['m1', 'm2', 'm3']) {
    await queue(id, 'many')
    await say(id, accept)
  }
  const question = numbersQuestion.parse({ days: 2, workspaces: ['many'] })
  const counted = async (count: NumberCount) => {
    const now = Date.now()
    await count.read(count.beginningOf(question, now))
    return count.answer(question, now)
  }
  const last = (await world.records('m3')).at(-1)?.at
  const byRecords = await counted(new NumberCount(world.nats, 1))
  expect(byRecords).toMatchObject({ cutAt: expect.stringMatching(/Z$/) })
  expect(byRecords.channels.map(({ count }) => count)).toEqual([1, 1])
  const byTimes = await counted(new NumberCount(world.nats, undefined, 2))
  expect(byTimes).toMatchObject({ cutAt: last })
  expect(byTimes.channels.map(({ count }) => count)).toEqual([1, 1])
  expect(await counted(new NumberCount(world.nats))).not.toHaveProperty('cutAt')
})

test.each([
  ['workspaces', { workspaces: ['a.b'] }],
  ['days', { days: 0 }],
  ['days', { days: 32 }],
  ['since', { since: 'yesterday' }],
])('not by an invalid question: %s', async (field, question) => {
  expect(await ask<object>(question)).toEqual({ code: 'invalid', message: expect.stringContaining(field) })
})

test('ratings are counted by workspace and channel, with their average', async () => {
  const end: [string, object] = ['agent.ended', { agent: ann }]
  for (const [n, score] of [5, 4, 4].entries()) {
    await queue(`r${n}`, 'rated')
    await say(`r${n}`, accept, end, ['session.rated', { score }])
  }
  const { ratings, totals } = await answerOnce(
    {},
    ({ ratings }) => ratings.find(({ channel }) => channel === 'rated')?.count === 3,
  )
  expect(ratings).toEqual([{ workspace: 'main', channel: 'rated', count: 3, average: 4.33 }])
  expect(totals.map(({ name }) => name)).not.toContain('rating')
})
