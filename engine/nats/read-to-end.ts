import type { Consumer, ConsumerMessages, JsMsg, OrderedConsumerOptions } from '@nats-io/jetstream'
import type { Nats } from './connect.ts'

const fetchedAhead = 500
/** After so long without a message it is looked whether there are any more. */
const quietMs = 1_000

/** What a stream has now, from a place on, in order and up to the last message that there is. */
export async function* readToEnd(
  { js }: Pick<Nats, 'js'>,
  stream: string,
  place: Partial<OrderedConsumerOptions>,
  max_messages: number = fetchedAhead,
): AsyncGenerator<JsMsg> {
  const consumer = await js.consumers.get(stream, place)
  let watch: NodeJS.Timeout | undefined
  try {
    if ((await consumer.info()).num_pending === 0) return
    const messages = await consumer.consume({ max_messages })
    let isQuiet = false
    // The last one may be removed before it has come: nothing says so.
    watch = setInterval(() => {
      if (isQuiet) void stopAtEnd(consumer, messages)
      isQuiet = true
    }, quietMs)
    for await (const message of messages) {
      isQuiet = false
      yield message
      if (message.info.pending === 0) return
    }
  } finally {
    clearInterval(watch)
    await consumer.delete().catch(() => {})
  }
}

async function stopAtEnd(consumer: Consumer, messages: ConsumerMessages): Promise<void> {
  const { num_pending } = await consumer.info().catch(() => ({ num_pending: 1 }))
  // Behind those that have come and are not taken yet.
  if (num_pending === 0) messages.stop()
}
