import type { Result } from '../../../schemas/result.ts'
import type { GatewayError } from '../refusals.ts'

export const staffRoles = ['agent', 'administrator', 'engineer'] as const
export type StaffRole = (typeof staffRoles)[number]

/** An agent, an administrator or an engineer. */
export interface Principal {
  role: StaffRole
  id: string
  name: string
  workspaces: string[] | 'all'
}

/** Somebody who is signed in, until `expiresAt` in epoch milliseconds. */
export interface SignedIn extends Principal {
  expiresAt: number
}

/** Who sent a request, in the role that its route needs; or why it is refused. */
export type Authentication = Result<
  SignedIn,
  GatewayError<'sign_in_needed' | 'not_allowed' | 'origin_refused'>
>

/** The longest that Node's timers can be, 24 days; a longer one would fire at once. */
const timeoutMsMax = 2 ** 31 - 1

/** How long a sign-in still holds. */
export function signedInMsOf({ expiresAt }: Pick<SignedIn, 'expiresAt'>): number {
  return Math.min(Math.max(0, expiresAt - Date.now()), timeoutMsMax)
}

/** Aborts when the sign-in ends. */
export function signInEnds(signedIn: Pick<SignedIn, 'expiresAt'>): AbortSignal {
  return AbortSignal.timeout(signedInMsOf(signedIn))
}

export function isStaffRole(role: unknown): role is StaffRole {
  return (staffRoles as readonly unknown[]).includes(role)
}
