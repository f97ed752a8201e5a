import type { Result } from '../../../schemas/result.ts'
import type { StaffRole } from '../../../schemas/roles.ts'
import type { GatewayError } from '../http/refusals.ts'

/** An agent, an administrator or an engineer. */
export interface Principal {
  role: StaffRole
  id: string
  name: string
  workspaces: string[] | 'all'
}

/** Somebody who is signed in, until `expiresAt` in epoch milliseconds. */
export interface SignedInStaff extends Principal {
  expiresAt: number
}

/** The sender of a request, in the role that its route needs; or why it is refused. */
export type Authentication = Result<
  SignedInStaff,
  GatewayError<'sign_in_needed' | 'not_allowed' | 'origin_refused'>
>

/** The longest that Node's timers can be, 24 days; a longer one would fire at once. */
const timeoutMsMax = 2 ** 31 - 1

/** How long a sign-in still holds. */
export function signedInMsOf({ expiresAt }: Pick<SignedInStaff, 'expiresAt'>): number {
  return Math.min(Math.max(0, expiresAt - Date.now()), timeoutMsMax)
}

/** Aborts when the sign-in ends. */
export function signInEnds(signedIn: Pick<SignedInStaff, 'expiresAt'>): AbortSignal {
  return AbortSignal.timeout(signedInMsOf(signedIn))
}
