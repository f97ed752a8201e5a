import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Nats } from '../../engine/nats/connect.ts'
import { WorkspaceDesk } from '../../engine/nats/engine/workspace-desk.ts'
import { eraseExpired } from '../../engine/nats/notifier/erase-expired.ts'
import { startTestWorld, type TestWorld, until } from './test-world.ts'

let world: TestWorld

beforeEach(async () => {
  world = await startTestWorld()
  await world.startEngine()
})

afterEach(() => world.stop())

async function publishConversation(id: string, channel: string) {
  await world.publish(id, 'session.started', { channel })
  await world.publish(id, 'session.message', { text: `need of ${id}` })
  await world.publish(id, 'session.ended', {})
}

async function endConversation(id: string, channel: string) {
  await publishConversation(id, channel)
  await until(async () => (await world.records(id)).at(-1)?.status?.state === 'ended')
}

const isErased = async (id: string) => (await world.records(id)).at(-1)?.state.erased !== undefined
const retryOptions = () => ({ log: world.log, signal: new AbortController().signal })
const erasures = async () => (await world.stored('events', 'frontdesk.event.*.*.admin.erased')).length

describe('the retention of a channel', () => {
  test('erases ended conversations that are older, once, and no others', async () => {
    await world.configure('channel.short', { id: 'short', retention: 'PT0.001S' })
    await world.configure('channel.long', { id: 'long', retention: 'P100Y' })
    await world.configure('channel.off', { id: 'off', retention: null })
    await world.startNotifier()
    await endConversation('old', 'short')
    await endConversation('young', 'long')
    await endConversation('kept', 'off')
    await endConversation('unconfigured', 'nowhere')
    await world.publish('open', 'session.started', { channel: 'short' })
    await until(async () => (await world.records('open')).length === 1)

    await eraseExpired(world.nats, retryOptions())
    await until(() => isErased('old'))
    await until(async () => (await world.openRequest('main', 'old')) === null)
    expect(JSON.stringify(await world.records('old'))).not.toContain('need of')
    expect((await world.records('old')).at(-1)?.event).toMatchObject({
      id: 'retention',
      type: 'admin.erased',
    })

    await until(async () => (await erasures()) === 0)
    await eraseExpired(world.nats, retryOptions())
    expect(await erasures()).toBe(0)
    expect(await world.records('old')).toHaveLength(1)
    for (const id of ['young', 'kept', 'unconfigured', 'open']) expect(await isErased(id), id).toBe(false)
  })

  test('counts by the channel’s present document, also for conversations that ended before', async () => {
    await endConversation('c1', 'web')
    await world.configure('channel.web', { id: 'web', retention: 'PT0.001S' })
    await eraseExpired(world.nats, retryOptions())
    await until(() => isErased('c1'))
  })

  test('reads no conversation where no channel has one', async () => {
    await world.configure('channel.web', { id: 'web', retention: null })
    const blind: Nats = Object.create(world.nats, {
      js: {
        get: () => {
          throw new Error('reads a stream')
        },
      },
    })
    await eraseExpired(blind, retryOptions())
    await world.configure('channel.web', { id: 'web', retention: 'P1D' })
    await expect(eraseExpired(blind, retryOptions())).rejects.toThrow('reads a stream')
  })

  test('is looked after by the active notifier from time to time', async () => {
    await world.configure('channel.web', { id: 'web', retention: 'PT0.001S' })
    await world.startNotifier({ retentionTimes: { firstMs: 1, everyMs: 50 } })
    await publishConversation('c1', 'web')
    await until(() => isErased('c1'))
    await publishConversation('c2', 'web')
    await until(() => isErased('c2'))
  })
})

test('erasures that come together share the reads of the notifications', async () => {
  await world.startNotifier()
  const ids = Array.from({ length: 20 }, (_, n) => `c${n}`)
  for (const id of ids) await endConversation(id, 'web')
  await until(async () => (await world.stored('workspace')).length === 40)
  let reads = 0
  const { consumers } = world.nats.js
  const counting: Nats = Object.create(world.nats, {
    js: {
      value: {
        streams: world.nats.js.streams,
        consumers: {
          get: (...args: Parameters<typeof consumers.get>) => {
            reads++
            return consumers.get(...args)
          },
        },
      },
    },
  })
  const desk = new WorkspaceDesk(counting, retryOptions())
  const since = new Date(0).toISOString()
  const [kept, ...erased] = ids
  await Promise.all(erased.map((id) => desk.forget('main', id, since, Number.MAX_SAFE_INTEGER)))
  expect(reads).toBeLessThanOrEqual(2)
  const left = await world.stored('workspace')
  expect(left.map(({ headers }) => headers['Nats-Msg-Id'])).toEqual([
    `${kept}.1.created`,
    `${kept}.1.withdrawn`,
  ])
})
