import type { SignedIn } from './staff-sign-in.ts'

/** The longest that Node's timers can be; a longer one would be over at once. */
const timeoutMsMax = 2 ** 31 - 1

/** Aborted once somebody is not signed in any more: who goes on reading then, reads no more. */
export function signInEnds({ expiresAt }: Pick<SignedIn, 'expiresAt'>): AbortSignal {
  return AbortSignal.timeout(Math.min(Math.max(0, expiresAt - Date.now()), timeoutMsMax))
}
