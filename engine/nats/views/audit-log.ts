import { parseJson } from '../../../schemas/parse-json.ts'
import {
  type AuditAction,
  type AuditAnswer,
  type AuditEntry,
  type AuditedAct,
  type AuditQuestion,
  auditEntry,
} from '../../../schemas/protocol/audit.ts'
import type { RoleConnection } from '../connect.ts'
import { directGet } from '../direct-get.ts'
import { streams, subjects } from '../topology.ts'

const batchBytes = 256 * 1024

type Asked = Omit<AuditQuestion, 'from' | 'to' | 'limit' | 'before'>

/** The stream AUDIT: who did what, when. */
export class AuditLog {
  readonly #role: Pick<RoleConnection, 'publisher'>

  constructor(role: Pick<RoleConnection, 'publisher'>) {
    this.#role = role
  }

  /**
   * Stores what somebody is about to do. It comes before the act, so that nothing is done without a trace; the act may
   * still fail. Throws transient errors: then it is not to be done.
   */
  async note(action: AuditAction, by: AuditEntry['by'], on: AuditEntry['on']): Promise<void> {
    await this.#role.publisher.publish(
      subjects.audit(action),
      JSON.stringify({ by, on } satisfies AuditEntry),
    )
  }

  /** All entries that match, from an instant on, in order. */
  async *from(from: Date, asked: Asked = {}): AsyncGenerator<AuditedAct> {
    const filter = subjects.audit(asked.action ?? '*')
    for await (const { seq, at, subject, body } of directGet(
      this.#role,
      streams.audit,
      filter,
      from,
      batchBytes,
    )) {
      const { data } = auditEntry.safeParse(parseJson(Buffer.from(body).toString()))
      const action = subject.slice(subjects.audit('').length)
      if (data && matches(data, asked))
        yield { sequence: seq, at: new Date(at).toISOString(), action, ...data }
    }
  }

  /** The latest entries that match, the latest first. Reads all from `from` on, and keeps one page in memory. */
  async latest({
    from,
    to,
    before,
    limit,
    ...asked
  }: AuditQuestion & { from: string }): Promise<AuditAnswer> {
    const page: AuditedAct[] = []
    let found = 0
    for await (const entry of this.from(new Date(from), asked)) {
      if (entry.sequence >= (before ?? Infinity) || Date.parse(entry.at) > (to ? Date.parse(to) : Infinity))
        break
      found++
      if (page.push(entry) > limit) page.shift()
    }
    return { entries: page.reverse(), isMore: found > page.length }
  }
}

function matches({ by, on }: AuditEntry, asked: Asked): boolean {
  if (asked.kind !== undefined && on.kind !== asked.kind) return false
  if (asked.id !== undefined && on.id !== asked.id) return false
  const wanted = asked.by?.toLowerCase()
  return wanted === undefined || [by.id, by.name].some((name) => name?.toLowerCase().includes(wanted))
}
