import { type Msg, headers as newHeaders } from '@nats-io/transport-node'
import type { Logger } from 'pino'
import { type DirectGet, directGet } from '../../../schemas/conversation/direct-get.ts'
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
    const parsed = parse(directGet, parseJson(message.data))
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

function bounded(asked: DirectGet) {
  if (!('batch' in asked)) return asked
  const { batch, max_bytes = readBytesDefault } = asked
  return { ...asked, batch: Math.min(batch, readMessagesMax), max_bytes: Math.min(max_bytes, readBytesMax) }
}
