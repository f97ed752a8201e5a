import { describe, expect, test } from 'vitest'
import { subjects } from '../../../engine/nats/topology.ts'
import { serverIsShared } from '../../test-server.ts'
import { until } from '../test-world.ts'
import { waitingWorld } from './waiting-world.ts'

describe('EVENTS has lost its end, and reminders are to come', () => {
  const { world, startWorkers, lose, run, lastOf, typesOf, accept } = waitingWorld('PT10S')

  test('after a recovery old conversations, new events and timers continue', async () => {
    const lost = await lastOf('events')
    await lose('events', 'timers')
    await accept('c1')
    const { code, stdout, stderr } = await run('recover', '--yes')
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(stdout).toMatch(/^recovered; events published again: 1, .*\n$/)
    expect(stderr).toContain(`EVENTS has lost its end: its last number is 1, and ${lost} is remembered`)
    await startWorkers()
    await accept('c2')
    await until(async () => (await typesOf('c2')).includes('agent.accepted'))
    await until(async () => (await typesOf('c1')).includes('agent.accepted'))
    await until(async () => (await typesOf('c3')).includes('timer.unanswered'))
    await until(async () => (await world().openRequest('main', 'c1'))?.state === 'accepted')
    expect(await typesOf('c1')).toEqual(['session.started', 'session.message', 'agent.accepted'])
    expect(await world().stored('deadletters')).toEqual([])
    const told = (await world().stored('workspace')).map(({ headers }) => headers['Nats-Msg-Id'])
    expect(new Set(told).size, 'nobody is told twice').toBe(told.length)
  })
})

describe('TIMERS has lost its end', () => {
  const { world, startWorkers, lose, run, lastOf, typesOf } = waitingWorld('PT10S')

  test.skipIf(serverIsShared)(
    'wake-ups are armed again, and come although others had their sequences',
    async () => {
      await world().publish('c4', 'session.started', { channel: 'slow' })
      // Wake-ups that nobody armed take EVENTS beyond what TIMERS will have.
      for (let i = 0; i < 5; i++) await world().nats.publisher.publish(subjects.due('c9'), '{"generation":1}')
      await until(async () => (await world().stored('events', subjects.eventsOf('c9'))).length === 5)
      await lose('timers')
      // As after a power cut, EVENTS finds out anew how far it has taken TIMERS over.
      await world().server.kill()
      await world().server.restart()
      await until(async () => (await lastOf('timers')) === 0)
      const { code, stderr } = await run('recover', '--yes')
      expect(code).toBe(0)
      expect(stderr).toContain('TIMERS has lost its end')
      await startWorkers()
      await until(async () => (await typesOf('c3')).includes('timer.unanswered'))
    },
  )
})
