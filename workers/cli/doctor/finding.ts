import type { Nats } from '../../../engine/nats/connect.ts'
import type { Settings } from '../../settings/settings.ts'

/** One thing that is wrong with an installation. Texts are English and hold no secret and nothing of customers. */
export interface Finding {
  /** Stable, for programs: `no_engine`. */
  code: string
  problem: string
  /** An instruction to the operator. */
  remedy: string
}

/** Looks at one part of a running installation, and changes nothing. May throw: doctor then reports `check_failed`. */
export interface Check {
  /** The part, as the line that says what was checked names it. */
  subject: string
  find(nats: Nats, settings: Settings): Promise<Finding[]>
}
