import type { JetStreamClient, JetStreamManager, OrderedConsumerOptions } from '@nats-io/jetstream'
import type { MsgHdrs } from '@nats-io/transport-node'

/**
 * Removes the messages of a stream whose headers match. It reads the headers of all: for what is rare, such as
 * erasing; some 6 seconds for a million messages.
 */
export async function removeMatching(
  js: JetStreamClient,
  jsm: JetStreamManager,
  stream: string,
  from: Partial<OrderedConsumerOptions>,
  matches: (headers: MsgHdrs) => boolean,
): Promise<void> {
  const consumer = await js.consumers.get(stream, { ...from, headers_only: true })
  const found: number[] = []
  try {
    let { num_pending: left } = await consumer.info()
    for await (const message of left === 0 ? [] : await consumer.consume()) {
      if (message.headers && matches(message.headers)) found.push(message.seq)
      if (--left <= 0 && message.info.pending === 0) break
    }
  } finally {
    await consumer.delete()
  }
  for (const seq of found) await jsm.streams.deleteMessage(stream, seq)
}
