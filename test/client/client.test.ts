import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  BotClient,
  ClientError,
  type FollowedRecord,
  WidgetClient,
  type WidgetEventType,
  WorkspaceClient,
} from '../../engine/nats/client/client.ts'
import { subjects } from '../../engine/nats/topology.ts'
import { uniqueId } from '../cli/running-system.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { serverIsShared } from '../test-server.ts'
import { collect, losesRecords } from './collect.ts'

let world: TestWorld
let widget: WidgetClient
let workspace: WorkspaceClient
const ann = { id: 'ann', name: 'Ann' }
const bob = { id: 'bob', name: 'Bob' }

beforeAll(async () => {
  world = await startTestWorld()
  widget = await WidgetClient.connect(world.server.roles.widget)
  workspace = await WorkspaceClient.connect(world.server.roles.workspace)
})
afterAll(async () => {
  await widget?.close()
  await workspace?.close()
  await world?.stop()
})

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing was thrown',
    (error: unknown) => (error instanceof ClientError ? error.code : error),
  )

/** A conversation whose request waits for an agent. */
async function waiting(): Promise<string> {
  const conversation = uniqueId('c')
  await widget.publish(conversation, 'session.started', { channel: 'web' })
  const outcome = await widget.send(conversation, 'session.message', { text: 'help' })
  expect(outcome).toMatchObject({ ok: true, value: { status: { state: 'queued' } } })
  return conversation
}

const texts = (records: FollowedRecord[]) =>
  records.flatMap(({ messages = [] }) => messages.map(({ author, text }) => `${author.type}: ${text}`))

it('says of an event without an engine that it is stored and not handled, and later its outcome', async () => {
  const conversation = uniqueId('c')
  const started = { channel: 'web' }
  const begin = (timeoutMs: number) =>
    widget.send(conversation, 'session.started', started, { id: 'start-1', timeoutMs })
  // It may take longer than this to store it on a busy machine.
  await until(async () => (await codeOf(begin(200))) === 'unprocessed')
  await world.startEngine()
  await world.startNotifier()
  expect(await begin(30_000)).toMatchObject({ ok: true, value: { event: { id: 'start-1' } } })
  expect(await world.records(conversation)).toHaveLength(1)
})

describe('a conversation', () => {
  it('is had by a customer and an agent over their roles', async () => {
    const notified = await workspace.notifications('main')
    const conversation = uniqueId('c')
    const records = collect((signal) => widget.follow(conversation, { signal }))
    await widget.publish(conversation, 'session.started', { channel: 'web' })
    await widget.publish(conversation, 'session.message', { text: 'My anvil is broken' })
    const requests = await workspace.openRequests('main')
    await until(() => requests.get(conversation)?.state === 'waiting')
    expect(requests.waiting().map(({ need }) => need)).toContain('My anvil is broken')

    const agent = workspace.agent(ann)
    expect(await agent.accept(conversation, { request: 1 })).toMatchObject({
      ok: true,
      value: { status: { state: 'withAgent', agent: ann } },
    })
    await agent.tag(conversation, ['anvils'])
    await agent.note(conversation, 'A good customer')
    await agent.correctName(conversation, 'Wile')
    expect(await agent.reply(conversation, 'A new one is on its way')).toMatchObject({ ok: true })
    await agent.release(conversation, { reason: 'lunch' })
    expect(await agent.reply(conversation, 'One more thing')).toMatchObject({
      ok: false,
      error: { code: 'not_the_agent' },
    })
    await agent.accept(conversation)
    await agent.transfer(conversation, { workspace: 'billing' }, { note: 'wants a refund' })
    await workspace.agent(bob).accept(conversation)
    await workspace.agent(bob).end(conversation)

    await until(() => records.items.at(-1)?.status?.state === 'ended')
    expect(texts(records.items)).toEqual(
      expect.arrayContaining(['customer: My anvil is broken', 'agent: A new one is on its way']),
    )
    const sequences = records.items.map(({ sequence }) => sequence)
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b))
    expect(records.items).toHaveLength((await world.records(conversation)).length)
    await until(() => requests.get(conversation) === undefined)

    const actions: string[] = []
    for await (const notification of notified) {
      expect(notification.conversation).toBe(conversation)
      actions.push(notification.action)
      if (notification.action === 'withdrawn') break
    }
    expect(actions).toEqual(expect.arrayContaining(['created', 'accepted', 'noted', 'released']))
    requests.close()
    records.stop()
  })

  it('is accepted by the first of two agents, whose name the other is told', async () => {
    const conversation = await waiting()
    const other = await WorkspaceClient.connect(world.server.roles.workspace)
    onTestFinished(() => other.close())
    const outcomes = await Promise.all([
      workspace.agent(ann).accept(conversation),
      other.agent(bob).accept(conversation),
    ])
    const [won, lost] = outcomes[0].ok ? outcomes : outcomes.toReversed()
    const winner = won?.ok ? won.value.status?.agent : undefined
    expect(winner).toEqual(outcomes[0].ok ? ann : bob)
    expect(lost).toMatchObject({ ok: false, error: { code: 'already_accepted', agent: winner } })
  })
})

