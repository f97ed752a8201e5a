import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { WorkerThread } from '../../workers/diagram/worker-thread.ts'

const file = fileURLToPath(new URL('./busy-worker.mjs', import.meta.url))
const forever = Number.POSITIVE_INFINITY

function busyThread(answerMsMax: number) {
  return new WorkerThread<number | string, number>(() => file, {
    answerMsMax,
    memoryMbMax: 64,
    waitingMax: 3,
  })
}

test('a question that takes for ever holds up its sender only, and not for ever', async () => {
  const thread = busyThread(1_000)
  let turns = 0
  const timer = setInterval(() => turns++, 10)
  await expect(thread.ask(forever)).rejects.toMatchObject({ reason: 'too_late' })
  clearInterval(timer)
  expect(turns).toBeGreaterThan(0)
  expect(await busyThread(60_000).ask(1)).toBe(1)
})

test('after a question that failed, or was given up, the next one is answered', async () => {
  const thread = busyThread(60_000)
  await expect(thread.ask('broken')).rejects.toMatchObject({ reason: 'failed', message: 'broken' })
  const question = new AbortController()
  const asked = thread.ask(forever, question.signal)
  const next = thread.ask(2)
  question.abort()
  await expect(asked).rejects.toMatchObject({ reason: 'aborted' })
  expect(await next).toBe(2)
})

test('a question is refused where too many wait', async () => {
  const thread = busyThread(60_000)
  const question = new AbortController()
  const asked = [1, 2, 3].map(() => thread.ask(forever, question.signal).catch((error) => error.reason))
  await expect(thread.ask(1)).rejects.toMatchObject({ reason: 'busy' })
  question.abort()
  expect(await Promise.all(asked)).toEqual(['aborted', 'aborted', 'aborted'])
  expect(await thread.ask(1)).toBe(1)
})
