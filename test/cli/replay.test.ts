import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEngine } from '../../engine/nats/engine/start-engine.ts'
import type { Worker } from '../../engine/nats/engine/start-worker.ts'
import { streams } from '../../engine/nats/topology.ts'
import type { ReplayReport } from '../../workers/cli/conversations/replay-conversations.ts'
import { loadOwnMachines } from '../../workers/settings/own-machines.ts'
import { flowOf, message, options, person } from '../bots/flow.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { commandHost } from './command-host.ts'

const frontdesk = commandHost()

const defining = fileURLToPath(new URL('../../engine/machines/define-conversation.ts', import.meta.url))

let world: TestWorld
let engine: Worker
let folder: string
let count = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'frontdesk-replay-'))
  await own('then', { 1: 'Hello' })
  world = await startTestWorld()
  await world.configure('channel.own', { id: 'own', bot: 'own' })
  await world.configure('bot.own', { id: 'own', machine: 'own' })
  await world.configure('channel.flow', { id: 'flow', bot: 'flow' })
  await world.configure('bot.flow', flow('What is it?'))
  await world.configure('schedule.never', { id: 'never', timeZone: 'UTC', intervals: [] })
  await world.configure('channel.short', { id: 'short', bot: 'short' })
  await world.configure('bot.short', short)
  await world.configure('channel.quick', { id: 'quick', timeouts: { unanswered: 'PT0.3S', escalate: null } })
  engine = await startOwnEngine()
})

afterAll(async () => {
  await engine?.stop()
  await world?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function startOwnEngine(): Promise<Worker> {
  const definitions = await loadOwnMachines(join(folder, 'then'))
  const started = await startEngine(world.nats, world.log, {
    partitions: 4,
    strictChannels: false,
    definitions,
  })
  await until(() => started.held().length === 4)
  return started
}

/** A folder with versions of a machine of one's own: what each says first. */
async function own(name: string, versions: Record<number, string>): Promise<void> {
  await mkdir(join(folder, name), { recursive: true })
  for (const [version, text] of Object.entries(versions))
    await writeFile(
      join(folder, name, `own-${version}.mts`),
      `import { beginningOf, bot, conversationParts, defineConversation } from ${JSON.stringify(defining)}
const { setup, root, responseStates, agentStates } = conversationParts()
const machine = setup.createMachine({
  ...root, id: 'own', context: beginningOf, initial: 'greeting',
  entry: { type: 'say', params: bot(${JSON.stringify(text)}) },
  states: { ...responseStates, ...agentStates },
})
export default defineConversation({ id: 'own', version: ${version}, machine })
`,
    )
}

const flow = (text: string) =>
  flowOf(
    {
      welcome: [options(text, { 'A person': 'person' }, { name: 'topic' })],
      person,
    },
    { id: 'flow' },
  )

/** Leaves the customer at once, by the hours of a schedule that is not its channel's. */
const short = flowOf(
  {
    welcome: [{ type: 'hours', schedule: 'never', open: 'open', closed: 'closed' }],
    open: [message('We are here.'), { type: 'transfer' }],
    closed: [message('Nobody is here.'), { type: 'transfer' }],
  },
  { id: 'short' },
)

const said: [string, object] = ['session.message', { text: 'My anvil is broken' }]
const accepted: [string, object] = ['agent.accepted', { agent: { id: 'ann' } }]

/** A conversation of a channel, with events one after another. */
async function converse(channel: string, ...events: [string, object, string?][]): Promise<string> {
  const c = `${channel}${++count}`
  for (const [type, payload, id] of [['session.started', { channel }] as const, ...events]) {
    const seq = await world.publish(c, type, payload, id)
    await until(async () => (await world.records(c)).some(({ event }) => event.seq === seq))
  }
  return c
}

const replay = (args: string[], machines?: string) =>
  frontdesk(['replay', ...args], {
    env: {
      NATS_URL: world.server.url,
      ...(machines !== undefined && { FRONTDESK_MACHINES: join(folder, machines) }),
    },
  })

async function report(args: string[], machines?: string): Promise<ReplayReport & { code: number | null }> {
  const { code, stdout } = await replay([...args, '--json'], machines)
  return { code, ...JSON.parse(stdout) }
}

describe('the replay of a conversation', () => {
  it('finds no difference: refused, repeated and buried events, timers, agents', async () => {
    const c = await converse('quick', said)
    await until(async () => (await world.records(c)).length >= 3)
    for (const event of [accepted, ['agent.accepted', { agent: { id: 'bob' } }], accepted] as [
      string,
      object,
    ][])
      await world.publish(c, ...event)
    await world.publish(c, 'session.message', { text: 'once' }, 'm1')
    await world.publish(c, 'session.message', { text: 'once' }, 'm1')
    await world.publish(c, 'session.message', { text: 7 })
    await world.publish(c, 'session.ended', {})
    await until(async () => (await world.records(c)).at(-1)?.status?.state === 'ended')
    const { code, stdout } = await replay([c])
    expect(stdout).toMatch(
      /^1 conversation, 10 events decided again in \d\.\d s\nnothing comes out differently\n$/,
    )
    expect(code).toBe(0)
  })

  it('finds no difference with a bot that has left the customer at once', async () => {
    const c = await converse('short', accepted)
    expect((await world.records(c))[0]?.messages?.map(({ text }) => text)).toContain('Nobody is here.')
    // Whatever is configured now.
    await world.configure('bot.short', {
      ...short,
      answers: short.answers.slice(0, 1).concat(short.answers.slice(1).reverse()),
    })
    expect(await report([c])).toMatchObject({ code: 0, conversations: 1, events: 2, differing: [] })
  })

  it('finds no difference with a bot, whose revision it loads', async () => {
    const c = await converse('flow', ['session.option', { option: 'A person' }], accepted)
    expect(await report([c])).toMatchObject({ code: 0, events: 3, differing: [] })
  })

  it('reports the first event that a changed machine decides otherwise', async () => {
    const c = await converse('own', said)
    await own('now', { 1: 'Good day' })
    expect((await replay([c], 'then')).stdout).toContain('nothing comes out differently')
    const { code, stdout } = await replay([c], 'now')
    expect(code).toBe(1)
    expect(stdout).toMatch(
      new RegExp(
        `${c}: event \\d+, session.started, [^ ]+: messages.0.text\n  stored {2}"Hello"\n  now {5}"Good day"`,
      ),
    )
  })

  it('with another version compares only the public outcome', async () => {
    const c = await converse('own', said)
    await own('two', { 1: 'Hello', 2: 'Hello', 3: 'Good day' })
    for (const two of ['2', 'own@2'])
      expect(await report([c, '--machine', two], 'two')).toMatchObject({ code: 0, events: 2, differing: [] })
    expect(await report([c, '--machine', 'own@3'], 'two')).toMatchObject({
      code: 1,
      differing: [{ conversation: c, path: 'messages.0.text', stored: 'Hello', again: 'Good day' }],
    })
  })

  it('runs another bot, from its file', async () => {
    const c = await converse('flow', ['session.option', { option: 'A person' }])
    const file = join(folder, 'flow.json')
    await writeFile(file, JSON.stringify(flow('What is it about?')))
    expect(await report([c, '--machine', file])).toMatchObject({
      code: 1,
      differing: [{ path: 'messages.0.text', stored: 'What is it?', again: 'What is it about?' }],
    })
  })

  it('explains why a conversation cannot be replayed', async () => {
    const c = await converse('own', said)
    expect(await replay([c])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`${c} runs own@1, which is not there: FRONTDESK_MACHINES names`),
    })
    expect((await replay(['nobody'])).stderr).toContain('there is no conversation nobody')
    expect(await replay([c, '--machine', 'own@9'], 'two')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no own@9; there are own@1, own@2, own@3'),
    })
    expect(await replay([c, '--all'])).toMatchObject({ code: 2 })
    expect(await replay([])).toMatchObject({ code: 2 })
  })
})

