import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AuditLog } from '../../../engine/nats/views/audit-log.ts'
import { parse } from '../../../schemas/problem.ts'
import {
  type AuditAction,
  type AuditAnswer,
  type AuditEntry,
  type AuditedAct,
  auditDaysDefault,
  auditQuestion,
} from '../../../schemas/protocol/audit.ts'
import { invalid } from '../http/refuse.ts'

/** Stores what an administrator is about to do, and logs it in these words. Throws transient errors. */
export type Audit = (
  request: FastifyRequest,
  action: AuditAction,
  on: AuditEntry['on'],
  act: string,
) => Promise<void>

/** The audit log: a page of it, or all as CSV. */
export function auditRoutes(fastify: FastifyInstance, audit: Pick<AuditLog, 'from' | 'latest'>): void {
  const read = (request: FastifyRequest) => {
    const asked = parse(auditQuestion, request.query)
    const from = new Date(Date.now() - auditDaysDefault * 86_400_000).toISOString()
    return asked.ok ? { ok: true as const, value: { ...asked.value, from: asked.value.from ?? from } } : asked
  }

  fastify.get('/audit', async (request, reply): Promise<AuditAnswer | typeof reply> => {
    const asked = read(request)
    return asked.ok ? audit.latest(asked.value) : invalid(reply, asked.error.problems)
  })

  fastify.get('/audit.csv', async (request, reply) => {
    const asked = read(request)
    if (!asked.ok) return invalid(reply, asked.error.problems)
    const { from, to, limit: _, before: __, ...question } = asked.value
    const until = to === undefined ? Infinity : Date.parse(to)
    const lines = async function* () {
      yield `${auditColumns.join(',')}\r\n`
      for await (const act of audit.from(new Date(from), question)) {
        if (Date.parse(act.at) > until) return
        yield auditLine(act)
      }
    }
    return reply
      .header('content-disposition', 'attachment; filename="audit.csv"')
      .type('text/csv; charset=utf-8')
      .send(Readable.from(lines()))
  })
}

const auditColumns = ['at', 'by', 'name', 'role', 'action', 'kind', 'id', 'revision']

function auditLine({ at, by, action, on }: AuditedAct): string {
  const cells = [at, by.id, by.name ?? '', by.role, action, on.kind, on.id, `${on.revision ?? ''}`]
  return `${cells.map(cell).join(',')}\r\n`
}

/** In quotes where it has to be; a spreadsheet would run what begins like a formula. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
