import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isWeather } from '../../../engine/nats/errors.ts'
import { notFound } from './refuse.ts'

/**
 * Routes for some only, JSON in and out, of which no cache keeps anything.
 *
 * @param allow why a request is refused: `sign_in_needed` is answered 401, all else 403; `null`: it is not
 */
export function lock(
  fastify: FastifyInstance,
  allow: (request: FastifyRequest) => Promise<{ code: string; message: string } | null>,
): void {
  // Before a body is read.
  fastify.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const refusal = await allow(request)
    if (refusal) return reply.code(refusal.code === 'sign_in_needed' ? 401 : 403).send(refusal)
  })
  fastify.removeContentTypeParser('text/plain')
  fastify.setErrorHandler(answerError)
  fastify.setNotFoundHandler((_, reply) => notFound(reply, 'there is nothing here'))
}

function answerError(error: FastifyError, _: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (isWeather(error))
    return reply.code(503).send({ code: 'unavailable', message: 'NATS does not answer just now; try again' })
  if (error.statusCode === 413)
    return reply.code(413).send({ code: 'too_large', message: 'the body is larger than may be' })
  // As many keys as there may be.
  if (error.statusCode === 409) return reply.code(409).send({ code: error.code, message: error.message })
  if (error.statusCode === 400 || error.statusCode === 415)
    return reply
      .code(error.statusCode)
      .send({ code: 'not_json', message: `the body is no JSON: ${error.message}` })
  // The gateway's own handler answers and logs.
  throw error
}
