import { DeliverPolicy } from '@nats-io/jetstream'
import type { MsgHdrs } from '@nats-io/transport-node'
import type { Nats } from './connect.ts'
import { deadletterHeaders } from './dead-letter-box.ts'
import { streams } from './topology.ts'

/** What could not be understood: an event, whole, with the reason. */
export interface DeadLetter {
  /** Its sequence in the stream of dead letters. */
  seq: number
  at: string
  reason: string
  conversation: string
  type: string
  explanation: string
  /** The event's own `Nats-Msg-Id`; empty where it had none. */
  id: string
  /** The event's sequence in EVENTS. */
  eventSeq: string
}

/** All of them, without their bodies, in their order. */
export async function* deadLetters({ js }: Nats): AsyncGenerator<DeadLetter> {
  const consumer = await js.consumers.get(streams.deadletters, {
    deliver_policy: DeliverPolicy.All,
    headers_only: true,
  })
  try {
    if ((await consumer.info()).num_pending === 0) return
    for await (const { subject, seq, timestamp, headers, info } of await consumer.consume()) {
      yield read(subject, seq, timestamp, headers)
      if (info.pending === 0) return
    }
  } finally {
    await consumer.delete().catch(() => {})
  }
}

/** One of them, with its headers and its body; `undefined` where there is none. */
export async function deadLetter(
  { jsm }: Nats,
  seq: number,
): Promise<{ letter: DeadLetter; headers: MsgHdrs; body: Uint8Array } | undefined> {
  const message = await jsm.streams.getMessage(streams.deadletters, { seq })
  if (!message) return undefined
  const { subject, timestamp, header: headers, data: body } = message
  return { letter: read(subject, seq, timestamp, headers), headers, body }
}

function read(subject: string, seq: number, timestamp: string, headers: MsgHdrs | undefined): DeadLetter {
  const of = (name: keyof typeof deadletterHeaders) => headers?.get(deadletterHeaders[name]) ?? ''
  return {
    seq,
    at: new Date(of('at') || timestamp).toISOString(),
    reason: subject.slice(subject.lastIndexOf('.') + 1),
    conversation: of('conversation'),
    type: of('type'),
    explanation: of('explanation'),
    id: ownId(of('headers')) ?? of('id'),
    eventSeq: of('seq'),
  }
}

/** As it came: the header of its own has no line breaks. */
function ownId(headers: string): string | undefined {
  try {
    const own = JSON.parse(headers) as Record<string, string>
    return own['Nats-Msg-Id']
  } catch {
    return undefined
  }
}
