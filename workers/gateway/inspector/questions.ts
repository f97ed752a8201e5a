import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { deadletterHeaders } from '../../../engine/nats/engine/dead-letter-box.ts'
import { NoAnswer } from '../../../engine/nats/errors.ts'
import type { InspectionRefusal } from '../../../engine/nats/notifier/inspection/inspection.ts'
import { subjects } from '../../../engine/nats/topology.ts'
import {
  type DeadLetterAnswer,
  type DeadLettersAnswer,
  deadLetterQuestion,
  findQuestion,
  refusalsQuestion,
} from '../../../schemas/protocol/inspector.ts'
import { readAsked } from '../http/read-question.ts'
import { invalid, refuse } from '../http/refuse.ts'
import type { InspectorSide } from './inspector-side.ts'
import { hidden, masked } from './mask.ts'

/** What is asked of a notifier: which conversations there are, what is refused, and the dead letters. */
export function questionRoutes(side: InspectorSide): FastifyPluginAsync {
  const { log } = side
  /** An answer, or nothing where the reply has been given already. */
  const ask = async <T extends object>(reply: FastifyReply, question: string, asked: object = {}) => {
    const answer = await askNotifier<T>(side, question, asked)
    if (!isRefusal(answer)) return answer
    refuse(reply, statuses[answer.code], answer.code, answer.message)
    return undefined
  }
  const letterOf = (request: FastifyRequest, reply: FastifyReply) => {
    const asked = readAsked(deadLetterQuestion, request.params)
    if (!('problems' in asked)) return asked
    invalid(reply, asked.problems)
    return undefined
  }
  const note = (request: FastifyRequest, deadLetter: number, what: string) =>
    log.info({ engineer: side.principal(request).id, deadLetter }, what)

  return async (fastify) => {
    fastify.get('/conversations', async (request, reply) => {
      const asked = readAsked(findQuestion, request.query)
      if ('problems' in asked) return invalid(reply, asked.problems)
      return (await ask(reply, 'find', asked)) ?? reply
    })

    fastify.get('/stuck', async (_, reply) => (await ask(reply, 'stuck')) ?? reply)

    fastify.get('/refusals', async (request, reply) => {
      const asked = readAsked(refusalsQuestion, request.query)
      if ('problems' in asked) return invalid(reply, asked.problems)
      return (await ask(reply, 'refusals', asked)) ?? reply
    })

    fastify.get('/dead-letters', async (_, reply) => {
      const found = await ask<DeadLettersAnswer>(reply, 'deadletters')
      return found ? { ...found, letters: found.letters.map(maskedLetter) } : reply
    })

    fastify.get<{ Querystring: { reveal?: string } }>('/dead-letters/:seq', async (request, reply) => {
      const asked = letterOf(request, reply)
      if (!asked) return reply
      const letter = await ask<DeadLetterAnswer>(reply, 'deadletter', asked)
      if (!letter) return reply
      if (request.query.reveal !== '1') return maskedLetter(letter)
      note(request, asked.seq, 'what stands in a dead letter is revealed')
      return letter
    })

    for (const [action, what] of actions)
      fastify.post(`/dead-letters/:seq/${action}`, async (request, reply) => {
        const asked = letterOf(request, reply)
        if (!asked) return reply
        // Before: whether it is done may stay unknown.
        note(request, asked.seq, what)
        if (!(await ask(reply, action, asked))) return reply
        return reply.code(204).send()
      })
  }
}

const actions = [
  ['requeue', 'requeues a dead letter'],
  ['discard', 'discards a dead letter'],
] as const

const statuses: Record<InspectionRefusal['code'], number> = {
  invalid: 422,
  not_found: 404,
  no_address: 409,
  too_large: 500,
  unavailable: 503,
  failed: 500,
}

async function askNotifier<T extends object>(
  { inspector }: InspectorSide,
  question: string,
  asked: object,
): Promise<T | InspectionRefusal> {
  try {
    const answer = await inspector.publisher.request(subjects.inspection(question), JSON.stringify(asked))
    return answer.json<T | InspectionRefusal>()
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    const message =
      'no notifier answers: look whether one runs (npx frontdesk notifier; npm start has one), and try again'
    return { code: 'unavailable', message }
  }
}

function isRefusal(answer: object): answer is InspectionRefusal {
  return 'code' in answer
}

/** Neither what came, nor what those who could not read it quote of it. */
function maskedLetter(letter: DeadLetterAnswer): DeadLetterAnswer {
  const { reason, headers, body } = letter
  const explanation = quoting.has(reason) ? unquoted(letter.explanation) : letter.explanation
  return {
    ...letter,
    explanation,
    ...(headers && { headers: { ...headers, [deadletterHeaders.explanation]: explanation } }),
    ...(body !== undefined && { body: maskedBody(body) }),
  }
}

/** What a reader of JSON or a machine has thrown may have words of the customer in it. */
const quoting = new Set(['not_json', 'failed'])

/** What kind of error it is, where it was thrown, and the place in the text. */
function unquoted(explanation: string): string {
  // As it is written since nobody is quoted.
  if (/^payload: no (?:JSON|UTF-8)(?: at position \d+)?$/.test(explanation)) return explanation
  const [, kind] = /^(?:Uncaught )?(\w*Error)\b/.exec(explanation) ?? []
  const [, position] = /at position (\d+)/.exec(explanation) ?? []
  const frames = explanation.match(/\bat [^⏎]*:\d+:\d+\)?/g) ?? []
  return [kind, masked, position && `at position ${position}`, ...frames].filter(Boolean).join(' ')
}

/** A body with its keys, where it is JSON: what stands there may be what somebody has typed, whatever its type. */
function maskedBody(body: string): string {
  try {
    return JSON.stringify(hidden(JSON.parse(body)))
  } catch {
    return body === '' ? '' : masked
  }
}
