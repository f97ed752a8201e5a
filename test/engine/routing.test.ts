import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RoleConnection } from '../../engine/nats/connect.ts'
import { subjects } from '../../engine/nats/topology.ts'
import { onTeam, publishDesk, publishPresence } from '../../engine/nats/views/signals.ts'
import type { OpenRequest } from '../../schemas/conversation/notification.ts'
import type { DeskPresence, Team } from '../../schemas/conversation/presence.ts'
import { startFrontdesk } from '../cli/frontdesk.ts'
import { startTestWorld, type TestWorld, until } from './test-world.ts'

let world: TestWorld
let workspace: RoleConnection
let widget: RoleConnection

beforeEach(async () => {
  world = await startTestWorld()
  await world.startEngine()
  workspace = await world.connect('workspace')
  widget = await world.connect('widget')
  world.onStop(async () => {
    for (const timer of beats.values()) clearInterval(timer)
    beats.clear()
  })
})

afterEach(() => world.stop())

/** The desks that are told again and again, as gateways do. */
const beats = new Map<string, NodeJS.Timeout>()

function desk(id: string, state: DeskPresence['state']): void {
  clearInterval(beats.get(id))
  const tell = () => publishDesk(workspace, 'main', { desk: `desk-${id}`, agent: { id, name: id }, state })
  tell()
  if (state !== 'gone') beats.set(id, setInterval(tell, 1_000))
}

async function ask(conversation: string): Promise<void> {
  await world.publish(conversation, 'session.started', { channel: 'web' })
  await world.publish(conversation, 'session.message', { text: 'help' })
}

async function queue(conversation: string): Promise<void> {
  await ask(conversation)
  await is(conversation, ({ state }) => state === 'waiting')
}

const is = (conversation: string, holds: (request: OpenRequest) => boolean) =>
  until(async () => {
    const request = await world.openRequest('main', conversation)
    return request !== null && holds(request)
  })

const isOfferedTo = (conversation: string, agent: string) =>
  is(conversation, ({ offer }) => offer?.agent.id === agent)

/** The router's events of a conversation. */
const routed = async (conversation: string) =>
  (await world.stored('events', `frontdesk.event.*.${conversation}.>`))
    .filter(({ subject }) => subject.includes('.request.') || subject.endsWith('.agent.left'))
    .map(({ subject, body }) =>
      `${subject.split('.').slice(-2).join('.')} ${JSON.parse(body).agent?.id ?? ''}`.trim(),
    )

describe('a request in a workspace with assigned routing', () => {
  test('is offered, offered to the next one when that lapses, and accepted', async () => {
    await world.configure('workspace.main', { id: 'main', routing: 'assigned', offerTimeout: 'PT2S' })
    await world.startNotifier()
    desk('ann', 'online')
    await queue('c1')
    await isOfferedTo('c1', 'ann')
    // The next offer is for longer than this test takes.
    await world.configure('workspace.main', { id: 'main', routing: 'assigned', offerTimeout: 'PT1H' })
    desk('bob', 'online')
    await isOfferedTo('c1', 'bob')
    await world.publish('c1', 'agent.accepted', { agent: { id: 'bob', name: 'bob' } })
    await is('c1', ({ state, agent }) => state === 'accepted' && agent?.id === 'bob')
    expect(await routed('c1')).toEqual(['request.offered ann', 'request.offered bob'])
    expect((await world.records('c1')).map(({ outcome }) => outcome)).not.toContain('rejected')
  })

  test('is offered on by the successor of a killed notifier, which releases what the gone agent has', async () => {
    const settings = { routing: 'assigned', capacity: 2, offerTimeout: 'PT1H' }
    await world.configure('workspace.main', { id: 'main', ...settings })
    const env = { NATS_URL: world.server.url, FRONTDESK_PARTITIONS: '4', FRONTDESK_AGENT_GRACE: '1' }
    const killed = startFrontdesk(['notifier'], { env })
    await killed.logs('"msg":"ready"')
    desk('ann', 'online')
    await queue('c1')
    await isOfferedTo('c1', 'ann')
    killed.child.kill('SIGKILL')
    await killed.ended
    await world.publish('c1', 'agent.accepted', { agent: { id: 'ann', name: 'ann' } })
    await queue('c2')
    await world.startNotifier({ agentGraceMs: 1_000 })
    await isOfferedTo('c2', 'ann')
    desk('bob', 'online')
    desk('ann', 'gone')
    // Back in the queue with its place, and offered to the colleague, as what was offered to her is.
    await isOfferedTo('c1', 'bob')
    await isOfferedTo('c2', 'bob')
    expect(await world.openRequest('main', 'c1')).toMatchObject({ state: 'waiting' })
    const released = (await world.records('c1')).flatMap(({ requests }) => requests ?? [])
    expect(released).toContainEqual({ action: 'released', request: 1, reason: 'agentAway' })
    expect(await routed('c1')).toEqual(['request.offered ann', 'agent.left ann', 'request.offered bob'])
    expect(await routed('c2')).toEqual(['request.offered ann', 'agent.left ann', 'request.offered bob'])
  })
})

