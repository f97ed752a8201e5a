import { deadletterHeaders } from '../../../schemas/conversation/dead-letter.ts'
import type { RawEvent } from '../../core/conversation.ts'
import { addressOf, type Unreadable } from '../../core/read-event.ts'
import type { DeadLetters } from '../../ports.ts'
import type { Nats } from '../connect.ts'
import type { Headers } from '../publisher.ts'
import { type RetryOptions, retry } from '../retry.ts'
import { deadletterHeaderBytesMax, subjects } from '../topology.ts'

const explanationLengthMax = 2_000

/** Stores events that cannot be handled in the stream DEADLETTER. */
export class DeadLetterBox implements DeadLetters {
  readonly #nats: Nats
  readonly #retryOptions: RetryOptions

  constructor(nats: Nats, retryOptions: RetryOptions) {
    this.#nats = nats
    this.#retryOptions = retryOptions
  }

  async bury(
    event: RawEvent,
    { code: reason, message: explanation, summary = explanation }: Unreadable,
  ): Promise<void> {
    const { conversation, type } = addressOf(event.subject)
    this.#retryOptions.log.warn({ seq: event.seq, conversation, type, reason, explanation }, 'dead letter')
    const own = JSON.stringify(event.headers)
    const length = Buffer.byteLength(own)
    const headers: Headers = {
      'Nats-Msg-Id': `event-${event.seq}`,
      [deadletterHeaders.conversation]: conversation,
      [deadletterHeaders.type]: type,
      [deadletterHeaders.seq]: String(event.seq),
      [deadletterHeaders.at]: new Date(event.at).toISOString(),
      [deadletterHeaders.explanation]: oneLine(explanation).slice(0, explanationLengthMax),
      [deadletterHeaders.summary]: oneLine(summary).slice(0, explanationLengthMax),
      ...(length <= deadletterHeaderBytesMax / 2
        ? { [deadletterHeaders.headers]: own }
        : { [deadletterHeaders.headersLength]: String(length) }),
    }
    if (event.id && event.id.length < explanationLengthMax) headers[deadletterHeaders.id] = oneLine(event.id)
    await retry('a dead letter', this.#retryOptions, () =>
      this.#nats.publisher.publish(subjects.deadletter(reason), event.body, headers),
    )
  }
}

/** On one line: a NATS header cannot carry line breaks. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ⏎ ')
}
