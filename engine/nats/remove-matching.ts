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
  for (const seq of found)
    try {
      await jsm.streams.deleteMessage(stream, seq)
    } catch (error) {
      // Another worker, or an attempt whose answer was lost, has removed it.
      if (!isNoMessage(error)) throw error
    }
}