it('an agent is there while their desk is open, and is offered what waits', async () => {
  await world.configure('workspace.offers', { id: 'offers', routing: 'assigned' })
  await world.configure('channel.offers', { id: 'offers', workspace: 'offers' })
  const agent = workspace.agent({ id: 'cleo', name: 'Cleo' })
  const seen: string[][] = []
  const stop = workspace.onTeam('offers', ({ agents }) => void seen.push(agents.map(({ id }) => id)))
  const requests = await workspace.openRequests('offers')
  const desk = agent.openDesk('offers')
  await until(() => seen.at(-1)?.includes('cleo') === true)
  const conversation = uniqueId('c')
  await widget.publish(conversation, 'session.started', { channel: 'offers' })
  await widget.publish(conversation, 'session.message', { text: 'help' })
  await until(() => requests.get(conversation)?.offer?.agent.id === 'cleo')
  expect(await workspace.agent(bob).accept(conversation)).toMatchObject({
    ok: false,
    error: { code: 'offered_to_other', agent: { id: 'cleo' } },
  })
  expect(await agent.accept(conversation)).toMatchObject({ ok: true })
  await until(() => requests.get(conversation)?.atDesk === true)
  desk.leave({ signsOut: true })
  await until(() => requests.get(conversation)?.state === 'waiting')
  stop()
  requests.close()
})

describe('an event that is published twice', () => {
  it('makes one record under one id, and two under two', async () => {
    const conversation = await waiting()
    const before = (await world.records(conversation)).length
    const message = { text: 'Hello?' }
    const outcome = await widget.send(conversation, 'session.message', message, { id: 'm-1' })
    expect(await widget.publish(conversation, 'session.message', message, { id: 'm-1' })).toBe('m-1')
    expect(await widget.send(conversation, 'session.message', message, { id: 'm-1' })).toEqual(outcome)
    await widget.send(conversation, 'session.message', message)
    const records = (await world.records(conversation)).slice(before)
    expect(records.map(({ event }) => event.id === 'm-1')).toEqual([true, false])
  })

  it('is refused under an id of another event', async () => {
    const conversation = await waiting()
    await widget.send(conversation, 'session.message', { text: 'Hello?' }, { id: 'm-1' })
    const outcome = await widget.send(conversation, 'session.ended', {}, { id: 'm-1' })
    expect(outcome).toMatchObject({ ok: false, error: { code: 'id_reused' } })
  })
})

describe('what is followed', () => {
  it('has a record that was lost on its way, in its place', async () => {
    const conversation = await waiting()
    const own = await WidgetClient.connect(world.server.roles.widget)
    onTestFinished(() => own.close())
    const losses = losesRecords(own)
    const records = collect((signal) => own.follow(conversation, { signal }))
    await until(() => records.items.length === 2)
    // The second read, a second after the first, would find the lost record, too.
    await sleep(1_100)
    losses.arm()
    await widget.send(conversation, 'session.message', { text: 'lost' })
    await until(() => losses.lost === 1)
    await widget.send(conversation, 'session.message', { text: 'next' })
    await until(() => records.items.length === 4)
    expect(texts(records.items).slice(-2)).toEqual(['customer: lost', 'customer: next'])
    records.stop()
  })

  it('waits for a slow reader, begins after a sequence, and ends by break', async () => {
    const conversation = await waiting()
    for (const text of ['1', '2', '3']) await widget.publish(conversation, 'session.message', { text })
    const seen: FollowedRecord[] = []
    for await (const record of widget.follow(conversation)) if (seen.push(record) === 5) break
    const after = seen[3]?.sequence ?? 0
    for await (const record of widget.follow(conversation, { after })) {
      expect(record).toEqual(seen[4])
      break
    }
  })

  it.each(['follow', 'notifications'] as const)('%s ends with the reason of its signal', async (method) => {
    const ending = new AbortController()
    const followed =
      method === 'follow'
        ? widget.follow('nothing', { signal: ending.signal })
        : await workspace.notifications('nobody', { signal: ending.signal })
    const reading = (async () => {
      for await (const _ of followed);
    })()
    ending.abort(new Error('enough'))
    await expect(reading).rejects.toThrow('enough')
  })

  it('tells that the stream ends before `after`', async () => {
    const conversation = await waiting()
    const reading = (async () => {
      for await (const _ of widget.follow(conversation, { after: 999_999_999 }));
    })()
    expect(await codeOf(reading)).toBe('after_unknown')
  })

  it('notifications are had again after a sequence', async () => {
    const conversation = await waiting()
    const find = async (after: number) => {
      for await (const found of await workspace.notifications('*', { after }))
        if (found.conversation === conversation) return found
      throw new Error('there is no end')
    }
    const created = await find(0)
    await workspace.agent(ann).accept(conversation)
    expect(created.action).toBe('created')
    expect((await find(created.sequence)).action).toBe('accepted')
  })
})

