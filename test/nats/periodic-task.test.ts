import { getEventListeners } from 'node:events'
import pino from 'pino'
import { expect, test } from 'vitest'
import { periodicTask } from '../../engine/nats/notifier/periodic-task.ts'
import { until } from '../engine/test-world.ts'

const hourMs = 3_600_000

function taskWithLog(run: (signal: AbortSignal) => Promise<void>, everyMs: number) {
  const lines: { msg: string }[] = []
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) })
  return { lines, task: periodicTask('the task', { firstMs: 1, everyMs }, log, run) }
}

test('a run that fails is logged, and repeated soon', async () => {
  let runs = 0
  const { lines, task } = taskWithLog(async () => {
    if (++runs === 1) throw new Error('no luck')
  }, hourMs)
  task.activate()
  await until(() => runs === 2)
  task.standBy()
  expect(lines).toMatchObject([{ msg: 'the task failed' }])
})

test('a task runs any number of times, and leaves nothing behind', async () => {
  const signals: AbortSignal[] = []
  const { task } = taskWithLog(async (signal) => void signals.push(signal), 1)
  task.activate()
  await until(() => signals.length > 20)
  for (const signal of signals) expect(getEventListeners(signal, 'abort')).toEqual([])
  task.standBy()
})

test('a task on stand-by runs no more, its last run is aborted, and it may become active again', async () => {
  const signals: AbortSignal[] = []
  let finish = () => {}
  const { lines, task } = taskWithLog((signal) => {
    signals.push(signal)
    return new Promise((_, reject) => {
      finish = () => reject(new Error('the connection was closed'))
    })
  }, 1)
  task.activate()
  task.activate()
  await until(() => signals.length === 1)
  task.standBy()
  expect(signals[0]?.aborted).toBe(true)
  finish()
  task.activate()
  await until(() => signals.length === 2)
  task.standBy()
  expect(signals).toHaveLength(2)
  expect(lines).toEqual([])
})
