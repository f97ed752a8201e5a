import pino from 'pino'
import { expect, test } from 'vitest'
import { shareWork } from '../../engine/share-work.ts'

test('a partition that fails ends the worker, and is not followed again', async () => {
  let tried = 0
  const follow = async () => {
    // Without a pause nothing else of the process would ever run, this test included.
    if (++tried < 100) throw new Error('the stream has lost its end')
    return { stop: async () => {}, ended: new Promise<void>(() => {}) }
  }
  const share = shareWork({ worker: 'w1', partitions: 1, follow, log: pino({ level: 'silent' }) })
  share.divide(['w1'])
  await expect(share.failed).rejects.toThrow('the stream has lost its end')
  await new Promise(setImmediate)
  expect(tried).toBe(1)
  await share.stop()
})
