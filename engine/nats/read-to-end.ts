import { type Consumer, DeliverPolicy, type JsMsg, type OrderedConsumerOptions } from '@nats-io/jetstream'
import type { Nats } from './connect.ts'
import { NoAnswer } from './errors.ts'

const aheadDefault = 500
/** After this long without a message, check whether more exist. */
const quietMs = 1_000
/** After so many checks without a message a reading fails. */
const quietMax = 5

export interface ReadOptions {
  /** The first sequence, or the time from which on; absent: the stream's beginning. */
  from?: number | Date
  /** Only the last message of each subject. */
  isLastOfEach?: boolean
  /** With wildcards; absent: all. */
  subjects?: string[]
  /** Without the bodies. */
  isHeadersOnly?: boolean
  /** Messages that are fetched ahead. */
  ahead?: number
}

/**
 * The messages that a stream has now, in order, up to the last that there is. Throws a transient error where they stop
 * coming before: the consumer did not survive its server.
 */
export async function* readToEnd(
  { js }: Pick<Nats, 'js'>,
  stream: string,
  options: ReadOptions = {},
): AsyncGenerator<JsMsg> {
  const { from, ...all } = options
  const skipped = from instanceof Date && !(await knowsItsLastTime(js, stream)) ? from : undefined
  const consumer = await js.consumers.get(stream, consumerOptions(skipped ? all : options))
  let watch: NodeJS.Timeout | undefined
  try {
    if ((await consumer.info()).num_pending === 0) return
    const messages = await consumer.consume({ max_messages: options.ahead ?? aheadDefault })
    /** How often nothing had come since the last look; `undefined` while the reader is busy with a message. */
    let quiet: number | undefined = 0
    let isAtEnd = false
    watch = setInterval(async () => {
      if (quiet === undefined || quiet++ === 0) return
      // The last message may be removed before it is delivered, and nothing says so.
      isAtEnd = await hasNoneLeft(consumer)
      if (isAtEnd || (quiet ?? 0) > quietMax) messages.stop()
    }, quietMs)
    for await (const message of messages) {
      if (skipped === undefined || message.time >= skipped) {
        quiet = undefined
        yield message
      }
      quiet = 0
      if (message.info.pending === 0) return
    }
    if (!isAtEnd) throw new NoAnswer(`the reading of ${stream} has stopped before its end`)
  } finally {
    clearInterval(watch)
    await consumer.delete().catch(() => {})
  }
}

/**
 * After a restart the server does not know when the last message was stored if that was removed, until the next one. It
 * then takes any time for one after all messages, and has none from there on.
 */
async function knowsItsLastTime(js: Nats['js'], stream: string): Promise<boolean> {
  const { state } = await (await js.streams.get(stream)).info(true)
  return state.last_seq === 0 || Date.parse(state.last_ts) > 0
}

function consumerOptions({ from, isLastOfEach, subjects, isHeadersOnly = false }: ReadOptions) {
  const options: Partial<OrderedConsumerOptions> = { headers_only: isHeadersOnly }
  if (subjects) options.filter_subjects = subjects
  if (isLastOfEach) {
    options.deliver_policy = DeliverPolicy.LastPerSubject
    options.filter_subjects ??= ['>']
  } else if (from instanceof Date) {
    options.deliver_policy = DeliverPolicy.StartTime
    options.opt_start_time = from.toISOString()
  } else if (from !== undefined) {
    options.deliver_policy = DeliverPolicy.StartSequence
    options.opt_start_seq = from
  }
  return options
}

async function hasNoneLeft(consumer: Consumer): Promise<boolean> {
  const { num_pending } = await consumer.info().catch(() => ({ num_pending: 1 }))
  return num_pending === 0
}
