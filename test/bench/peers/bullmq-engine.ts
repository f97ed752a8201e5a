import { Queue, Worker } from 'bullmq'
import { Redis, type Result } from 'ioredis'
import { redisOptions } from './bullmq.ts'
import { decideStep, type ScriptEvent } from './script.ts'

// The engine of both BullMQ contenders: `bullmq-engine.ts <port> <in flight> bare|duties`. One Lua call stores the next
// state with its messages, and with duties the event's record, if the event is the next one of its conversation: a job
// that is run again has no second effect.

declare module 'ioredis' {
  interface RedisCommander<Context> {
    commit(conversation: string, step: number, ...rest: string[]): Result<number, Context>
  }
}

interface Job {
  conversation: string
  step: number
  event: ScriptEvent
}

const [port = '', inFlight, mode] = process.argv.slice(2)
const connection = redisOptions(port)
const hasDuties = mode === 'duties'
const redis = new Redis(connection)
redis.defineCommand('commit', {
  numberOfKeys: 0,
  lua: `
    local key, step, state, over, record = 'conversation:' .. ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
    local done = tonumber(redis.call('HGET', key, 'steps') or '0')
    if step < done then return 0 end
    if step > done then return redis.error_reply('an earlier event is missing') end
    redis.call('HSET', key, 'steps', step + 1, 'state', state)
    if record ~= '' then redis.call('RPUSH', 'history:' .. ARGV[1], record) end
    if over == '1' then redis.call('INCR', 'over') end
    for n = 6, #ARGV do redis.call('XADD', 'outbox', '*', 'message', ARGV[n]) end
    return 1`,
})
const timers = new Queue('timers', { connection })
const requests = new Queue('requests', { connection })

const day = 86_400_000
const arm = (conversation: string, timer: string, delay: number) =>
  timers.add(timer, { conversation }, { jobId: `${conversation}-${timer}`, delay, removeOnComplete: true })
const disarm = (conversation: string, timer: string) => timers.remove(`${conversation}-${timer}`)
const notify = (conversation: string, name: string, request: object) => {
  const change = { conversation, name, at: new Date().toISOString(), ...request }
  return requests.add(name, change, {
    jobId: `${conversation}-${name}`,
    removeOnComplete: true,
    attempts: 10,
  })
}

/** After an event: a visitor's timer until the request, the request's reminder until an agent accepts it. */
const duties: Record<ScriptEvent['type'], (conversation: string, event: ScriptEvent) => Promise<unknown>[]> =
  {
    begun: (id) => [arm(id, 'abandoned', day)],
    details: (id, customer) => [
      disarm(id, 'abandoned'),
      arm(id, 'unanswered', 120_000),
      notify(id, 'created', { customer }),
    ],
    accepted: (id, { type: _, ...agent }) => [disarm(id, 'unanswered'), notify(id, 'accepted', agent)],
    ended: (id) => [notify(id, 'ended', {})],
  }

const engine = new Worker<Job>(
  'events',
  async ({ data: { conversation, step, event } }) => {
    const stored = await redis.hget(`conversation:${conversation}`, 'state')
    const { state, isOver, messages } = decideStep(stored ?? undefined, event)
    // With duties the notifier tells the agents.
    const sent = hasDuties ? messages.filter(({ name }) => name !== 'created') : messages
    const record = hasDuties
      ? JSON.stringify({
          at: new Date().toISOString(),
          step,
          event,
          messages: sent,
          state: JSON.parse(state),
        })
      : ''
    const outbox = sent.map((message) => JSON.stringify({ conversation, ...message }))
    await redis.commit(conversation, step, state, isOver ? '1' : '0', record, ...outbox)
    if (hasDuties) await Promise.all(duties[event.type](conversation, event))
  },
  { connection, concurrency: Math.max(64, Number(inFlight)), removeOnComplete: { count: 0 } },
)
if (hasDuties) new Worker('timers', async () => {}, { connection })
await engine.waitUntilReady()
process.send?.('ready')
