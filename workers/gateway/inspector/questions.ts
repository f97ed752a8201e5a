import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { deadletterHeaders } from '../../../schemas/conversation/dead-letter.ts'
import { parsePayload } from '../../../schemas/parse-json.ts'
import { parse } from '../../../schemas/problem.ts'
import type { AuditAction } from '../../../schemas/protocol/audit.ts'
import {
  type DeadLetterAnswer,
  type DeadLettersAnswer,
  deadLetterQuestion,
  findQuestion,
  refusalsQuestion,
} from '../../../schemas/protocol/inspector.ts'
import { notifierAnswer } from '../http/notifier-answer.ts'
import { invalid, refuse } from '../http/refuse.ts'
import type { EngineerRouteDeps } from './inspector-deps.ts'
import { hidden } from './mask.ts'
import { masked } from './mask-words.ts'

/** Questions that a notifier answers: the conversations, the refusals, the dead letters. */
export function questionRoutes({
  inspector,
  log,
  engineerOf,
  audit: note,
}: EngineerRouteDeps): FastifyPluginAsync {
  /** The answer; nothing where the reply was sent already. */
  const ask = async <T extends object>(reply: FastifyReply, question: string, asked: object = {}) => {
    const answer = await notifierAnswer<T>(inspector, question, asked)
    if (answer.ok) return answer.value
    const { code, message } = answer.error
    // The asker is not at fault if a notifier's answer is too large.
    if (code === 'too_large') refuse(reply, code, message, 500)
    else refuse(reply, code, message)
    return undefined
  }
  const letterOf = (request: FastifyRequest, reply: FastifyReply) => {
    const asked = parse(deadLetterQuestion, request.params)
    if (asked.ok) return asked.value
    invalid(reply, asked.error.problems)
    return undefined
  }
  const audit = async (request: FastifyRequest, deadLetter: number, action: AuditAction, act: string) => {
    await note(request, action, { kind: 'deadLetter', id: `${deadLetter}` })
    log.info({ engineer: engineerOf(request).id, deadLetter }, act)
  }

  return async (fastify) => {
    fastify.get('/conversations', async (request, reply) => {
      const asked = parse(findQuestion, request.query)
      if (!asked.ok) return invalid(reply, asked.error.problems)
      return (await ask(reply, 'find', asked.value)) ?? reply
    })

    fastify.get('/stuck', async (_, reply) => (await ask(reply, 'stuck')) ?? reply)

    fastify.get('/refusals', async (request, reply) => {
      const asked = parse(refusalsQuestion, request.query)
      if (!asked.ok) return invalid(reply, asked.error.problems)
      return (await ask(reply, 'refusals', asked.value)) ?? reply
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
      await audit(request, asked.seq, 'revealed', 'a dead letter is revealed')
      return letter
    })

    for (const [action, done, act] of actions)
      fastify.post(`/dead-letters/:seq/${action}`, async (request, reply) => {
        const asked = letterOf(request, reply)
        if (!asked) return reply
        // Before it is done: the answer may be lost.
        await audit(request, asked.seq, done, act)
        if (!(await ask(reply, action, asked))) return reply
        return reply.code(204).send()
      })
  }
}

const actions = [
  ['requeue', 'requeued', 'requeues a dead letter'],
  ['discard', 'discarded', 'discards a dead letter'],
] as const

/** Without the body, and without the parts of it that error messages quote. */
function maskedLetter(letter: DeadLetterAnswer): DeadLetterAnswer {
  const { reason, headers, body } = letter
  const explanation = letter.summary ?? (quoting.has(reason) ? masked : letter.explanation)
  return {
    ...letter,
    explanation,
    ...(headers && { headers: { ...headers, [deadletterHeaders.explanation]: explanation } }),
    ...(body !== undefined && { body: maskedBody(body) }),
  }
}

/** In a letter of an older version, which has no summary, an error that JSON.parse or a machine threw may quote the customer. */
const quoting = new Set(['not_json', 'failed'])

/** A body with its keys, if it is JSON: any value may have been typed by somebody, whatever its type. */
function maskedBody(body: string): string {
  const sent = parsePayload(body)
  if ('payload' in sent) return JSON.stringify(hidden(sent.payload))
  return body === '' ? '' : masked
}
