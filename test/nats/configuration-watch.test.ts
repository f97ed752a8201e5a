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

test('a calendar that changes or goes is in force for its schedules without a restart', async () => {
  const always = [{ start: 0, end: 10_080 }]
  const christmas = { startDate: '2026-12-25', endDate: '2026-12-25', yearly: true }
  await world.configure('schedule.shop', {
    id: 'shop',
    timeZone: 'UTC',
    intervals: always,
    holidays: ['calendar.fr'],
  })
  const watch = await watchConfiguration(new Bucket(world.nats, 'configuration'), {
    strictChannels: false,
    log: world.log,
    botDefinition: (bot) => botDefinition(bot as BotFlow),
  })
  const isOpen = () =>
    watch
      .now()
      .schedules.get('shop')
      ?.hours.isOpen(Date.UTC(2030, 11, 25, 12))
  expect(isOpen()).toBe(true)
  for (const holidays of [[christmas], [], [christmas]]) {
    await world.configure('calendar.fr', { id: 'fr', holidays })
    await until(() => isOpen() === (holidays.length === 0))
  }
  // A later worker reads the same.
  const later = await watchConfiguration(new Bucket(world.nats, 'configuration'), {
    strictChannels: false,
    log: world.log,
    botDefinition: (bot) => botDefinition(bot as BotFlow),
  })
  expect(
    later
      .now()
      .schedules.get('shop')
      ?.hours.isOpen(Date.UTC(2030, 11, 25, 12)),
  ).toBe(false)
  later.stop()
  watch.stop()
})
