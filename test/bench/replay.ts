import { builtIn } from '../../engine/machines/bots/built-in.ts'
import { definitionsOf } from '../../engine/machines/definitions.ts'
import type { Nats } from '../../engine/nats/connect.ts'
import { storedBots } from '../../engine/nats/engine/bot-revisions.ts'
import { streams, subjects } from '../../engine/nats/topology.ts'
import { readAllHistory } from '../../engine/nats/views/history.ts'
import { replayConversations } from '../../workers/cli/conversations/replay-conversations.ts'
import { botSteps } from './bots.ts'
import { documents, type Step } from './conversations.ts'
import { print, readOptions, rounded } from './report.ts'
import { startWorld } from './world.ts'

const usage = `npm run bench:replay -- [options]

Lets an engine apply the events of many conversations, half of them with a bot, then decides all of them again.
Prints one JSON line per workload:
  read    what is stored, events beside their records, read and not decided
  replay  the same, decided again and compared; ratioToRead is its rate by that of read

  --conversations N  (default 10000)
  --turns N          of read and replay, of which the medians are printed (default 3)
  --help`

const { conversations, turns } = readOptions(usage, { conversations: 10_000, turns: 3 })
const steps: Step[] = [
  ['session.started', { channel: 'plain', locale: 'en', page: { url: 'https://example.com/cart' } }],
  ['session.message', { text: 'My order 4711 arrived broken, can you help me?' }],
  ['agent.accepted', { agent: { id: 'ann', name: 'Ann' }, request: 1 }],
  ['agent.message', { agent: { id: 'ann' }, text: 'Sorry to hear that! I will send you a new one today.' }],
  ['agent.accepted', { agent: { id: 'bob', name: 'Bob' }, request: 1 }],
  ['session.message', { text: 'Thank you!' }],
  ['agent.released', { agent: { id: 'ann' }, reason: 'lunch' }],
  ['agent.accepted', { agent: { id: 'bob', name: 'Bob' } }],
  ['session.message', { text: 'Hello Bob' }],
  ['session.ended', {}],
]

const world = await startWorld({ notifier: false, documents })
const { nats } = world
await fill(nats)
await Promise.all(world.workers.map((worker) => worker.stop()))

const definitions = definitionsOf(...builtIn)
const machines = storedBots(definitions, nats)
const rates: { read: number; replay: number; seconds: number }[] = []
let events = 0
for (let turn = 0; turn < turns; turn++) {
  const readBegan = performance.now()
  events = 0
  for await (const _ of readAllHistory(nats)) events++
  const read = events / ((performance.now() - readBegan) / 1000)
  const began = performance.now()
  const report = await replayConversations(readAllHistory(nats), { definitions, machines })
  const seconds = (performance.now() - began) / 1000
  if (report.differing.length > 0 || report.conversations !== conversations || report.events !== events)
    throw new Error(
      `not as it was: ${JSON.stringify({ ...report, differing: report.differing.slice(0, 3) })}`,
    )
  rates.push({ read, replay: report.events / seconds, seconds })
}
const middle = rates.sort((a, b) => a.replay - b.replay)[Math.floor(rates.length / 2)] as (typeof rates)[0]
print({ workload: 'read', events, eventsPerSecond: Math.round(middle.read) })
print({
  workload: 'replay',
  conversations,
  events,
  seconds: rounded(middle.seconds),
  eventsPerSecond: Math.round(middle.replay),
  ratioToRead: rounded(middle.replay / middle.read),
  differing: 0,
})
await world.stop()
process.exit(0)

/** Has an engine apply all of it; settles once everything is recorded. */
async function fill({ publisher, jsm }: Nats): Promise<void> {
  let next = 0
  const publishOne = async () => {
    for (let n = next++; n < conversations; n = next++) {
      const id = `replay-${n}`
      for (const [index, [type, payload]] of (n % 2 === 0 ? steps : botSteps).entries())
        await publisher.publish(subjects.inbox(id, type), JSON.stringify(payload), {
          'Nats-Msg-Id': `${id}.${index}`,
        })
    }
  }
  await Promise.all(Array.from({ length: 256 }, publishOne))
  const count = async (stream: string) => (await jsm.streams.info(stream)).state.messages
  const total = await count(streams.events)
  for (;;) {
    const recorded = await count(streams.conversations)
    process.stderr.write(`  ${recorded} of ${total} events recorded\n`)
    if (recorded >= total) break
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}
