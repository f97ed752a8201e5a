import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { effectsOf } from '../../engine/core/effects.ts'
import { readRecord } from '../../engine/core/record.ts'
import { Bucket } from '../../engine/nats/bucket.ts'
import { connectNats, type Nats } from '../../engine/nats/connect.ts'
import { ensureTopology } from '../../engine/nats/ensure-topology.ts'
import { subjects } from '../../engine/nats/topology.ts'
import { startTestServer } from '../test-server.ts'
import { benchBot, botSteps, measureCompile } from './bots.ts'
import { percentile, print, readOptions, rounded } from './report.ts'
import type { StepWrites } from './step-writes.ts'

const usage = `npm run bench -- [options]

Prints one JSON line per workload:
  alone    one conversation at a time: from an event's publication to its message on frontdesk.live
  handoff  conversations at once, each started, message, details, accepted, agent message, ended
  floor    the same reads and writes as handoff, with parsing and decision replaced by a constant
  bot      conversations at once with a bot: options, a form, variables, branches, a text, handed over
  compile  a bot of 200 steps made a machine, in milliseconds

floor, handoff and bot run in turn; what is printed are the medians. ratioToFloor is handoff's of each turn;
costToHandoff the engine's processor time an event of bot, by handoff's of the same turn.

  --conversations N   conversations of handoff (default 10000)
  --pairs N           turns of floor, handoff and bot (default 3)
  --in-flight N       events published and not yet recorded, at most (default 1000)
  --notifier          with a notifier at work, in a process of its own
  --help`

const options = readOptions(usage, { conversations: 10_000, pairs: 3, 'in-flight': 1_000, notifier: false })
const { conversations, 'in-flight': inFlightMax, pairs } = options
const partitions = 16
/** As the command line starts an engine. */
const execArgv = ['--max-semi-space-size=64', '--import', 'tsx']

const handoffSteps: [type: string, payload: object][] = [
  ['session.started', { channel: 'bench', locale: 'en', page: { url: 'https://example.com/cart' } }],
  ['session.message', { text: 'My order 4711 arrived broken, can you help me?' }],
  ['session.details', { name: 'José Martínez', email: 'jose@example.com' }],
  ['agent.accepted', { agent: { id: 'ann', name: 'Ann' }, request: 1 }],
  ['agent.message', { agent: { id: 'ann' }, text: 'Sorry to hear that! I will send you a new one today.' }],
  ['session.ended', {}],
]

interface Measured {
  workload: string
  events: number
  seconds: number
  eventsPerSecond: number
  p50Ms: number
  p99Ms: number
  engineCpuUsPerEvent: number
  engineRssMb: number
}

function say(line: string) {
  process.stderr.write(`${line}\n`)
}

/** Runs one workload on a server and an engine of its own. */
async function onFreshServer<T>(
  mode: 'engine' | 'floor',
  writes: StepWrites[],
  run: (nats: Nats, engine: ChildProcess) => Promise<T>,
): Promise<T> {
  const server = await startTestServer()
  const nats = await connectNats(server.url, 'bench publisher')
  await ensureTopology(nats, { partitions, replicas: 1 })
  const channel = { id: 'bench', duringHours: { customerDetails: ['name', 'email'] } }
  const configuration = new Bucket(nats, 'configuration')
  await configuration.put('channel.bench', JSON.stringify(channel))
  await configuration.put('bot.bench', JSON.stringify(benchBot))
  await configuration.put('channel.bench-bot', JSON.stringify({ id: 'bench-bot', bot: 'bench' }))
  const script = new URL('./engine-process.ts', import.meta.url).pathname
  const engine = fork(script, [server.url, String(partitions), mode], { execArgv })
  const notifier = options.notifier && fork(script, [server.url, '1', 'notifier'], { execArgv })
  if (mode === 'floor') engine.send(writes)
  await once(engine, 'message')
  if (notifier) await once(notifier, 'message')
  try {
    return await run(nats, engine)
  } finally {
    for (const child of [engine, notifier]) {
      if (!child) continue
      child.send('stop')
      await once(child, 'exit')
    }
    await nats.close()
    await server.stop()
  }
}

function publish(nats: Nats, conversation: string, step: number, steps = handoffSteps) {
  const [type, payload] = steps[step] as [string, object]
  return nats.publisher.publish(subjects.inbox(conversation, type), JSON.stringify(payload), {
    'Nats-Msg-Id': `${conversation}.${step}`,
  })
}

