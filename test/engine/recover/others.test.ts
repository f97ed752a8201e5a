import { describe, expect, test } from 'vitest'
import { connectNats } from '../../../engine/nats/connect.ts'
import { startEngine } from '../../../engine/nats/engine/start-engine.ts'
import { streams } from '../../../engine/nats/topology.ts'
import { until } from '../test-world.ts'
import { partitions, waitingWorld } from './waiting-world.ts'

describe('other streams have lost their end', () => {
  const { world, startWorkers, stopWorkers, lose, run, lastOf, typesOf, accept } = waitingWorld(null)

  /** Cuts the last messages of CONVERSATIONS off; those before keep their sequences. */
  async function loseRecords(count: number) {
    const before = (await world().stored('conversations')).slice(0, -count)
    await lose('conversations')
    for (const { subject, body } of before) await world().nats.publisher.publish(subject, body)
    const kept = await world().stored('conversations')
    expect(kept.map(({ seq }) => seq)).toEqual(before.map(({ seq }) => seq))
  }

  test.each([
    { stream: 'timers', worker: 'notifier' },
    { stream: 'workspace', worker: 'engine' },
  ] as const)('$stream: a $worker, which does not write it, refuses to start', async ({ stream, worker }) => {
    await lose(stream)
    const { code, stderr } = await run(worker)
    expect(code).toBe(1)
    expect(stderr.trim().split('\n').at(-1)).toMatch(
      new RegExp(`^frontdesk: the cursor .* names message \\d+ of ${streams[stream]}, whose last is 0`),
    )
    expect(await run('recover', '--yes')).toMatchObject({ code: 0 })
    expect((await run('recover', '--yes')).stdout).toBe('nothing to recover\n')
  })

  test('CONVERSATIONS alone, of messages with an agent: noticed, and every message is there again', async () => {
    await startWorkers()
    await accept('c1')
    for (const text of ['one', 'two', 'three']) await world().publish('c1', 'session.message', { text })
    await until(async () => (await typesOf('c1')).length === 6)
    await stopWorkers()
    await loseRecords(3)
    expect((await run('engine')).stderr).toMatch(/names message \d+ of CONVERSATIONS, whose last is \d+/)
    expect(await run('recover', '--yes')).toMatchObject({ code: 0 })
    await startWorkers()
    await until(async () => (await typesOf('c1')).length === 6)
    const texts = (await world().records('c1'))
      .flatMap(({ messages }) => messages ?? [])
      .map(({ text }) => text)
    expect(texts).toEqual(expect.arrayContaining(['one', 'two', 'three']))
    expect(texts.filter((text) => text === 'two')).toHaveLength(1)
  })

  test('CONVERSATIONS: an engine that was disconnected meanwhile stops', async () => {
    const own = await connectNats(world().server.url, 'test worker')
    const engine = await startEngine(own, world().log, { partitions, strictChannels: false })
    try {
      await accept('c1')
      await until(async () => (await typesOf('c1')).length === 3)
      await lose('conversations')
      await own.connection.reconnect()
      await expect(engine.failed).rejects.toThrow(/names message \d+ of CONVERSATIONS, whose last is 0/)
    } finally {
      await engine.stop()
      await own.close()
    }
  })

  test('CONVERSATIONS: the events still in EVENTS are applied again, and agents are notified', async () => {
    const lost = await lastOf('conversations')
    await lose('conversations')
    expect(await run('recover', '--yes')).toMatchObject({ code: 0 })
    await startWorkers()
    await until(async () => (await typesOf('c1')).length === 2)
    expect((await world().stored('conversations')).every(({ seq }) => seq > lost)).toBe(true)
    await accept('c1')
    await until(async () => (await world().openRequest('main', 'c1'))?.state === 'accepted')
  })

  test('REQUESTS: the notifier continues, and nobody is notified twice', async () => {
    await startWorkers()
    await world().publish('c3', 'admin.erased', {})
    await until(async () => (await world().stored('workspace')).length === 2)
    await until(async () => (await world().stored('requests')).length === 0)
    await stopWorkers()
    await lose('requests')
    expect((await run('notifier')).stderr).toMatch(/the cursor .* names message \d of REQUESTS/)
    expect(await run('recover', '--yes')).toMatchObject({ code: 0 })
    await startWorkers()
    await accept('c1')
    await until(async () => (await world().openRequest('main', 'c1'))?.state === 'accepted')
    expect(await world().stored('workspace')).toHaveLength(3)
  })
})

describe('recover', () => {
  const { startWorkers, lose, run, lastOf } = waitingWorld(null)

  test('refuses while an engine or a notifier is alive', async () => {
    await startWorkers()
    const { code, stderr } = await run('recover', '--yes')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^frontdesk: stop all engines and notifiers first: 2 still there \(.*\)\n$/)
  })

  test('finds nothing if nothing is lost, and changes nothing without --yes', async () => {
    expect(await run('recover')).toEqual({ code: 0, stdout: 'nothing to recover\n', stderr: '' })
    await lose('events')
    const { code, stderr } = await run('recover')
    expect(code).toBe(2)
    expect(stderr).toContain('say --yes')
    expect(await lastOf('events')).toBe(0)
  })
})
