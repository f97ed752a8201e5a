import { afterAll, beforeAll, expect, test } from 'vitest'
import { botDefinition } from '../../engine/machines/bots/definition.ts'
import { Bucket } from '../../engine/nats/bucket.ts'
import { watchConfiguration } from '../../engine/nats/engine/configuration-watch.ts'
import type { BotFlow } from '../../schemas/configuration/bot-flow.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await startTestWorld()
})
afterAll(() => world?.stop())

const flow = (id: string, text: string) => ({
  id,
  answers: [{ id: 'a', steps: [{ type: 'end', text }] }],
})

test('a bot without its machine is ignored, and later documents take effect', async () => {
  await world.configure('bot.broken', flow('broken', 'Hello'))
  await world.configure('bot.turns', flow('turns', 'Hello'))
  const watch = await watchConfiguration(new Bucket(world.nats, 'configuration'), {
    strictChannels: false,
    log: world.log,
    botDefinition: (bot) => {
      if (JSON.stringify(bot).includes('broken')) throw new Error('cannot be compiled')
      return botDefinition(bot as BotFlow)
    },
  })
  expect([...watch.now().bots.keys()]).toEqual(['turns'])
  await world.configure('bot.turns', flow('turns', 'broken'))
  await world.configure('channel.later', { id: 'later' })
  await until(() => watch.now().channels.has('later'))
  expect([...watch.now().bots.keys()]).toEqual([])
  watch.stop()
})

test('a bot that has become invalid is removed, as in an engine that starts later', async () => {
  await world.configure('bot.odd', flow('odd', 'Hello'))
  const watch = await watchConfiguration(new Bucket(world.nats, 'configuration'), {
    strictChannels: false,
    log: world.log,
    botDefinition: (bot) => botDefinition(bot as BotFlow),
  })
  expect(watch.now().bots.has('odd')).toBe(true)
  await world.configure('bot.odd', { id: 'odd', answers: 7 })
  await world.configure('channel.after', { id: 'after' })
  await until(() => watch.now().channels.has('after'))
  expect(watch.now().bots.has('odd')).toBe(false)
  watch.stop()
})
