import type { FastifyReply } from 'fastify'
import type { Problem } from '../../../schemas/problem.ts'
import type { Invalid } from '../../../schemas/protocol/admin.ts'

/** Answers with an error as the protocol has them. */
export function refuse(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply.code(status).send({ code, message })
}

/** The same for a body or a query in which some fields are wrong. */
export function invalid(reply: FastifyReply, problems: readonly Problem[]): FastifyReply {
  const answer: Invalid = { code: 'invalid', message: 'some of it cannot be accepted', problems }
  return reply.code(422).send(answer)
}

export function notFound(reply: FastifyReply, message: string): FastifyReply {
  return refuse(reply, 404, 'not_found', message)
}
