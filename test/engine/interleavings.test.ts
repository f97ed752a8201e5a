import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Configuration } from '../../engine/core/configuration.ts'
import { type Conversation, unknownConversation } from '../../engine/core/conversation.ts'
import { subjects } from '../../engine/nats/topology.ts'
import type { Channel } from '../../schemas/configuration/channel.ts'
import { gate, type HandDriven, takeOver } from './hand-driven-engine.ts'
import { startTestWorld, type TestWorld, until } from './test-world.ts'

// Random crashes hardly ever hit these moments: each is made on purpose, on a real server, with one partition
// and engines of the real parts. Events carry no id, so that nothing but the order of the log protects them.

const configured = (unanswered: string): Configuration => {
  const web: Channel = { id: 'web', timeouts: { unanswered, escalate: null, abandoned: 'PT1H' } }
  return { channels: new Map([['web', web]]), schedules: new Map(), bots: new Map(), strictChannels: false }
}
/** The reminder comes due soon. */
const configuration = configured('PT3S')
/** The reminder comes due when all else is done. */
const lateReminder = configured('PT6S')
/** The reminder comes due so late that later records do not arm it again. */
const farReminder = configured('PT10M')
/** What a planted fault keeps from happening is not waited for any longer; well beyond the reminder. */
const happensMs = 30_000

let world: TestWorld
const engines: HandDriven[] = []
const engine: typeof takeOver = async (...args) => {
  const taken = await takeOver(...args)
  engines.push(taken)
  return taken
}

beforeEach(async () => {
  world = await startTestWorld(1)
})

afterEach(async () => {
  await Promise.all(engines.splice(0).map((one) => one.die()))
  await world.stop()
})

/** Settles once a wake-up of c1 is in TIMERS: the cursor may pass its event then. */
async function wakeUpArmed(generation: number) {
  await until(async () =>
    (await world.stored('timers', subjects.timersOf('c1'))).some(
      ({ body }) => body === JSON.stringify({ generation }),
    ),
  )
}

async function requestsOf(conversation: string) {
  const notifications = await world.stored('workspace')
  return notifications.filter(({ headers }) => headers['Nats-Msg-Id']?.startsWith(`${conversation}.`))
}

describe('an engine dies between the commit of a record and its effects', () => {
  test('after two successors, the effects are performed and no event is applied twice', async () => {
    const ofC1 = gate((effect) => effect.conversation === 'c1' && effect.kind === 'notify')
    const first = await engine(world, 'first', configuration, { performer: ofC1.performer })
    await world.publish('c1', 'session.started', { channel: 'web' })
    await world.publish('c1', 'session.message', { text: 'help' })
    await ofC1.reached
    await wakeUpArmed(2)
    await first.saved()
    await first.die()

    // The second passes other conversations' events, and dies before it has performed for the first one.
    const again = gate((effect) => effect.conversation === 'c1')
    const second = await engine(world, 'second', configuration, { performer: again.performer })
    // The reminder comes due meanwhile: its effects would hide that those of the request are missing.
    await until(async () => (await world.stored('events', subjects.eventsOf('c1'))).length === 3)
    await world.publish('c2', 'session.started', { channel: 'web' })
    await world.publish('c2', 'session.message', { text: 'me too' })
    await until(async () => (await requestsOf('c2')).length > 0)
    await second.saved()
    await second.die()

    await engine(world, 'third', configuration)
    await world.publish('c3', 'session.started', { channel: 'web' })
    await until(async () => (await world.records('c3')).length > 0)
    await until(async () => (await requestsOf('c1')).length > 0, happensMs)
    // And the reminder of the request was armed, so that it comes.
    await until(async () => (await world.records('c1')).length > 2, happensMs)
    const records = await world.records('c1')
    expect(records.map(({ event }) => event.type)).toEqual([
      'session.started',
      'session.message',
      'timer.unanswered',
    ])
    expect((await world.records('c2')).map(({ event }) => event.type).slice(0, 2)).toEqual([
      'session.started',
      'session.message',
    ])
  })

  test('a wake-up of an earlier record, which was not armed yet, is armed by the successor', async () => {
    const ofC1 = gate((effect) => effect.conversation === 'c1' && effect.kind === 'wake')
    const first = await engine(world, 'first', farReminder, { performer: ofC1.performer })
    await world.publish('c1', 'session.started', { channel: 'web' })
    await world.publish('c1', 'session.message', { text: 'help' })
    await world.publish('c1', 'session.message', { text: 'hello?' })
    await ofC1.reached
    expect((await world.records('c1')).map(({ state }) => state.wake?.generation)).toEqual([1, 2, 2])
    await first.saved()
    await first.die()

    await engine(world, 'second', farReminder)
    await until(async () => (await world.stored('timers', subjects.timer('c1', 2))).length > 0, happensMs)
  })

  test('a conversation’s next event waits for the effects of the one before', async () => {
    const held = gate((effect) => effect.conversation === 'c1' && effect.kind === 'notify')
    await engine(world, 'only', configuration, { performer: held.performer })
    await world.publish('c1', 'session.started', { channel: 'web' })
    await world.publish('c1', 'session.message', { text: 'help' })
    await world.publish('c1', 'session.message', { text: 'hello?' })
    await world.publish('c2', 'session.started', { channel: 'web' })
    await held.reached
    await until(async () => (await world.records('c2')).length === 1)
    expect(await world.records('c1')).toHaveLength(2)
    held.open()
    await until(async () => (await world.records('c1')).length >= 3)
    expect((await world.records('c1'))[2]?.event.type).toBe('session.message')
  })
})

