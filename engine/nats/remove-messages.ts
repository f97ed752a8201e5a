import type { MsgHdrs } from '@nats-io/transport-node'
import type { Nats } from './connect.ts'
import { isNoMessage } from './errors.ts'
import { readToEnd } from './read-to-end.ts'

const fetchedAhead = 10_000

/**
 * Removes the messages of a stream, from a time on, whose headers match. It reads the headers of all: for rare acts,
 * such as an erasure; some 6 seconds for a million messages.
 */
export async function removeMatching(
  { js, jsm }: Pick<Nats, 'js' | 'jsm'>,
  stream: string,
  matches: (headers: MsgHdrs) => boolean,
  from?: Date,
): Promise<void> {
  const found: number[] = []
  const options = { isHeadersOnly: true, ahead: fetchedAhead, ...(from && { from }) }
  for await (const { headers, seq } of readToEnd({ js }, stream, options))
    if (headers && matches(headers)) found.push(seq)
  for (const seq of found) await remove(jsm, stream, seq)
}

/**
 * Removes the messages on a subject, up to a sequence, and overwrites their bytes on the disk. A purge or a rollup only
 * unlinks them: they stay readable for as long as their neighbours in the server's file do.
 */
export async function overwriteSubject(
  { jsm }: Pick<Nats, 'jsm'>,
  stream: string,
  subject: string,
  upTo = Number.POSITIVE_INFINITY,
): Promise<void> {
  for (let from = 1; ; ) {
    const query = { seq: from, next_by_subj: subject }
    const message = await jsm.streams.getMessage(stream, query)
    if (!message || message.seq > upTo) return
    await remove(jsm, stream, message.seq)
    from = message.seq + 1
  }
}

/** The largest block of a bucket's file. */
const blockBytesMax = 8 * 1024 * 1024
const fillerBytes = 512 * 1024

/**
 * Makes the server rewrite the last block of a bucket's file, without replaced values. A new value of a key only
 * unlinks the former one, which then has no sequence to overwrite it by. The server drops unlinked values from a block
 * once half of it is gone, but never from the last block: fillers begin another one.
 */
export async function rewriteBlock(nats: Pick<Nats, 'publisher'>, bucket: string): Promise<void> {
  // One token: keys have two, and only their changes are published to roles.
  const key = `$KV.${bucket}.filler`
  const filler = Buffer.alloc(fillerBytes)
  for (let bytes = 0; bytes <= blockBytesMax; bytes += fillerBytes) await nats.publisher.publish(key, filler)
  await nats.publisher.publish(key, '', { 'KV-Operation': 'PURGE', 'Nats-Rollup': 'sub' })
}

async function remove(jsm: Nats['jsm'], stream: string, seq: number): Promise<void> {
  try {
    await jsm.streams.deleteMessage(stream, seq)
  } catch (error) {
    // Another worker, or an attempt whose answer was lost, has removed it.
    if (!isNoMessage(error)) throw error
  }
}
