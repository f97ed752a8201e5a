import { expect, test } from 'vitest'
import { runChaos } from './chaos.ts'

// `npm run chaos` is the same at full size.
test('kills and sleeps lose nothing, repeat nothing and disorder nothing', { timeout: 400_000 }, async () => {
  const happened: string[] = []
  const { violations } = await runChaos({
    seed: Math.floor(Math.random() * 2 ** 31),
    conversations: 300,
    seconds: 40,
    kills: 3,
    sleeps: 2,
    notifierKills: 1,
    serverKills: 1,
    engines: 3,
    notifiers: 2,
    partitions: 16,
    replicas: 1,
    report: (line) => happened.push(line),
  })
  expect(violations, happened.join('\n')).toEqual([])
})
