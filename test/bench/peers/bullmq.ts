import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { type Launched, launchScript } from '../processes.ts'
import type { Connection, Contender, OnMessage } from './contender.ts'
import { lackOfRedis, startRedis } from './redis.ts'
import { script } from './script.ts'

/** A job for each event, its state and its messages in Redis: nothing else is kept. */
export const bullmq = contender('BullMQ on Redis: a job an event; state and outbox', false)

/** The same with the duties that frontdesk has. */
export const bullmqDuties = contender(
  'BullMQ with our duties: history, timers, a notifier process, open requests',
  true,
)

function contender(about: string, hasDuties: boolean): Contender {
  return {
    about,
    hasDuties,
    lack: lackOfRedis,
    connect,
    start: async ({ folder, always, inFlight }) => {
      const { redis, port, version } = await startRedis(folder, always)
      const address = String(port)
      const workers: Launched[] = [
        launchScript('engine', 'peers/bullmq-engine.ts', [
          address,
          String(inFlight),
          hasDuties ? 'duties' : 'bare',
        ]),
      ]
      if (hasDuties) workers.push(launchScript('notifier', 'peers/bullmq-notifier.ts', [address]))
      for (const worker of workers) await worker.message()
      const processes = [redis, ...workers]
      return {
        address,
        version,
        processes,
        stop: async () => {
          await Promise.all(processes.map((process) => process.stop('SIGKILL')))
        },
      }
    },
  }
}

/** Options of a connection that workers may block on. */
export const redisOptions = (port: string) => ({
  host: '127.0.0.1',
  port: Number(port),
  maxRetriesPerRequest: null,
})

async function connect(address: string, onMessage: OnMessage): Promise<Connection> {
  const connection = redisOptions(address)
  const queue = new Queue('events', { connection })
  const redis = new Redis(connection)
  const reader = new Redis(connection)
  let isClosed = false
  const last: Record<string, string> = { outbox: '0', workspace: '0' }
  const read = async () => {
    while (!isClosed) {
      const streams = Object.keys(last)
      const found = await reader.xread(
        'COUNT',
        500,
        'BLOCK',
        1_000,
        'STREAMS',
        ...streams,
        ...Object.values(last),
      )
      for (const [stream, entries] of found ?? []) {
        for (const [id, [, text = '']] of entries) {
          last[stream] = id
          const { conversation, name } = JSON.parse(text)
          onMessage(conversation, name)
        }
        // Messages that have arrived are the outbox's no more; the workspace's stay, as notifications do.
        if (stream === 'outbox') void redis.xtrim('outbox', 'MINID', last[stream] ?? '0').catch(() => {})
      }
    }
  }
  const reading = read()
  return {
    submit: async (conversation, step) => {
      const job = { conversation, step, event: script[step]?.event }
      await queue.add('event', job, { jobId: `${conversation}-${step}`, attempts: 10, backoff: 50 })
    },
    countOver: async () => Number(await redis.get('over')),
    close: async () => {
      isClosed = true
      await reading
      await queue.close()
      reader.disconnect()
      redis.disconnect()
    },
  }
}