/** All events of many conversations, each conversation's in turn, with a bound on what is not recorded yet. */
async function atOnce(
  nats: Nats,
  engine: ChildProcess,
  workload: string,
  steps = handoffSteps,
): Promise<Measured> {
  const total = conversations * steps.length
  const latencies: number[] = []
  const sentAt = new Map<string, number[]>()
  let recorded = 0
  let proceed = () => {}
  let inFlight = 0
  const finished = new Promise<void>((resolve) => {
    nats.connection.subscribe('frontdesk.live.*', {
      callback: (_, message) => {
        const id = message.subject.slice('frontdesk.live.'.length)
        const sent = sentAt.get(id)?.shift()
        if (sent !== undefined) latencies.push(performance.now() - sent)
        inFlight--
        proceed()
        if (++recorded === total) resolve()
        else if (recorded % 10_000 === 0) say(`  ${workload}: ${recorded} of ${total}`)
      },
    })
  })
  await nats.connection.flush()
  engine.send('measure')
  const began = performance.now()
  let next = 0
  const publisher = async () => {
    while (next < conversations) {
      const id = `${workload}-${next++}`
      const sent: number[] = []
      sentAt.set(id, sent)
      for (let step = 0; step < steps.length; step++) {
        while (inFlight >= inFlightMax) await new Promise<void>((resolve) => chain(resolve))
        inFlight++
        sent.push(performance.now())
        await publish(nats, id, step, steps)
      }
    }
  }
  const chain = (resolve: () => void) => {
    const before = proceed
    proceed = () => {
      proceed = () => {}
      before()
      resolve()
    }
  }
  await Promise.all(Array.from({ length: 256 }, publisher))
  await finished
  const seconds = (performance.now() - began) / 1000
  engine.send('report')
  const [{ cpuUs, rssMb }] = await once(engine, 'message')
  return {
    workload,
    events: total,
    seconds: rounded(seconds),
    eventsPerSecond: Math.round(total / seconds),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    engineCpuUsPerEvent: rounded(cpuUs / total, 1),
    engineRssMb: Math.round(rssMb),
  }
}

/** One event at a time, each until its message is there. */
async function alone(nats: Nats, engine: ChildProcess): Promise<Measured> {
  const latencies: number[] = []
  let arrived = () => {}
  nats.connection.subscribe('frontdesk.live.*', { callback: () => arrived() })
  const count = 300
  const one = async (id: string) => {
    for (let step = 0; step < handoffSteps.length; step++) {
      const sent = performance.now()
      const seen = new Promise<void>((resolve) => {
        arrived = resolve
      })
      void publish(nats, id, step)
      await seen
      latencies.push(performance.now() - sent)
    }
  }
  for (let i = 0; i < 50; i++) await one(`warm-${i}`)
  latencies.length = 0
  engine.send('measure')
  const began = performance.now()
  for (let i = 0; i < count; i++) await one(`alone-${i}`)
  const seconds = (performance.now() - began) / 1000
  engine.send('report')
  const [{ cpuUs, rssMb }] = await once(engine, 'message')
  const events = count * handoffSteps.length
  return {
    workload: 'alone',
    events,
    seconds: rounded(seconds),
    eventsPerSecond: Math.round(events / seconds),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    engineCpuUsPerEvent: rounded(cpuUs / events, 1),
    engineRssMb: Math.round(rssMb),
  }
}

/** What the engine writes for each event of a conversation: the floor writes the same. */
async function writesOfOne(nats: Nats): Promise<StepWrites[]> {
  const bodies: { body: string; seq: number }[] = []
  const all = new Promise<void>((resolve) => {
    nats.connection.subscribe('frontdesk.live.sample', {
      callback: (_, message) => {
        bodies.push({ body: message.string(), seq: Number(message.headers?.get('Nats-Sequence')) })
        if (bodies.length === handoffSteps.length) resolve()
      },
    })
  })
  await nats.connection.flush()
  for (let step = 0; step < handoffSteps.length; step++) await publish(nats, 'sample', step)
  await all
  return bodies.map(({ body, seq }) => {
    const record = readRecord(body)
    if (!record) throw new Error('the engine wrote what is no record')
    const writes: StepWrites = { record: body, request: null, wake: null }
    for (const effect of effectsOf('sample', seq, record)) {
      if (effect.kind === 'notify') writes.request = JSON.stringify(effect.request)
      if (effect.kind === 'wake')
        writes.wake = { generation: effect.generation, inMs: effect.at - Date.parse(record.at) }
    }
    return writes
  })
}

function median<T>(values: T[], by: (value: T) => number): T {
  return values.sort((a, b) => by(a) - by(b))[Math.floor(values.length / 2)] as T
}

print(await onFreshServer('engine', [], alone))
const writes = await onFreshServer('engine', [], writesOfOne)
const floors: Measured[] = []
const handoffs: Measured[] = []
const bots: Measured[] = []
const ratios: number[] = []
const costs: number[] = []
for (let pair = 1; pair <= pairs; pair++) {
  say(`pair ${pair} of ${pairs}`)
  const floor = await onFreshServer('floor', writes, (nats, engine) => atOnce(nats, engine, 'floor'))
  const real = await onFreshServer('engine', [], (nats, engine) => atOnce(nats, engine, 'handoff'))
  const bot = await onFreshServer('engine', [], (nats, engine) => atOnce(nats, engine, 'bot', botSteps))
  floors.push(floor)
  handoffs.push(real)
  bots.push(bot)
  ratios.push(real.eventsPerSecond / floor.eventsPerSecond)
  costs.push(bot.engineCpuUsPerEvent / real.engineCpuUsPerEvent)
  say(`  floor ${floor.eventsPerSecond}/s, handoff ${real.eventsPerSecond}/s, bot ${bot.eventsPerSecond}/s`)
}
const bySpeed = (measured: Measured) => measured.eventsPerSecond
print(median(floors, bySpeed))
print({
  ...median(handoffs, bySpeed),
  ratioToFloor: rounded(median(ratios, (ratio) => ratio)),
})
print({
  ...median(bots, bySpeed),
  costToHandoff: rounded(median(costs, (cost) => cost)),
})
const { firstMs, medianMs } = measureCompile(200, 31)
print({ workload: 'compile', steps: 200, firstMs: rounded(firstMs, 1), medianMs: rounded(medianMs, 1) })
process.exit(0)
