import { DeliverPolicy } from '@nats-io/jetstream'
import { z } from 'zod'
import { parseJson } from '../../../schemas/parse-json.ts'
import { contextOf, isRunning } from '../../core/conversation.ts'
import { eventTypeIn, readRecord } from '../../core/record.ts'
import type { Nats } from '../connect.ts'
import { type RetryOptions, retry } from '../retry.ts'
import { streams, subjects } from '../topology.ts'
import { DurablePull, type PulledMessage } from './durable-pull.ts'

/** A mailer that is busy with a large e-mail may be late with its heartbeats. */
const ackWaitMs = 10_000
const recordsPulledMax = 256
const pauseMs = 1_000

/** A conversation with an agent's message that its customer may not have seen. */
export interface QueuedMail extends Pick<PulledMessage, 'done' | 'putOff'> {
  conversation: string
  /** The sequence of the latest record with a message of the agent. */
  record: number
}

const queued = z.object({ record: z.int().positive() })

/**
 * Conversations that may need an e-mail: the stream MAIL, a work queue with one message a conversation. A later message
 * of the agent replaces it, also while a mailer is at work on it, so none is forgotten.
 */
export class MailQueue {
  readonly #nats: Nats
  readonly #retryOptions: RetryOptions
  readonly #records: DurablePull
  readonly #mails: DurablePull
  #isStopped = false

  constructor(nats: Nats, retryOptions: RetryOptions) {
    this.#nats = nats
    this.#retryOptions = retryOptions
    this.#records = new DurablePull(
      nats,
      streams.conversations,
      { durable_name: 'mailers', deliver_policy: DeliverPolicy.New, ackWaitMs },
      retryOptions,
    )
    this.#mails = new DurablePull(nats, streams.mail, { durable_name: 'mailers', ackWaitMs }, retryOptions)
  }

  /** Settles once records are kept for mailers, from the first start of one on. */
  async open(): Promise<void> {
    await this.#records.open()
    await this.#mails.open()
  }

  /**
   * Queues the conversations of new records until `stop`: at least once for each record.
   *
   * @param erased called for each conversation that was erased
   */
  async fill(erased: (conversation: string) => Promise<void>): Promise<void> {
    while (!this.#isStopped)
      for await (const { message, done, putOff } of this.#records.pull(recordsPulledMax)) {
        if (this.#isStopped) {
          putOff(0)
          continue
        }
        const conversation = message.subject.slice(subjects.conversation('').length)
        const due = dueIn(message.string())
        try {
          if (due === 'mail') await this.#queue(conversation, message.seq)
          if (due === 'erase') {
            await this.#remove(conversation)
            await erased(conversation)
          }
        } catch (error) {
          putOff(pauseMs)
          throw error
        }
        await done()
      }
  }

  /** Yields queued conversations as they come, at most this many; ends at the pull's time-out. */
  async *pull(max: number): AsyncGenerator<QueuedMail> {
    for await (const { message, done, putOff } of this.#mails.pull(max)) {
      const read = queued.safeParse(parseJson(message.data))
      if (read.success) {
        const conversation = message.subject.slice(subjects.mail('').length)
        yield { conversation, record: read.data.record, done, putOff }
        continue
      }
      const { subject, seq } = message
      this.#retryOptions.log.error({ subject, seq }, 'passing over a message that queues no e-mail')
      await done()
    }
  }

  stop(): void {
    this.#isStopped = true
    this.#records.stop()
    this.#mails.stop()
  }

  async #queue(conversation: string, record: number): Promise<void> {
    await retry('queueing an e-mail', this.#retryOptions, () => queueMail(this.#nats, conversation, record))
  }

  async #remove(conversation: string): Promise<void> {
    await retry('removing a queued e-mail', this.#retryOptions, () =>
      this.#nats.jsm.streams.purge(streams.mail, { filter: subjects.mail(conversation) }),
    )
  }
}

/** Queues a conversation; it is mailed only what was not mailed yet. */
export async function queueMail({ publisher }: Nats, conversation: string, record: number): Promise<void> {
  await publisher.publish(
    subjects.mail(conversation),
    JSON.stringify({ record } satisfies z.infer<typeof queued>),
  )
}

/** Reads the record of few events only: to parse each takes many times as long. */
export function dueIn(body: string): 'mail' | 'erase' | undefined {
  const event = eventTypeIn(body)
  if (event !== 'agent.message' && event !== 'admin.erased') return undefined
  const record = readRecord(body)
  if (record?.outcome !== 'applied') return undefined
  if (event === 'admin.erased') return 'erase'
  const { state, messages } = record
  if (!messages?.some(({ author }) => author.type === 'agent') || !isRunning(state)) return undefined
  return contextOf(state.snapshot).customer.email === null ? undefined : 'mail'
}
