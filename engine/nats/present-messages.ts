import type { JsMsg, OrderedConsumerOptions } from '@nats-io/jetstream'
import type { Nats } from './connect.ts'

const fetchedAhead = 500

/** What a stream has now, from a place on, in order and up to the last message that there is. */
export async function* presentMessages(
  { js }: Pick<Nats, 'js'>,
  stream: string,
  place: Partial<OrderedConsumerOptions>,
  max_messages: number = fetchedAhead,
): AsyncGenerator<JsMsg> {
  const consumer = await js.consumers.get(stream, place)
  try {
    if ((await consumer.info()).num_pending === 0) return
    for await (const message of await consumer.consume({ max_messages })) {
      yield message
      if (message.info.pending === 0) return
    }
  } finally {
    await consumer.delete().catch(() => {})
  }
}
