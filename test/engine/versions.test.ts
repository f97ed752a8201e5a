import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { builtIn } from '../../engine/machines/bots/built-in.ts'
import {
  beginningOf,
  bot,
  conversationParts,
  customerText,
  type Definition,
  defineConversation,
  type OwnConversation,
  type Retirement,
  retireConversation,
  type Stored,
} from '../../engine/machines/define-conversation.ts'
import { Bucket } from '../../engine/nats/bucket.ts'
import { connectNats } from '../../engine/nats/connect.ts'
import { startEngine } from '../../engine/nats/engine/start-engine.ts'
import type { Worker } from '../../engine/nats/engine/start-worker.ts'
import { flowOf, options } from '../bots/flow.ts'
import { startTestWorld, type TestWorld, until } from './test-world.ts'

const partitions = 4

let world: TestWorld
let said: { msg: string; machine?: string }[]
let engines: Started[]

beforeEach(async () => {
  world = await startTestWorld(partitions)
  said = []
  engines = []
  await world.configure('bot.own', { id: 'own', machine: 'own' })
  await world.configure('channel.web', { id: 'web', bot: 'own' })
})

afterEach(async () => {
  for (const engine of engines) await engine.stop()
  await world.stop()
})

const { setup, root, agentStates } = conversationParts()

/** Says back which version it is, and calls an agent where it is asked for one. */
function version(number: number, { migrations, state = 'talking' }: Changed = {}): Definition {
  const own = setup.extend({
    guards: { isCall: ({ event }) => event.type === 'session.message' && event.text === 'agent' },
  })
  const says = { type: 'say', params: ({ event }: { event: never }) => customerText(event) }
  const machine = own.createMachine({
    ...root,
    entry: [],
    id: 'own',
    context: beginningOf,
    initial: state,
    states: {
      [state]: {
        on: {
          'session.message': [
            {
              guard: 'isCall',
              target: 'queued',
              actions: [says, 'makeRequest', { type: 'notify', params: { action: 'created' } }],
            },
            { actions: [says, { type: 'say', params: bot(`version ${number}`) }] },
          ],
        },
      },
      ...agentStates,
    },
  } as never)
  return defineConversation({ id: 'own', version: number, machine, ...(migrations && { migrations }) })
}

interface Changed {
  migrations?: OwnConversation['migrations']
  state?: string
}

const asIs = (stored: Stored) => stored

interface Started {
  worker: Worker
  stop(): Promise<void>
}

/** An engine as a process of its own would be: with a connection of its own, and gone when it has stopped. */
async function engine(...definitions: (Definition | Retirement)[]): Promise<Started> {
  const log = pino({ level: 'info' }, { write: (line: string) => said.push(JSON.parse(line)) })
  const nats = await connectNats(world.server.url, 'engine')
  try {
    const worker = await startEngine(nats, log, { partitions, strictChannels: false, definitions })
    const started = {
      worker,
      stop: async () => {
        await worker.stop()
        await nats.close()
      },
    }
    engines.push(started)
    await until(() => engines.length > 1 || worker.held().length > 0)
    return started
  } catch (error) {
    await nats.close()
    throw error
  }
}

/** A second engine that shares the partitions: by their random names one of the two may have none at all. */
async function engineBeside(first: Started, ...definitions: (Definition | Retirement)[]): Promise<Started> {
  for (;;) {
    const second = await engine(...definitions)
    const held = () => [first.worker.held().length, second.worker.held().length]
    const isShared = () => !held().includes(0) && held().reduce((sum, count) => sum + count) === partitions
    if (
      await until(isShared, 3_000).then(
        () => true,
        () => false,
      )
    )
      return second
    await second.stop()
  }
}

async function whatIsSaid(id: string): Promise<string[]> {
  return (await world.records(id)).flatMap(({ messages = [] }) => messages.map(({ text }) => text ?? ''))
}

async function recorded(id: string, count: number) {
  await until(async () => (await world.records(id)).length === count)
}

const statesOf = async (id: string) => (await world.records(id)).flatMap(({ status }) => status?.state ?? [])