describe('what is refused before it is sent', () => {
  it.each([
    ['a conversation that is not a token', 'a.b', 'session.message', { text: 'x' }, /^conversation: /],
    ['a payload without a field', 'c', 'session.message', {}, /^session\.message: text: /],
    ['an event of another role', 'c', 'agent.accepted', { agent: ann }, /session\.\* only/],
  ])('%s', async (_, conversation, type, payload, message) => {
    const error = await widget
      .publish(conversation, type as WidgetEventType, payload as never)
      .catch((error) => error)
    expect(error).toMatchObject({
      name: 'ClientError',
      code: 'invalid',
      message: expect.stringMatching(message),
    })
  })

  it('an event of more bytes than engines read, and an id with a line break', async () => {
    const large = { text: 'x'.repeat(64 * 1024) }
    expect(await codeOf(widget.publish('c', 'session.message', large))).toBe('too_large')
    const options = { id: 'a\r\nb' }
    expect(await codeOf(widget.publish('c', 'session.message', { text: 'x' }, options))).toBe('invalid')
    await world.nats.connection.flush()
    expect(await world.stored('events', subjects.eventsOf('c'))).toEqual([])
  })

  it('a connection', async () => {
    const { roles, url } = world.server
    expect(await codeOf(WidgetClient.connect('nats://127.0.0.1:1'))).toBe('unavailable')
    if (serverIsShared) return
    expect(await codeOf(WidgetClient.connect(roles.workspace))).toBe('wrong_role')
    expect(await codeOf(WorkspaceClient.connect(roles.widget))).toBe('wrong_role')
    expect(await codeOf(BotClient.connect(roles.inspector))).toBe('wrong_role')
    const { host } = new URL(roles.widget)
    expect(await codeOf(WidgetClient.connect(`nats://widget:wrong@${host}`))).toBe('unauthorized')
    const full = await WorkspaceClient.connect(url)
    const conversation = await waiting()
    expect(await full.agent(ann).accept(conversation)).toMatchObject({ ok: true })
    await full.close()
  })
})

it('what is under way ends with the error `closed`, and nothing begins any more', async () => {
  const client = await WorkspaceClient.connect(world.server.roles.workspace)
  const followed = client.follow('nothing')[Symbol.asyncIterator]()
  const reading = codeOf(followed.next())
  await client.close()
  expect(await reading).toBe('closed')
  expect(await codeOf(client.agent(ann).end('c'))).toBe('closed')
  expect(await codeOf(client.openRequests('main'))).toBe('closed')
})

it.skipIf(serverIsShared)(
  'it goes on after the server was killed, with each record and event once',
  async () => {
    const conversation = await waiting()
    const records = collect((signal) => widget.follow(conversation, { signal }))
    const requests = await workspace.openRequests('main')
    const notified = await workspace.notifications('main')
    await until(() => records.items.length === 2)
    await world.server.kill()
    const message = { text: 'Anybody?' }
    const error = await widget
      .publish(conversation, 'session.message', message, { timeoutMs: 100 })
      .catch((error) => error)
    expect(error).toMatchObject({ code: 'unavailable', eventId: expect.any(String) })
    const publishing = widget.publish(conversation, 'session.message', { text: 'Hello?' })
    await world.server.restart()
    await publishing
    await widget.send(conversation, 'session.message', message, { id: error.eventId })
    await workspace.agent(ann).accept(conversation)
    await until(() => records.items.at(-1)?.status?.state === 'withAgent')
    await until(async () => records.items.length === (await world.records(conversation)).length)
    expect(
      texts(records.items)
        .filter((text) => /^customer: .*\?/.test(text))
        .sort(),
    ).toEqual(['customer: Anybody?', 'customer: Hello?'])
    await until(() => requests.accepted('ann').some((request) => request.conversation === conversation))
    for await (const { action } of notified) if (action === 'accepted') break
    records.stop()
    requests.close()
  },
)
