import type { Msg, MsgHdrs } from '@nats-io/transport-node'
import type { RoleConnection } from './connect.ts'
import { ApiError, NoAnswer } from './errors.ts'
import { type Headers, headersIn } from './publisher.ts'
import { subjects } from './topology.ts'

/** A message of a stream. */
export interface StoredMessage {
  seq: number
  subject: string
  /** When it was stored, in epoch milliseconds. */
  at: number
  /** As it was published with. */
  headers: Headers
  body: Uint8Array
}

/** The largest batch; its last message may exceed the bytes. */
const batchMessagesMax = 1_000
/** Small, since each of many slow readers has one batch in memory. */
const batchBytes = 64 * 1024

/**
 * Reads a stream's messages on a subject after a sequence, in order, up to the present last one. The subject may have
 * wildcards; the stream has to allow direct gets, the only request that a role may make of JetStream.
 *
 * The next batch is requested once the one before was consumed. Any replica answers, also a slightly stale one that
 * lacks the latest messages. Throws NoAnswer or ApiError where a batch fails.
 */
export async function* directGet(
  { publisher }: Pick<RoleConnection, 'publisher'>,
  stream: string,
  subject: string,
  after: number | Date = 0,
  bytes: number = batchBytes,
): AsyncGenerator<StoredMessage> {
  let from: { seq: number } | { start_time: Date } =
    typeof after === 'number' ? { seq: after + 1 } : { start_time: after }
  for (;;) {
    const query = { ...from, next_by_subj: subject, batch: batchMessagesMax, max_bytes: bytes }
    const place = subjects.directGet(stream)
    const answers = await publisher.requestMany(place, JSON.stringify(query), batchMessagesMax + 1, isStatus)
    const end = answers.pop() as Msg
    const isMore = readEnd(end, answers)
    for (const answer of answers) {
      const message = storedMessage(answer)
      from = { seq: message.seq + 1 }
      yield message
    }
    if (!isMore) return
  }
}

/** The last message on a subject without wildcards; `null` where there is none. */
export async function directGetLast(
  { publisher }: Pick<RoleConnection, 'publisher'>,
  stream: string,
  subject: string,
): Promise<StoredMessage | null> {
  const place = subjects.directGet(stream)
  const answer = await publisher.request(place, JSON.stringify({ last_by_subj: subject }))
  if (!isStatus(answer)) return storedMessage(answer)
  if (answer.headers?.code === nothing) return null
  throw refusal(answer)
}

/**
 * The last message on a subject, without its headers, for the engine's loads: cheaper than `directGetLast`. The
 * subject is part of the request's subject.
 */
export async function directGetLastBody(
  { publisher }: Pick<RoleConnection, 'publisher'>,
  stream: string,
  subject: string,
): Promise<{ seq: number; body: string } | null> {
  const answer = await publisher.request(`${subjects.directGet(stream)}.${subject}`, '')
  if (answer.headers?.code === nothing) return null
  const seq = Number(answer.headers?.get(sequence))
  if (!seq) throw refusal(answer)
  return { seq, body: answer.string() }
}

const endOfBatch = 204
const nothing = 404

/** A status instead of a message. */
export function isStatus({ headers }: Msg): boolean {
  return headers === undefined || headers.code !== 0
}

/** Whether there are more messages after this batch. Throws where a part of the batch is missing. */
function readEnd(end: Msg, answers: Msg[]): boolean {
  const { headers } = end
  if (headers?.code === nothing && answers.length === 0) return false
  if (headers?.code !== endOfBatch) throw refusal(end)
  // Each message names its predecessor, so that one lost in a reconnect is noticed.
  let previous = 0
  for (const { headers: own } of answers) {
    if (Number(own?.last(lastSequence)) !== previous) throw new NoAnswer('a part of the answer was lost')
    previous = Number(own?.last(sequence))
  }
  if (Number(headers.last(lastSequence)) !== previous) throw new NoAnswer('a part of the answer was lost')
  return Number(headers.last('Nats-Num-Pending')) > 0
}

function refusal({ headers }: Msg): ApiError {
  return new ApiError({ code: headers?.code ?? 500, description: headers?.description ?? '' })
}

const sequence = 'Nats-Sequence'
const lastSequence = 'Nats-Last-Sequence'
/** Headers that the server adds to the message's own in an answer. */
const placeHeaders = new Set([
  'Nats-Stream',
  'Nats-Subject',
  sequence,
  'Nats-Time-Stamp',
  'Nats-Num-Pending',
  lastSequence,
])

function storedMessage({ headers, data }: Msg): StoredMessage {
  const place = headers as MsgHdrs
  // The server's come last: `last` skips a message's own header of the same name.
  return {
    seq: Number(place.last(sequence)),
    subject: place.last('Nats-Subject'),
    at: Date.parse(place.last('Nats-Time-Stamp')),
    headers: headersIn(place, placeHeaders),
    body: data,
  }
}
