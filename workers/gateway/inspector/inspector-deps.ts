import type { FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Registry } from '../../../engine/machines/definitions.ts'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import type { Machines } from '../../../engine/ports.ts'
import type { AuditAction, AuditEntry } from '../../../schemas/protocol/audit.ts'
import type { SignedInStaff } from '../identity/principal.ts'

export interface InspectorDeps {
  /** In the role that reads and changes nothing. */
  inspector: RoleConnection
  /** The machines that are loaded; `machines` loads others into it, by name. */
  definitions: Registry
  machines: Machines
  log: Logger
}

/** The dependencies of routes that need to know the engineer of a request. */
export interface EngineerRouteDeps extends InspectorDeps {
  /** Stores what an engineer is about to do. */
  audit: (request: FastifyRequest, action: AuditAction, on: AuditEntry['on']) => Promise<void>
  engineerOf(request: FastifyRequest): SignedInStaff
}

export function auditedEngineer({ id, name }: SignedInStaff): AuditEntry['by'] {
  return { id, name, role: 'engineer' }
}
