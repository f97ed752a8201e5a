import { setTimeout as sleep } from 'node:timers/promises'
import { streams } from '../../../engine/nats/topology.ts'
import { handoffNotifications, handoffSteps } from '../conversations.ts'
import type { Load } from '../load.ts'
import type { BenchWorld } from '../world.ts'

/** In subjects and bodies of a sample, the conversation's id. */
export const sampleId = 'the-sample-conversation'

/** A message that was stored after an event. */
export interface SampleWrite {
  stream: string
  subject: string
  headers: Record<string, string>
  body: string
  /** From the event to the instant that a schedule names. */
  scheduledInMs?: number
}

/** All that was stored after one event of a conversation, its record first. */
export type WritesOfStep = SampleWrite[]

/** Longer than an event takes on a quiet server; the whole sample takes less than the delay of a wake-up. */
const settledMs = 150

/** Lets one conversation happen and reads the messages that the workers store after each of its events. */
export async function sampleWrites(world: BenchWorld, load: Load): Promise<WritesOfStep[]> {
  const steps: WritesOfStep[] = []
  const read = new Map(await lastSequences(world))
  for (const [n, step] of handoffSteps.entries()) {
    const at = Date.now()
    await load.send(sampleId, n, step)
    await sleep(settledMs)
    const writes: WritesOfStep = []
    for (const [stream, last] of await lastSequences(world)) {
      for (let seq = (read.get(stream) ?? 0) + 1; seq <= last; seq++) {
        const write = await readWrite(world, stream, seq, at)
        if (write) writes.push(write)
      }
      read.set(stream, last)
    }
    const isRecord = ({ stream }: SampleWrite) => stream === streams.conversations
    steps.push(writes.sort((a, b) => Number(isRecord(b)) - Number(isRecord(a))))
  }
  if (load.notified !== handoffNotifications)
    throw new Error(`the sample has ${load.notified} notifications instead of ${handoffNotifications}`)
  return steps
}

async function lastSequences({ nats }: BenchWorld): Promise<[stream: string, sequence: number][]> {
  const found: [string, number][] = []
  for await (const { config, state } of nats.jsm.streams.list())
    if (config.name !== streams.events) found.push([config.name, state.last_seq])
  return found
}

/** A message of the sample's conversation; `undefined` for others, such as a worker's sign of life. */
async function readWrite(
  { nats }: BenchWorld,
  stream: string,
  seq: number,
  eventAt: number,
): Promise<SampleWrite | undefined> {
  const message = await nats.jsm.streams.getMessage(stream, { seq }).catch(() => null)
  if (!message) return undefined
  const body = message.string()
  if (!message.subject.includes(sampleId) && !body.includes(sampleId)) return undefined
  const headers = Object.fromEntries([...message.header].map(([name, values]) => [name, values.join(', ')]))
  const scheduledAt = /^@at (.+)$/.exec(headers['Nats-Schedule'] ?? '')?.[1]
  return {
    stream,
    subject: message.subject,
    headers,
    body,
    ...(scheduledAt && { scheduledInMs: Date.parse(scheduledAt) - eventAt }),
  }
}
