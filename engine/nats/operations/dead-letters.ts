import type { MsgHdrs } from '@nats-io/transport-node'
import { deadletterHeaders } from '../../../schemas/conversation/dead-letter.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import type { DeadLetter } from '../../../schemas/protocol/inspector.ts'
import type { Nats } from '../connect.ts'
import { isNoMessage } from '../errors.ts'
import { republishEvent } from '../inbox.ts'
import { readToEnd } from '../read-to-end.ts'
import { streams } from '../topology.ts'

/** There is no such dead letter, or it was removed. */
export class NoDeadLetter extends Error {
  constructor(seq: number) {
    super(`there is no dead letter ${seq}`)
  }
}

/** A dead letter that cannot be published again. */
export class NoAddress extends Error {
  constructor(seq: number) {
    super(`dead letter ${seq} does not say which conversation and type it had`)
  }
}

/** All dead letters from a sequence on, in order, without their bodies. */
export async function* deadLetters(nats: Pick<Nats, 'js'>, from = 1): AsyncGenerator<DeadLetter> {
  const options = { from, isHeadersOnly: true }
  for await (const { subject, seq, timestamp, headers } of readToEnd(nats, streams.deadletters, options))
    yield read(subject, seq, timestamp, headers)
}

/** The latest dead letters, the latest first, and how many there are. */
export async function latestDeadLetters(
  nats: Pick<Nats, 'js' | 'jsm'>,
  max: number,
): Promise<{ letters: DeadLetter[]; total: number }> {
  const { messages: total, first_seq, last_seq } = (await nats.jsm.streams.info(streams.deadletters)).state
  const first = Math.max(1, first_seq)
  // Others between them may have been removed, so it may have to look further back.
  for (let looked = max; ; looked *= 4) {
    const from = Math.max(first, last_seq + 1 - looked)
    const letters: DeadLetter[] = []
    for await (const letter of deadLetters(nats, from)) letters.push(letter)
    if (letters.length >= max || from === first) return { letters: letters.reverse().slice(0, max), total }
  }
}

/**
 * Publishes the event again, under its own id, and then removes the letter: an interruption leaves both, and loses
 * nothing. Throws NoDeadLetter, NoAddress.
 */
export async function requeueDeadLetter(nats: Nats, seq: number): Promise<void> {
  const found = await deadLetter(nats, seq)
  if (!found) throw new NoDeadLetter(seq)
  const { conversation, type, id } = found.letter
  if (!/^[^\s.*>]+$/.test(conversation) || !/^[^\s.*>]+\.[^\s.*>]+$/.test(type)) throw new NoAddress(seq)
  await republishEvent(nats, conversation, type, found.body, id)
  await remove(nats, seq)
}

export async function discardDeadLetter(nats: Nats, seq: number): Promise<void> {
  if (!(await deadLetter(nats, seq))) throw new NoDeadLetter(seq)
  await remove(nats, seq)
}

async function remove({ jsm }: Nats, seq: number): Promise<void> {
  await jsm.streams.deleteMessage(streams.deadletters, seq).catch((error) => {
    // It was removed at the same time elsewhere.
    if (!isNoMessage(error)) throw error
  })
}

/** A dead letter with its headers and its body; `undefined` where there is none. */
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
  const header = (name: keyof typeof deadletterHeaders) => headers?.get(deadletterHeaders[name]) ?? ''
  return {
    seq,
    at: new Date(header('at') || timestamp).toISOString(),
    reason: subject.slice(subject.lastIndexOf('.') + 1),
    conversation: header('conversation'),
    type: header('type'),
    explanation: header('explanation'),
    ...(header('summary') && { summary: header('summary') }),
    id: ownId(header('headers')) ?? header('id'),
    eventSeq: header('seq'),
  }
}

/** The event's own id, which may have line breaks; the letter's header has none. */
function ownId(headers: string): string | undefined {
  return (parseJson(headers) as Record<string, string> | undefined)?.['Nats-Msg-Id']
}