async function machines(): Promise<string[]> {
  return (await new Bucket(world.nats, 'machines').list('own.*')).map(({ key }) => key)
}

/** Three conversations of version 1: one that talks, one that waits for an agent, one that has one; and an ended one. */
async function beginWithVersion1() {
  const first = await engine(version(1))
  for (const id of ['talking', 'waiting', 'agent', 'ended'])
    await world.publish(id, 'session.started', { channel: 'web' })
  for (const id of ['waiting', 'agent']) await world.publish(id, 'session.message', { text: 'agent' })
  await world.publish('agent', 'agent.accepted', { agent: { id: 'ann' } })
  await world.publish('ended', 'session.ended', {})
  await Promise.all([
    recorded('talking', 1),
    recorded('waiting', 2),
    recorded('agent', 3),
    recorded('ended', 2),
  ])
  await first.stop()
  return first
}

describe('a new version', () => {
  test('with a migration takes over running conversations, and events that came meanwhile', async () => {
    await beginWithVersion1()
    await world.publish('talking', 'session.message', { text: 'anyone?' })
    await engine(version(2, { migrations: { 1: asIs } }))
    await world.publish('waiting', 'agent.accepted', { agent: { id: 'bob' } })
    await world.publish('agent', 'agent.message', { agent: { id: 'ann' }, text: 'Hello' })
    await world.publish('late', 'session.started', { channel: 'web' })
    await world.publish('late', 'session.message', { text: 'hi' })
    await Promise.all([
      recorded('talking', 2),
      recorded('waiting', 3),
      recorded('agent', 4),
      recorded('late', 2),
    ])
    expect(await whatIsSaid('talking')).toEqual(['anyone?', 'version 2'])
    expect(await whatIsSaid('late')).toEqual(['hi', 'version 2'])
    expect(await statesOf('waiting')).toEqual(['bot', 'queued', 'withAgent'])
    expect((await whatIsSaid('agent')).at(-1)).toBe('Hello')
    expect((await world.records('agent')).at(-1)?.state.machine).toBe('own@2')
    expect(await world.stored('deadletters')).toEqual([])
  })

  test('beside the earlier one leaves conversations with the version they began with', async () => {
    await beginWithVersion1()
    await engine(version(1), version(2))
    await world.publish('talking', 'session.message', { text: 'hi' })
    await recorded('talking', 2)
    expect(await whatIsSaid('talking')).toEqual(['hi', 'version 1'])
    expect(await machines()).toEqual(['own.1', 'own.2'])
  })

  test('without a migration is refused, with a list of running conversations and instructions', async () => {
    await beginWithVersion1()
    await expect(engine(version(2))).rejects.toThrow(
      /^there are conversations that cannot go on with the machines of this engine:\nown@1: 3 conversations \(e\.g\. (talking|waiting|agent)\); add a migration from 1 to own@2, register version 1, or let them end with retireConversation\('own', \[1\]\)$/,
    )
    await expect(engine()).rejects.toThrow(
      /own@1: 3 conversations \(e\.g\. \w+\); register version 1, in the folder of FRONTDESK_MACHINES, or let them end/,
    )
    // Nobody's name is left behind by what was refused.
    expect(await machines()).toEqual(['own.1'])
    await engine(version(1))
  })

  test('whose migration fails for a stored conversation is refused before anything is migrated', async () => {
    await beginWithVersion1()
    const migrations = { 1: ({ context }: Stored) => ({ value: 'talking', context }) }
    await expect(engine(version(2, { migrations }))).rejects.toThrow(
      /own@1: 2 of 3 conversations cannot be migrated \(e\.g\. (waiting|agent): the migration from own@1 to own@2 leads from .* to "talking"/,
    )
  })

  test('needs no migration once no conversation runs the earlier one', async () => {
    await beginWithVersion1()
    for (const id of ['talking', 'waiting']) await world.publish(id, 'session.ended', {})
    await world.publish('agent', 'admin.erased', {})
    const last = await engine(version(1))
    await Promise.all([recorded('talking', 2), recorded('waiting', 3), recorded('agent', 1)])
    await last.stop()
    await engine(version(2))
    expect(await machines()).toEqual(['own.2'])
    await world.publish('talking', 'session.message', { text: 'hi' })
    await recorded('talking', 3)
    expect((await world.records('talking')).at(-1)?.rejected?.code).toBe('conversation_ended')
  })
})

describe('a machine that is retired', () => {
  test('ends its conversations at their next event', async () => {
    await beginWithVersion1()
    await engine(retireConversation('own'))
    await world.publish('waiting', 'session.message', { text: 'anyone?' })
    await world.publish('talking', 'session.ended', {})
    await Promise.all([recorded('waiting', 3), recorded('talking', 2)])
    expect((await whatIsSaid('waiting')).slice(-2)).toEqual([
      'anyone?',
      'This conversation has ended. Write to us again, and we’ll start a new one.',
    ])
    expect((await world.records('waiting')).at(-1)?.requests).toEqual([{ action: 'withdrawn', request: 1 }])
    expect(await statesOf('talking')).toEqual(['bot', 'ended'])
  })
})

const asking = flowOf({ a: [options('Which?', { One: 'a' })] }, { id: 'own' })

describe('a bot whose revision is gone', () => {
  test('stops the engine without dead letters until its conversations are retired', async () => {
    await world.configure('bot.own', asking)
    const first = await engine()
    await world.publish('c1', 'session.started', { channel: 'web' })
    await recorded('c1', 1)
    await first.stop()
    await world.configure('bot.own', { id: 'own', machine: 'own' })
    const bots = new Bucket(world.nats, 'bots')
    for (const { key } of await bots.list()) await bots.delete(key)

    const second = await engine()
    let failure: Error | undefined
    second.worker.failed.catch((error: Error) => {
      failure = error
    })
    await world.publish('c1', 'session.message', { text: 'hi' })
    await until(() => failure !== undefined)
    const [, id = ''] =
      /let them end with retireConversation\('(bot\.own\.\w+)'\)$/.exec(failure?.message ?? '') ?? []
    await second.stop()
    await engine(retireConversation(id))
    await recorded('c1', 2)
    expect(await statesOf('c1')).toEqual(['bot', 'ended'])
    expect(await world.stored('deadletters')).toEqual([])
  })
})

describe('a bot that this engine compiles to another machine', () => {
  test('does not stop the engine for ended or erased conversations', async () => {
    await world.configure('bot.own', asking)
    const first = await engine()
    for (const id of ['ended', 'erased']) await world.publish(id, 'session.started', { channel: 'web' })
    await world.publish('ended', 'session.ended', {})
    await Promise.all([recorded('ended', 2), recorded('erased', 1)])
    await first.stop()
    await world.configure('bot.own', { id: 'own', machine: 'own' })
    const bots = new Bucket(world.nats, 'bots')
    for (const { key, value } of await bots.list())
      await bots.put(key, JSON.stringify({ ...JSON.parse(value), definition: 'another' }))

    const second = await engine()
    await world.publish('ended', 'session.message', { text: 'hi' })
    await world.publish('erased', 'admin.erased', {})
    await recorded('ended', 3)
    await until(async () => (await world.records('erased')).at(-1)?.state.erased !== undefined)
    expect((await world.records('ended')).at(-1)?.rejected?.code).toBe('conversation_ended')
    await second.stop()
  })
})

describe('a machine that has changed under its version', () => {
  const changed = () => version(1, { state: 'chatting' })

  test('is refused while conversations run it', async () => {
    await beginWithVersion1()
    await expect(engine(changed())).rejects.toThrow(
      /own@1: has changed, and 3 conversations began with it as it was \(e\.g\. \w+\); give the changed one another version, with a migration from 1$/,
    )
    await engine(version(1))
  })

  test('is accepted if none does, and logged', async () => {
    await (await engine(version(1))).stop()
    await (await engine(changed())).stop()
    expect(said.filter(({ machine }) => machine === 'own@1').map(({ msg }) => msg)).toEqual([
      'a machine has changed under its version, which no conversation runs',
    ])
    // From now on that is the one.
    await engine(changed())
    expect(said.filter(({ machine }) => machine === 'own@1')).toHaveLength(1)
  })

  test('is refused while another engine may begin conversations with the old one', async () => {
    await engine(version(1))
    await expect(engine(changed())).rejects.toThrow(
      'own@1: has changed, and an engine that is running has it as it was: stop that one',
    )
  })

  test('is detected in frontdesk’s own machines, too', async () => {
    await (await engine()).stop()
    const bucket = new Bucket(world.nats, 'machines')
    for (const { id } of builtIn) expect(await bucket.get(`${id}.1`)).toBeDefined()
    await bucket.put('messagingResponse.1', JSON.stringify({ definition: 'another' }))
    await world.configure('channel.plain', { id: 'plain' })
    await (await engine()).stop()
    expect(said.map(({ machine }) => machine)).toContain('messagingResponse@1')
  })
})

describe('engines of two versions at once', () => {
  test('the earlier one stops at a conversation of the later one without dead letters; the later one continues', async () => {
    const early = await engine(version(1))
    let failure: Error | undefined
    early.worker.failed.catch((error: Error) => {
      failure = error
    })
    const late = await engineBeside(early, version(1), version(2))
    // Begun by the later one in its partitions, by version 1 elsewhere.
    const ids = Array.from({ length: 32 }, (_, n) => `c${n}`)
    for (const id of ids) await world.publish(id, 'session.started', { channel: 'web' })
    for (const id of ids) await recorded(id, 1)
    const names = await Promise.all(ids.map(async (id) => (await world.records(id))[0]?.state.machine))
    expect([...new Set(names)].sort()).toEqual(['own@1', 'own@2'])

    // The later one leaves: its partitions are the earlier one's.
    await late.stop()
    await until(() => early.worker.held().length === partitions)
    for (const id of ids) await world.publish(id, 'session.message', { text: 'hi' })
    await until(() => failure !== undefined)
    expect(failure?.message).toMatch(/^c\d+: the conversation runs own@2, which this engine does not have/)
    await early.stop()
    await expect(engine(version(1))).rejects.toThrow(
      /own@2: \d+ conversations? .*add a migration from 2 to own@1/,
    )

    await engine(version(1), version(2))
    for (const [n, id] of ids.entries()) {
      await recorded(id, 2)
      expect(await whatIsSaid(id)).toEqual(['hi', names[n] === 'own@1' ? 'version 1' : 'version 2'])
    }
    expect(await world.stored('deadletters')).toEqual([])
  })

  test('machines are not removed while another engine runs', async () => {
    const early = await engine(version(1))
    const late = await engine(version(2))
    expect(said.find(({ machine }) => machine === 'own@1')?.msg).toMatch(
      /^no conversation runs this machine now/,
    )
    expect(await machines()).toEqual(['own.1', 'own.2'])
    await early.stop()
    await late.stop()
    await engine(version(2))
    expect(await machines()).toEqual(['own.2'])
  })

  test('a machine that a running engine lacks is in the list of the next start', async () => {
    await beginWithVersion1()
    const bucket = new Bucket(world.nats, 'machines')
    await bucket.delete('own.1')
    const late = await engine(version(2))
    let failure: Error | undefined
    late.worker.failed.catch((error: Error) => {
      failure = error
    })
    await world.publish('ended', 'session.message', { text: 'hi' })
    await recorded('ended', 3)
    expect(failure).toBeUndefined()
    await world.publish('talking', 'session.message', { text: 'hi' })
    await until(() => failure !== undefined)
    await late.stop()
    await expect(engine(version(2))).rejects.toThrow(/own@1: 3 conversations/)
    await engine(version(2, { migrations: { 1: asIs } }))
    await recorded('talking', 2)
    expect(await whatIsSaid('talking')).toEqual(['hi', 'version 2'])
  })

  test('one of two concurrent machines with the same name is refused', async () => {
    const starts = await Promise.allSettled([
      engine(version(1)),
      engine(version(1, { state: 'chatting' })),
      engine(version(1)),
    ])
    const [one, other, same] = starts.map(({ status }) => status)
    expect(same).toBe(one)
    expect([one, other].sort()).toEqual(['fulfilled', 'rejected'])
    expect(await machines()).toEqual(['own.1'])
  })
})
