import pino from 'pino'
import { followLog } from '../../../engine/follow-log.ts'
import { connectNats } from '../../../engine/nats/connect.ts'
import { CursorStore } from '../../../engine/nats/engine/cursor-store.ts'
import { StreamLog } from '../../../engine/nats/stream-log.ts'
import { streams, subjects } from '../../../engine/nats/topology.ts'
import { type SampleWrite, sampleId, type WritesOfStep } from './sample-writes.ts'

// The floor of a handoff, in a process of its own: `floor.ts <url> <writes of each step>`. It reads events as an engine
// does, and for each stores as many messages of the same size as engine and notifier do, without deciding anything.

const partitions = 16
const expected = 'Nats-Expected-Last-Subject-Sequence'

/** A conversation's events so far, and the last sequence of each subject that it wrote. */
interface Progress {
  steps: number
  sequences: Map<string, number>
}

const [url = '', given = '[]'] = process.argv.slice(2)
const steps: WritesOfStep[] = JSON.parse(given)
const hasSchedules = steps.flat().some(({ stream }) => stream === streams.timers)
const log = pino({ level: 'warn' }, pino.destination(2))
const nats = await connectNats(url, 'bench floor')
const { signal } = new AbortController()
const cursors = new CursorStore(nats, streams.events, 'floor', { log, signal })
for (let partition = 0; partition < partitions; partition++) {
  const known = new Map<string, Progress>()
  const follower = followLog({
    log: new StreamLog(nats.js, nats.jsm, streams.events, subjects.events(partition), log),
    cursor: await cursors.takeOver(`event.${partition}`),
    keyOf: ({ subject }) => conversationOf(subject),
    handler:
      () =>
      async ({ subject }) => {
        const id = conversationOf(subject)
        const progress = known.get(id) ?? { steps: 0, sequences: new Map() }
        known.set(id, progress)
        const [record, ...effects] = steps[progress.steps++] ?? []
        // The record first, as an engine does.
        if (record) await store(id, progress, record)
        const stored = effects.map((effect) => store(id, progress, effect))
        if (progress.steps === steps.length) {
          known.delete(id)
          if (hasSchedules) stored.push(disarm(id))
        }
        await Promise.all(stored)
        return []
      },
  })
  follower.ended.catch((error) => {
    log.error(error)
    process.exit(1)
  })
}
process.send?.('ready')

function conversationOf(subject: string): string {
  return subject.split('.')[3] ?? ''
}

async function store(id: string, { sequences }: Progress, write: SampleWrite): Promise<void> {
  const subject = write.subject.replaceAll(sampleId, id)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(write.headers)) headers[name] = value.replaceAll(sampleId, id)
  if (expected in headers) headers[expected] = String(sequences.get(subject) ?? 0)
  if (write.scheduledInMs !== undefined)
    headers['Nats-Schedule'] = `@at ${new Date(Date.now() + write.scheduledInMs).toISOString()}`
  const { seq } = await nats.publisher.publish(subject, write.body.replaceAll(sampleId, id), headers)
  sequences.set(subject, seq)
}

/** An ended conversation's wake-ups are removed. */
async function disarm(id: string): Promise<void> {
  const filter = JSON.stringify({ filter: subjects.timersOf(id) })
  await nats.publisher.request(`$JS.API.STREAM.PURGE.${streams.timers}`, filter)
}
