import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { placeOf } from '../../../engine/errors.ts'
import { isWeather } from '../../../engine/nats/errors.ts'
import type { Outage } from './outage.ts'
import { type RequestError, refuse, refuseError } from './refuse.ts'

/** Answers what a route throws: a refusal, NATS that does not answer, or a fault. The log has the last two. */
export function errorHandler(outage: Outage, log: Logger) {
  return (error: RequestError, _: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (isWeather(error)) outage.failed(error)
    const refused = refuseError(reply, error)
    if (refused) return refused
    const { statusCode = 500, message } = error
    if (statusCode < 500) return reply.code(statusCode).send({ code: 'invalid', message })
    log.error(placeOf(error), 'a request failed')
    return refuse(reply, 'failed')
  }
}
