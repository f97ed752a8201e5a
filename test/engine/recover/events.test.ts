import { describe, expect, test } from 'vitest'
import { Bucket } from '../../../engine/nats/bucket.ts'
import { connectNats } from '../../../engine/nats/connect.ts'
import { startEngine } from '../../../engine/nats/engine/start-engine.ts'
import { serverIsShared } from '../../test-server.ts'
import { until } from '../test-world.ts'
import { partitions, waitingWorld } from './waiting-world.ts'

describe('EVENTS has lost its end', () => {
  const { world, lose, run, lastOf, typesOf, accept } = waitingWorld(null)

  test('an engine does not start if a cursor is beyond the end, and prints instructions', async () => {
    await lose('events')
    const { code, stdout, stderr } = await run('engine')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.trim().split('\n').at(-1)).toMatch(
      /^frontdesk: the cursor (event\.\d|ends) names message \d of EVENTS, whose last is 0: .*`npx frontdesk recover`/,
    )
  })

  test('an engine stops at once if a record is beyond the end, and takes no event for an old one', async () => {
    await lose('events')
    const cursors = new Bucket(world().nats, 'cursors')
    for (const { key } of await cursors.list()) await cursors.purge(key)
    const own = await connectNats(world().server.url, 'test worker')
    const engine = await startEngine(own, world().log, { partitions, strictChannels: false })
    try {
      await accept('c1')
      await expect(engine.failed).rejects.toThrow(
        /^the conversation c1 names message \d of EVENTS, whose last is 1: .*`npx frontdesk recover`/,
      )
    } finally {
      await engine.stop()
      await own.close()
    }
    expect(await run('engine')).toMatchObject({ code: 1 })
  })

  test('a running engine stops at the first event with an old sequence', async () => {
    const engine = await world().startEngine()
    await accept('c1')
    await until(async () => (await typesOf('c1')).length === 3)
    await lose('events')
    await expect(engine.failed).rejects.toThrow(
      /^the last message read names message \d of EVENTS, whose last is \d: .*`npx frontdesk recover`/,
    )
  })

  test.skipIf(serverIsShared).each(['SIGKILL', 'SIGTERM'] as const)(
    'the sequences that a recovery has filled stay used after a %s of the server, without the fillers',
    async (signal) => {
      const lost = await lastOf('events')
      await lose('events')
      expect(await run('recover', '--yes')).toMatchObject({ code: 0 })
      expect(await world().stored('events')).toEqual([])
      await world().server.kill(signal)
      await world().server.restart()
      await until(async () => (await lastOf('events')) >= lost)
      expect(await accept('c1')).toBeGreaterThan(lost)
    },
  )
})
