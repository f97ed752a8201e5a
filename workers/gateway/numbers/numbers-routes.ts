import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { parse } from '../../../schemas/problem.ts'
import { type NumbersAnswer, numbersQuery } from '../../../schemas/protocol/numbers.ts'
import type { StaffRole } from '../../../schemas/roles.ts'
import { notifierAnswer } from '../http/notifier-answer.ts'
import { invalid, refuse } from '../http/refuse.ts'
import type { Authentication } from '../identity/principal.ts'
import { requireRole } from '../identity/require-role.ts'
import { numbersCsv } from './numbers-csv.ts'

/** A CSV waits for a notifier that still reads: so many times, with this pause. */
const triesMax = 40
const pauseMs = 250

export interface NumbersRouteDeps {
  /** In the role of an agent workspace. */
  workspace: RoleConnection
  authenticate(request: FastifyRequest, role: StaffRole): Promise<Authentication>
}

/** `/v1/numbers`, by PROTOCOL.md: all workspaces for an administrator, their own ones for an agent. */
export function numbersRoutes({ workspace: nats, authenticate }: NumbersRouteDeps): FastifyPluginAsync {
  const routes: FastifyPluginAsync = async (fastify) => {
    const senderOf = requireRole(fastify, async (request) => {
      const administrator = await authenticate(request, 'administrator')
      return administrator.ok ? administrator : authenticate(request, 'agent')
    })

    /** The answer; nothing where the reply was sent already. */
    const ask = async (request: FastifyRequest, reply: FastifyReply): Promise<NumbersAnswer | undefined> => {
      const asked = parse(numbersQuery, request.query)
      if (!asked.ok) {
        invalid(reply, asked.error.problems)
        return undefined
      }
      const { workspace, ...question } = asked.value
      const { role, workspaces } = senderOf(request)
      const own = role === 'administrator' || workspaces === 'all' ? undefined : workspaces
      if (workspace !== undefined && own?.includes(workspace) === false) {
        refuse(reply, 'not_allowed', `you have no access to the workspace ${workspace}`)
        return undefined
      }
      const chosen = workspace === undefined ? own : [workspace]
      const answer = await notifierAnswer<NumbersAnswer>(nats, 'numbers', { ...question, workspaces: chosen })
      if (answer.ok) return answer.value
      refuse(reply, answer.error.code, answer.error.message)
      return undefined
    }

    fastify.get('', async (request, reply) => (await ask(request, reply)) ?? reply)

    fastify.get('.csv', async (request, reply) => {
      for (let tries = 0; tries < triesMax; tries++) {
        const answer = await ask(request, reply)
        if (!answer) return reply
        if (!answer.progress)
          return reply
            .header('content-disposition', 'attachment; filename="numbers.csv"')
            .type('text/csv; charset=utf-8')
            .send(numbersCsv(answer))
        await sleep(pauseMs)
      }
      return refuse(reply, 'busy', 'the notifier still reads the records: try again')
    })
  }
  return async (fastify) => {
    await fastify.register(routes, { prefix: '/v1/numbers' })
  }
}
