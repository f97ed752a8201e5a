import type { StreamConfig, StreamState } from '@nats-io/jetstream'
import { createInbox, type Msg } from '@nats-io/transport-node'
import type { Nats } from '../connect.ts'
import { ApiError, NoAnswer } from '../errors.ts'

/** The settings and state of a stream, which a server needs beside the archive to make it again. */
export interface ArchivedStream {
  config: Partial<StreamConfig> & { name: string }
  state: Partial<StreamState>
}

/** The largest part of an archive, below every server's `max_payload`, in bytes. */
const partBytes = 128 * 1024
/** The server gives an archive up if nobody takes a part for 5 s; a slow disk may take longer to have one. */
const partTimeoutMs = 60_000
/** The server takes the parts first, and unpacks them after the last: with `sync_interval: always`, slowly. */
const unpackTimeoutMs = 3_600_000
/** Parts sent ahead of their acknowledgements. */
const sentAheadMax = 8

/**
 * Reads JetStream's own archive of a stream: every message with its sequence, time and headers, and the
 * positions of consumers.
 * It is as of about the end; the stream takes messages meanwhile. `write` is awaited before the server sends more.
 * Throws ApiError, or NoAnswer where the archive ends in the middle.
 */
export async function archiveStream(
  nats: Nats,
  stream: string,
  write: (part: Uint8Array) => Promise<void>,
): Promise<ArchivedStream> {
  const { connection } = nats
  const inbox = createInbox()
  const subscription = connection.subscribe(inbox)
  // Its messages end, too.
  const watch = setTimeout(() => subscription.unsubscribe(), partTimeoutMs)
  try {
    const question = { deliver_subject: inbox, chunk_size: partBytes }
    const { config, state } = await ask<ArchivedStream>(nats, `$JS.API.STREAM.SNAPSHOT.${stream}`, question)
    for await (const { data, reply, headers } of subscription) {
      if (data.length === 0) {
        // 204: that was all.
        if (headers && headers.code >= 300)
          throw new NoAnswer(`the archive of ${stream} was cut off: ${headers.description}`)
        return { config, state }
      }
      await write(data)
      if (reply) connection.publish(reply)
      watch.refresh()
    }
    throw new NoAnswer(`the server sent nothing more of the archive of ${stream}`)
  } finally {
    clearTimeout(watch)
    subscription.unsubscribe()
  }
}

/** Makes a stream again, which must not exist. Throws ApiError, or NoAnswer where the server has given it up. */
export async function restoreStream(
  nats: Nats,
  { config, state }: ArchivedStream,
  parts: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { connection } = nats
  const { deliver_subject } = await ask<{ deliver_subject: string }>(
    nats,
    `$JS.API.STREAM.RESTORE.${config.name}`,
    { config, state },
  )
  const send = async (part: Uint8Array) => {
    const { data } = await connection.request(deliver_subject, part, { timeout: partTimeoutMs })
    if (data.length > 0) throw new NoAnswer(`${config.name} was not restored: ${Buffer.from(data)}`)
  }
  const sent: Promise<void>[] = []
  for await (const part of parts)
    for (let at = 0; at < part.length; at += partBytes) {
      if (sent.length >= sentAheadMax) await sent.shift()
      const sending = send(part.subarray(at, at + partBytes))
      // Awaited later.
      sending.catch(() => {})
      sent.push(sending)
    }
  await Promise.all(sent)
  const end = await connection.request(deliver_subject, '', { timeout: unpackTimeoutMs })
  throwIfRefused(end)
}

async function ask<T>({ connection }: Nats, subject: string, question: object): Promise<T> {
  const answer = await connection.request(subject, JSON.stringify(question), { timeout: partTimeoutMs })
  throwIfRefused(answer)
  return answer.json<T>()
}

function throwIfRefused(answer: Msg): void {
  const { error } = answer.json<{ error?: { code: number; err_code?: number; description?: string } }>()
  if (error) throw new ApiError(error)
}
