import type { FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Registry } from '../../../engine/machines/definitions.ts'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import type { Machines } from '../../../engine/ports.ts'
import type { Refusal } from '../identity/principal.ts'
import type { SignedIn } from '../identity/staff-sign-in.ts'

/** What the inspector's routes work with. */
export interface InspectorSide {
  /** The role that looks, and changes nothing. */
  inspector: RoleConnection
  /** The machines that are at hand; `machines` has others added, by their names. */
  definitions: Registry
  machines: Machines
  log: Logger
  /** The engineer who asks. */
  principal(request: FastifyRequest): SignedIn
}

export interface LockedSide extends Omit<InspectorSide, 'principal'> {
  /** Who asks, as an engineer. */
  principalOf(request: FastifyRequest): Promise<SignedIn | Refusal>
}
