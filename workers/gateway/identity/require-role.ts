import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isWeather } from '../../../engine/nats/errors.ts'
import { notFound, type RequestError, refuse, refuseError } from '../http/refuse.ts'
import type { Authentication, SignedInStaff } from './principal.ts'

/**
 * Serves the routes of this plugin to one role only: JSON in and out, not cached.
 *
 * Returns the function that names the sender of a request to these routes.
 */
export function requireRole(
  fastify: FastifyInstance,
  authenticate: (request: FastifyRequest) => Promise<Authentication>,
): (request: FastifyRequest) => SignedInStaff {
  const principals = new WeakMap<FastifyRequest, SignedInStaff>()
  // Before a body is read.
  fastify.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const found = await authenticate(request)
    if (!found.ok) return refuse(reply, found.error.code, found.error.message)
    principals.set(request, found.value)
  })
  fastify.removeContentTypeParser('text/plain')
  fastify.setErrorHandler(answerError)
  fastify.setNotFoundHandler((_, reply) => notFound(reply, 'there is nothing here'))
  return (request) => principals.get(request) as SignedInStaff
}

function answerError(error: RequestError, _: FastifyRequest, reply: FastifyReply): FastifyReply {
  // The gateway's own handler answers and logs.
  if (isWeather(error)) throw error
  const refused = refuseError(reply, error)
  if (refused) return refused
  const { statusCode, message } = error
  if (statusCode === 400 || statusCode === 415)
    return refuse(reply, 'not_json', `the body is not valid JSON: ${message}`, statusCode)
  throw error
}
