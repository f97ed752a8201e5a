import { createHash, randomBytes } from 'node:crypto'
import type { SignedInStaff } from '../identity/principal.ts'

const ticketBytes = 32
const ticketMs = 10 * 60_000
/** The most tickets; beyond that the oldest become invalid. */
const ticketsMax = 1_000

/** The access that a ticket gives. */
export interface Grant {
  engineer: SignedInStaff
  conversation: string
  /** Whether what the customer typed may be seen. */
  isRevealed: boolean
  /** The address that asked for it: it is valid from there only, as the sign-in that it rests on may be. */
  address: string
}

/**
 * Tickets let a program without a cookie read one conversation, for a while, as often as it connects. They are kept in
 * the memory of this gateway only.
 */
export class Tickets {
  /** Keyed by the tickets' hashes, so that the time of a lookup reveals nothing of other tickets. */
  readonly #grants = new Map<string, Grant & { expiresAt: number }>()

  create(grant: Grant): { ticket: string; expiresAt: number } {
    const now = Date.now()
    for (const [hash, { expiresAt }] of this.#grants)
      if (expiresAt <= now || this.#grants.size >= ticketsMax) this.#grants.delete(hash)
      else break
    const ticket = randomBytes(ticketBytes).toString('base64url')
    const expiresAt = Math.min(now + ticketMs, grant.engineer.expiresAt)
    this.#grants.set(hashOf(ticket), { ...grant, expiresAt })
    return { ticket, expiresAt }
  }

  /** Nothing where the ticket is unknown or over, or is for another conversation or address. */
  grantOf(ticket: string, conversation: string, address: string): Grant | undefined {
    const grant = this.#grants.get(hashOf(ticket))
    if (!grant || grant.expiresAt <= Date.now() || grant.engineer.ended?.aborted) return undefined
    return grant.conversation === conversation && grant.address === address ? grant : undefined
  }
}

function hashOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('base64url')
}
