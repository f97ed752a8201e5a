import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NumbersAnswer } from '../../schemas/protocol/numbers.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { numbersCsv } from '../../workers/gateway/numbers/numbers-csv.ts'
import { type TestWorld, until } from '../engine/test-world.ts'
import { signedIn, startGatewayWorld } from './test-gateway.ts'

let world: TestWorld
let gateway: Gateway
beforeAll(async () => {
  ;({ world, gateway } = await startGatewayWorld())
  for (const workspace of ['sales', 'help']) {
    await world.configure(`channel.${workspace}`, { id: workspace, workspace })
    await world.publish(workspace, 'session.started', { channel: workspace })
    await world.publish(workspace, 'session.message', { text: 'help' })
    await world.publish(workspace, 'agent.accepted', { agent: { id: 'ann' } })
    await until(async () => (await world.records(workspace)).length === 3)
  }
})
afterAll(() => world?.stop())

type Headers = Record<string, string>
const ann = (workspaces: string[] | 'all' = 'all') => signedIn(gateway, 'agent', 'ann', workspaces)

async function get(query: string, headers: Headers, path = '/v1/numbers') {
  const answer = await fetch(`${gateway.url}${path}?${query}`, { headers })
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
}

/** The workspaces in the answer, once all is read. Of two days: midnight may come in between. */
async function workspacesIn(query: string, headers: Headers): Promise<string[]> {
  let answer: NumbersAnswer | undefined
  await until(async () => {
    answer = JSON.parse((await get(`days=2&${query}`, headers)).text)
    return answer?.progress === undefined
  })
  return [...new Set(answer?.channels.map(({ workspace }) => workspace))].sort()
}

test('an agent has the numbers of their own workspaces, or of one of them', async () => {
  expect(await workspacesIn('', await ann(['sales']))).toEqual(['sales'])
  expect(await workspacesIn('', await ann(['sales', 'help']))).toEqual(['help', 'sales'])
  expect(await workspacesIn('workspace=help', await ann(['sales', 'help']))).toEqual(['help'])
  expect(await workspacesIn('', await ann())).toEqual(['help', 'sales'])
})

test('an agent is refused another workspace', async () => {
  const { status, text } = await get('workspace=help', await ann(['sales']))
  expect([status, JSON.parse(text).code]).toEqual([403, 'not_allowed'])
  expect((await get('workspace=help', await ann(['sales']), '/v1/numbers.csv')).status).toBe(403)
})

test('an administrator has those of all workspaces, whatever they are an agent of', async () => {
  const headers = await signedIn(gateway, 'administrator', 'ada', ['sales'])
  expect(await workspacesIn('', headers)).toEqual(['help', 'sales'])
})

test('an engineer and a stranger have none', async () => {
  expect((await get('', await signedIn(gateway, 'engineer', 'eve'))).status).toBe(401)
  expect((await get('', {})).status).toBe(401)
})

test.each(['days=0', 'days=32', 'workspace=a.b', 'since=yesterday'])('%s is not valid', async (query) => {
  expect((await get(query, await ann())).status).toBe(422)
})

test('as CSV: a line for each channel and measure, and all its hours and days', async () => {
  const { status, type, text } = await get('days=2&workspace=help', await ann(), '/v1/numbers.csv')
  expect([status, type]).toEqual([200, 'text/csv; charset=utf-8'])
  const [head, ...lines] = text.trimEnd().split('\r\n')
  expect(head).toBe('workspace,channel,measure,by,period,count,median_seconds,p90_seconds,average_score')
  expect(lines).toHaveLength(12)
  expect(lines[0]).toMatch(/^help,help,accept,total,,1,[\d.]+,[\d.]+,$/)
  expect(lines[2]).toMatch(/^help,help,accept,day,\d{4}-\d\d-\d\d,1,/)
  expect(lines[6]).toMatch(/^,,accept,total,,1,/)
})

test('a CSV has seconds, and ratings', () => {
  const times = { count: 2, median: 1500, p90: 60_000 }
  const numbers = { name: 'wait' as const, ...times, hours: [{ hour: 9, ...times }], days: [] }
  const channels = [{ workspace: 'main', channel: 'web', ...numbers }]
  const ratings = [{ workspace: 'main', channel: 'web', count: 3, average: 4.33 }]
  expect(numbersCsv({ channels, totals: [], ratings, timeZones: [] }).split('\r\n').slice(1, -1)).toEqual([
    'main,web,wait,total,,2,1.5,60,',
    'main,web,wait,hour,9,2,1.5,60,',
    'main,web,rating,total,,3,,,4.33',
  ])
})
