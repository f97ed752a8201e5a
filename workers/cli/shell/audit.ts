import { userInfo } from 'node:os'
import type { Nats } from '../../../engine/nats/connect.ts'
import { isWeather } from '../../../engine/nats/errors.ts'
import { AuditLog } from '../../../engine/nats/views/audit-log.ts'
import type { AuditAction, AuditEntry } from '../../../schemas/protocol/audit.ts'

/** The name of the account that runs the command; a container's user may have none. */
export function operatorName(): string | undefined {
  try {
    return userInfo().username
  } catch {
    return undefined
  }
}

/** Stores in the audit log what the operator is about to do. Throws where that cannot be stored. */
export async function note(nats: Nats, action: AuditAction, on: AuditEntry['on']): Promise<void> {
  const by = { id: operatorName() ?? 'unknown', role: 'operator' } as const
  try {
    await new AuditLog(nats).note(action, by, on)
  } catch (error) {
    if (!isWeather(error)) throw error
    throw new Error(
      'nothing was done: the audit log cannot be written; its stream AUDIT is made by the first engine of this version',
      { cause: error },
    )
  }
}
