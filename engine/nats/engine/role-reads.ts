import { type Msg, headers as newHeaders } from '@nats-io/transport-node'
import type { Logger } from 'pino'
import { z } from 'zod'
import { parseJson } from '../../../schemas/parse-json.ts'
import { parse } from '../../../schemas/problem.ts'
import type { Nats } from '../connect.ts'
import { isStatus } from '../direct-get.ts'
import { isWeather } from '../errors.ts'
import { subjects } from '../topology.ts'

/** The most messages and bytes of one answer, whatever is asked for; the last message may exceed the bytes. */
export const readMessagesMax = 1_000
export const readBytesMax = 1024 * 1024
const readBytesDefault = 64 * 1024
const questionBytesMax = 4_096
/** Questions that are with the server at a time; others wait for their turn. */
const askedMax = 64
/** The most questions that wait; others are refused. */
const waitingMax = 10_000
/** NATS's own 503 says that no engine and no notifier is there. */
const unavailable = 504
/** The queue group, so that one of several workers answers. */
const queue = 'reads'

const subject = z.string().min(1)
const count = z.int().min(1)
/**
 * Those fields of a direct get whose cost is bounded. `multi_last` is not one: its cost is the number of subjects times
 * that of filters, and 80 kB of filters stop the server for seconds.
 */
const question = z.union([
  z.strictObject({ last_by_subj: subject }),
  z.strictObject({
    seq: count.optional(),
    start_time: z.iso.datetime().optional(),
    next_by_subj: subject,
    batch: count,
    max_bytes: count.optional(),
  }),
  z.strictObject({ seq: count, next_by_subj: subject.optional() }),
])

/**
 * Answers the direct gets of roles: it bounds what a question may cost, asks the server, and passes its answers on as
 * they are. Roles publish to JetStream's own subject, which `roles.conf` maps to `frontdesk.read.<stream>`; one of the
 * engines and notifiers answers.
 *
 * A question that is not allowed is answered with status 400 and a description; one that the server does not answer, or
 * for which there is no room, with 504.
 */
export function serveRoleReads({ connection, publisher }: Nats, log: Logger): { stop(): void } {
  let asked = 0
  const waiting: Msg[] = []

  const refuse = (message: Msg, code: number, description: string) =>
    message.respond(undefined, { headers: newHeaders(code, description.replace(/\s+/g, ' ')) })

  const answer = async (message: Msg) => {
    if (message.data.length > questionBytesMax)
      return refuse(message, 400, `a read has at most ${questionBytesMax} bytes`)
    const parsed = parse(question, parseJson(message.data))
    if (!parsed.ok) return refuse(message, 400, parsed.error.message)
    const stream = message.subject.slice(subjects.read('').length)
    const query = JSON.stringify(bounded(parsed.value))
    const isLast = 'batch' in parsed.value ? isStatus : () => true
    const answers = await publisher.requestMany(
      subjects.directGet(stream),
      query,
      readMessagesMax + 1,
      isLast,
    )
    for (const { data, headers } of answers) message.respond(data, headers && { headers })
  }

  const next = async (message: Msg) => {
    asked++
    try {
      await answer(message)
    } catch (error) {
      if (!isWeather(error)) log.error({ err: error, stream: message.subject }, 'a read of a role fails')
      if (!connection.isClosed()) refuse(message, unavailable, 'the stream does not answer; try again')
    }
    asked--
    const waited = waiting.shift()
    if (waited) void next(waited)
  }

  const subscription = connection.subscribe(subjects.read('*'), {
    queue,
    callback: (error, message) => {
      if (error) return
      if (asked < askedMax) void next(message)
      else if (waiting.length < waitingMax) waiting.push(message)
      else refuse(message, unavailable, 'too many reads at once; try again')
    },
  })
  return { stop: () => subscription.unsubscribe() }
}

function bounded(asked: z.infer<typeof question>) {
  if (!('batch' in asked)) return asked
  const { batch, max_bytes = readBytesDefault } = asked
  return { ...asked, batch: Math.min(batch, readMessagesMax), max_bytes: Math.min(max_bytes, readBytesMax) }
}