test('the customer who is gone is held back while another one waits behind', async () => {
  await world.startNotifier()
  await queue('c1')
  await queue('c2')
  publishPresence(widget, 'c1', 'gone')
  await is('c1', ({ held }) => held === true)
  publishPresence(widget, 'c1', 'here')
  await is('c1', ({ held }) => held === undefined)
  expect(await routed('c1')).toEqual(['request.held', 'request.held'])
})

test('a request overflows to another workspace with its place', async () => {
  await world.configure('workspace.main', { id: 'main', overflow: { workspace: 'night', queue: 1 } })
  await world.startNotifier()
  await queue('c1')
  await ask('c2')
  await is('c2', ({ state }) => state === 'withdrawn')
  const before = await world.openRequest('main', 'c2')
  expect(await world.openRequest('night', 'c2')).toMatchObject({
    state: 'waiting',
    queuedAt: before?.queuedAt,
  })
  expect(await world.openRequest('main', 'c1')).toMatchObject({ state: 'waiting' })
})

test('desks are told who is there: the present ones, and each change', async () => {
  await world.startNotifier()
  desk('ann', 'online')
  await queue('c1')
  let team: Team | undefined
  onTeam(workspace, 'main', (now) => {
    team = now
  })
  await until(() => team?.agents.length === 1 && team.waiting === 1)
  expect(team).toEqual({
    agents: [{ id: 'ann', name: 'ann', state: 'online', accepted: 0, offered: 0 }],
    waiting: 1,
    workspaces: [{ id: 'main', online: 1, waiting: 1 }],
  })
  await world.publish('c1', 'agent.accepted', { agent: { id: 'ann', name: 'ann' } })
  await until(() => team?.agents[0]?.accepted === 1 && team.waiting === 0)
  desk('bob', 'away')
  await until(() => team?.agents[1]?.state === 'away')
  desk('bob', 'gone')
  await until(() => team?.agents.length === 1)
})

test('nothing is published where no workspace is assigned and nobody’s presence was heard', async () => {
  await world.startNotifier()
  const published: string[] = []
  world.nats.connection.subscribe(subjects.team('*'), {
    callback: (_, { subject }) => void published.push(subject),
  })
  await queue('c1')
  await world.publish('c1', 'agent.accepted', { agent: { id: 'ann' } })
  await is('c1', ({ state }) => state === 'accepted')
  // The notifier has taken over both changes once it answers this with the latter.
  const roster = async () => (await workspace.publisher.request(subjects.roster('main'), '')).json<Team>()
  await until(async () => (await roster()).waiting === 0)
  expect(await routed('c1')).toEqual([])
  expect(published).toEqual([])
})