describe('the replay of all conversations', () => {
  it('counts conversations, and the skipped ones by reason', async () => {
    const kept = await converse('flow', ['session.option', { option: 'A person' }])
    const aged = await converse('plain', said)
    const erased = await converse('plain', said)
    await world.publish(erased, 'admin.erased', {})
    await until(async () => (await world.records(erased)).at(-1)?.state.erased !== undefined)
    await world.nats.jsm.streams.purge(streams.events, {
      filter: `frontdesk.event.*.${aged}.session.started`,
    })
    // No engine has come to it yet.
    await engine.stop()
    await world.publish(kept, 'session.message', { text: 'Is somebody there?' })
    const all = await report(['--all'], 'then')
    engine = await startOwnEngine()
    expect(all).toMatchObject({ code: 0, differing: [], passedOver: { erased: 1, aged: 1 }, missing: {} })
    const { code, stdout } = await replay(['--all'], undefined)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\d+ conversations, \d+ events decided again in/)
    expect(stdout).toContain('nothing comes out differently\n')
    expect(stdout).toContain('passed over: 1 conversation that was erased\n')
    expect(stdout).toContain('passed over: 1 conversation whose events the log does not have any more\n')
    expect(stdout).toMatch(/passed over: \d+ conversations? of own@1, which is not there: FRONTDESK_MACHINES/)
  })

  it('replays only the conversations of the named machine', async () => {
    const all = await report(['--all', '--machine', 'own@3'], 'two')
    expect(all.code).toBe(1)
    expect(all.conversations).toBe(all.differing.length)
    expect(all.passedOver.other).toBeGreaterThan(2)
  })
})
