import type { FastifyReply } from 'fastify'
import { isWeather } from '../../../engine/nats/errors.ts'
import type { Invalid, Problem } from '../../../schemas/problem.ts'
import { refused } from '../../monitoring/metrics.ts'
import { type HttpRefusalCode, isHttpRefusal, refusals } from './refusals.ts'

/**
 * Answers with a refusal: `{"code", "message"}`.
 *
 * @param message replaces the code's own
 * @param status replaces the code's usual one
 */
export function refuse<C extends HttpRefusalCode>(
  reply: FastifyReply,
  code: C,
  message?: string,
  status?: (typeof refusals)[C]['statuses'][number],
): FastifyReply {
  const usual = refusals[code]
  refused.inc({ code })
  return reply.code(status ?? usual.statuses[0]).send({ code, message: message ?? usual.message })
}

/** Refuses a body or a query, some fields of which are not valid. */
export function invalid(reply: FastifyReply, problems: readonly Problem[]): FastifyReply {
  refused.inc({ code: 'invalid' })
  const answer: Invalid = { code: 'invalid', message: refusals.invalid.message, problems }
  return reply.code(refusals.invalid.statuses[0]).send(answer)
}

export function notFound(reply: FastifyReply, message: string): FastifyReply {
  return refuse(reply, 'not_found', message)
}

/** An error as Fastify passes it on: its own have a status, a refusal that was thrown has its code. */
export interface RequestError extends Error {
  statusCode?: number
  code?: string
}

/** Answers an error that is a refusal. Any other is a fault, or Fastify's own: nothing is sent. */
export function refuseError(reply: FastifyReply, error: RequestError): FastifyReply | undefined {
  if (isWeather(error)) return refuse(reply, 'unavailable')
  if (isHttpRefusal(error.code)) return refuse(reply, error.code, error.message)
  if (error.statusCode === 413) return refuse(reply, 'too_large')
  return undefined
}
