import pino from 'pino'
import { type Follower, followLog } from '../../engine/follow-log.ts'
import { connectNats } from '../../engine/nats/connect.ts'
import { CursorStore } from '../../engine/nats/engine/cursor-store.ts'
import { startEngine } from '../../engine/nats/engine/start-engine.ts'
import { startNotifier } from '../../engine/nats/notifier/start-notifier.ts'
import { StreamLog } from '../../engine/nats/stream-log.ts'
import { firedTimerTtl, streams, subjects } from '../../engine/nats/topology.ts'
import type { StepWrites } from './step-writes.ts'

// A worker of a benchmark, in a process of its own: `engine-process.ts <url> <partitions> engine|floor|notifier`.

const [url = '', partitionsText = '16', mode = 'engine'] = process.argv.slice(2)
const partitions = Number(partitionsText)
const log = pino({ level: 'warn' }, pino.destination(2))
const nats = await connectNats(url, `bench ${mode}`)
const stop = mode === 'floor' ? await startFloor() : await startReal(mode)
let cpuBefore = process.cpuUsage()

process.on('message', async (message: 'measure' | 'report' | 'stop') => {
  if (message === 'measure') cpuBefore = process.cpuUsage()
  if (message === 'report') {
    const { user, system } = process.cpuUsage(cpuBefore)
    process.send?.({ cpuUs: user + system, rssMb: process.memoryUsage.rss() / 2 ** 20 })
  }
  if (message === 'stop') {
    await stop()
    await nats.close()
    process.exit(0)
  }
})
process.send?.('ready')

async function startReal(mode: string) {
  const engine =
    mode === 'notifier'
      ? await startNotifier(nats, log)
      : await startEngine(nats, log, { partitions, strictChannels: false })
  engine.failed.catch((error) => {
    log.error(error)
    process.exit(1)
  })
  while (engine.held().length < partitions) await new Promise((resolve) => setTimeout(resolve, 20))
  return engine.stop
}

/**
 * The same reads and the same writes, in the same order and by the same code below the decision; only what is
 * written is a constant, by how many events of its conversation came before.
 */
async function startFloor() {
  const steps: StepWrites[] = await new Promise((resolve) => process.once('message', resolve))
  const { publisher, js, jsm } = nats
  const { signal } = new AbortController()
  const cursors = new CursorStore(nats, streams.events, 'floor', {
    log,
    signal,
  })
  const followers: Follower[] = []
  for (let partition = 0; partition < partitions; partition++) {
    const known = new Map<string, { count: number; sequence: number }>()
    const follower = followLog({
      log: new StreamLog(js, jsm, streams.events, subjects.events(partition), log),
      cursor: await cursors.takeOver(`event.${partition}`),
      keyOf: (event) => event.subject.split('.')[3] ?? '',
      handler: () => async (event) => {
        const id = event.subject.split('.')[3] ?? ''
        let conversation = known.get(id)
        const subject = subjects.conversation(id)
        if (!conversation) {
          conversation = { count: 0, sequence: 0 }
          known.set(id, conversation)
          await publisher.request(`$JS.API.DIRECT.GET.${streams.conversations}.${subject}`, '')
        }
        const step = steps[conversation.count++]
        if (!step) return
        const { seq } = await publisher.publish(subject, step.record, {
          'Nats-Expected-Last-Subject-Sequence': String(conversation.sequence),
        })
        conversation.sequence = seq
        if (conversation.count === steps.length) known.delete(id)
        const effects: Promise<unknown>[] = []
        if (step.request)
          effects.push(
            publisher.publish(subjects.request(id), step.request, { 'Nats-Msg-Id': `${id}.${seq}` }),
          )
        if (step.wake)
          effects.push(
            publisher.publish(
              subjects.timer(id, step.wake.generation),
              `{"generation":${step.wake.generation}}`,
              {
                'Nats-Schedule': `@at ${new Date(Date.now() + step.wake.inMs).toISOString()}`,
                'Nats-Schedule-Target': subjects.due(id),
                'Nats-Schedule-TTL': firedTimerTtl,
              },
            ),
          )
        await Promise.all(effects)
      },
    })
    follower.ended.catch((error) => {
      log.error(error)
      process.exit(1)
    })
    followers.push(follower)
  }
  return async () => {
    await Promise.all(followers.map((follower) => follower.stop()))
  }
}