describe('an engine sleeps between the commit of a record and its effects', () => {
  test('the old wake-up that it arms when it wakes does not replace the newer one', async () => {
    const asleep = gate((effect) => effect.kind === 'wake', 'dies after')
    let isAsleep = false
    await engine(world, 'sleeper', lateReminder, {
      performer: asleep.performer,
      conversations: (real) => ({
        load: (id, fromLeader) => real.load(id, fromLeader),
        commit: (id, latest, record) => (isAsleep ? new Promise(() => {}) : real.commit(id, latest, record)),
      }),
    })
    await world.publish('c1', 'session.started', { channel: 'web' })
    await asleep.reached
    isAsleep = true

    // Meanwhile another takes over and arms the reminder, which comes before the sleeper's timer.
    await engine(world, 'successor', lateReminder)
    await world.publish('c1', 'session.message', { text: 'help' })
    await until(async () => (await world.records('c1')).length >= 2)
    const armed = (await world.records('c1'))[1]?.state.wake
    expect(armed?.generation).toBe(2)
    await wakeUpArmed(2)
    asleep.open()
    await asleep.passed

    await until(async () => (await world.records('c1')).length === 3, happensMs)
    expect((await world.records('c1')).at(-1)?.event).toMatchObject({
      id: 'wake-2',
      type: 'timer.unanswered',
    })
  })

  test('its decision on a stale view is refused, decided again and applied once', async () => {
    let view: Conversation | undefined
    let wake = () => {}
    const asleep = new Promise<void>((resolve) => {
      wake = resolve
    })
    const sleeper = await engine(world, 'sleeper', lateReminder, {
      conversations: (real) => ({
        load: (id, fromLeader) => real.load(id, fromLeader),
        commit: async (id, latest, record) => {
          view = latest
          await asleep
          return real.commit(id, latest, record)
        },
      }),
    })
    await world.publish('c1', 'session.started', { channel: 'web' })
    await until(() => view !== undefined)
    expect(view).toEqual(unknownConversation)
    await engine(world, 'successor', lateReminder)
    await until(async () => (await world.records('c1')).length === 1)
    wake()
    await expect(sleeper.follower.ended).rejects.toThrow('taken over by successor')
    expect(await world.records('c1')).toHaveLength(1)
  })
})

describe('a wake-up reaches an engine whose view of the conversation is stale', () => {
  test('it reads from the leader before it skips the wake-up', async () => {
    const first = await engine(world, 'first', lateReminder)
    await world.publish('c1', 'session.started', { channel: 'web' })
    await until(async () => (await world.records('c1')).length === 1)
    const [started] = await world.records('c1')
    if (!started) throw new Error('there is a record')
    const old: Conversation = { last: 1, sequence: 1, record: started }
    await world.publish('c1', 'session.message', { text: 'help' })
    await until(async () => (await world.records('c1')).length >= 2)
    await wakeUpArmed(2)
    await first.saved()
    await first.die()

    // A replica that lags: what it answers is a record behind. Only the leader knows of the reminder.
    await engine(world, 'second', lateReminder, {
      conversations: (real) => ({
        load: async (id, fromLeader) => (fromLeader || id !== 'c1' ? real.load(id, fromLeader) : old),
        commit: (id, latest, record) => real.commit(id, latest, record),
      }),
    })
    await until(async () => (await world.records('c1')).length === 3, happensMs)
    expect((await world.records('c1')).at(-1)?.event.type).toBe('timer.unanswered')
  })
})

describe('an engine whose view of the conversation is stale reads from the leader before it gives up', () => {
  test.each([
    ['a machine that it does not have', { machine: 'messagingResponse@0' }],
    ['a state at which its machine throws', { snapshot: { value: 'nowhere', context: {} } }],
  ])('%s', async (_, state) => {
    const first = await engine(world, 'first', lateReminder)
    await world.publish('c1', 'session.started', { channel: 'web' })
    await until(async () => (await world.records('c1')).length === 1)
    await wakeUpArmed(1)
    await first.saved()
    await first.die()
    const [started] = await world.records('c1')
    if (!started) throw new Error('there is a record')
    const record = { ...started, state: { ...started.state, ...state } }
    const old: Conversation = { last: 1, sequence: 1, record }

    await engine(world, 'second', lateReminder, {
      conversations: (real) => ({
        load: async (id, fromLeader) => (fromLeader ? real.load(id, fromLeader) : old),
        commit: (id, latest, record) => real.commit(id, latest, record),
      }),
    })
    await world.publish('c1', 'session.message', { text: 'help' })
    await until(async () => (await world.records('c1')).length >= 2, happensMs)
    expect(await world.stored('deadletters')).toEqual([])
  })
})
