import { Worker } from 'bullmq'
import { Redis, type Result } from 'ioredis'
import { redisOptions } from './bullmq.ts'

// The notifier of BullMQ with our duties: `bullmq-notifier.ts <port>`. Tells the agents of each change of a request,
// once, and keeps the requests as they stand.

declare module 'ioredis' {
  interface RedisCommander<Context> {
    deliver(conversation: string, name: string, request: string): Result<number, Context>
  }
}

const [port = ''] = process.argv.slice(2)
const connection = redisOptions(port)
const redis = new Redis(connection)
redis.defineCommand('deliver', {
  numberOfKeys: 0,
  lua: `
    if redis.call('SADD', 'told:' .. ARGV[1], ARGV[2]) == 0 then return 0 end
    redis.call('HSET', 'requests', ARGV[1], ARGV[3])
    redis.call('XADD', 'workspace', '*', 'request', ARGV[3])
    return 1`,
})
const notifier = new Worker(
  'requests',
  async ({ data }) => {
    await redis.deliver(data.conversation, data.name, JSON.stringify(data))
  },
  { connection, concurrency: 64, removeOnComplete: { count: 0 } },
)
await notifier.waitUntilReady()
process.send?.('ready')
