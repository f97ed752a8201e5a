import {
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type OrderedConsumerOptions,
} from '@nats-io/jetstream'
import type { MsgHdrs } from '@nats-io/transport-node'
import { isNoMessage } from './errors.ts'

type From = Partial<OrderedConsumerOptions>

const fetchedMax = 10_000
const fetchExpiresMs = 1_000

/**
 * Removes the messages of a stream whose headers match. It reads the headers of all: for what is rare, such as
 * erasing; some 6 seconds for a million messages.
 */
export async function removeMatching(
  js: JetStreamClient,
  jsm: JetStreamManager,
  stream: string,
  from: From,
  matches: (headers: MsgHdrs) => boolean,
): Promise<void> {
  for (const seq of await matching(js, stream, from, matches))
    try {
      await jsm.streams.deleteMessage(stream, seq)
    } catch (error) {
      // Another worker, or an attempt whose answer was lost, was faster.
      if (!isNoMessage(error)) throw error
    }
}

async function matching(
  js: JetStreamClient,
  stream: string,
  from: From,
  matches: (headers: MsgHdrs) => boolean,
) {
  const found: number[] = []
  let next = from
  for (;;) {
    const consumer = await js.consumers.get(stream, { ...next, headers_only: true })
    try {
      if ((await consumer.info()).num_pending === 0) return found
      // What is pending never comes where others remove it meanwhile: a fetch ends all the same, and we look again.
      const messages = await consumer.fetch({ max_messages: fetchedMax, expires: fetchExpiresMs })
      for await (const message of messages) {
        if (message.headers && matches(message.headers)) found.push(message.seq)
        if (message.info.pending === 0) return found
        next = { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: message.seq + 1 }
      }
    } finally {
      await consumer.delete()
    }
  }
}
