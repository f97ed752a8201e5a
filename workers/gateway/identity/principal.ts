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

/** A sign-in by cookie, in one or several roles; it can be ended. */
export interface StaffSignInId {
  id: string
  /** When it was made, in epoch milliseconds. */
  at: number
}

/** How long somebody is signed in. */
export interface SignInValidity {
  /** In epoch milliseconds. */
  expiresAt: number
  /** Aborts where the sign-in is ended before; absent: nothing ends a JWT. */
  ended?: AbortSignal | undefined
}

/** Somebody who is signed in. */
export interface SignedInStaff extends Principal, SignInValidity {}

/** The sender of a request, in the role that its route needs; or why it is refused. */
export type Authentication = Result<
  SignedInStaff,
  GatewayError<'sign_in_needed' | 'not_allowed' | 'origin_refused'>
>

/** The longest that Node's timers can be, 24 days; a longer one would fire at once. */
const timeoutMsMax = 2 ** 31 - 1

/** Calls back once the sign-in has expired or was ended. Returns how to stop it. */
export function onSignInEnd({ expiresAt, ended }: SignInValidity, callback: () => void): () => void {
  const stop = () => {
    clearTimeout(timer)
    ended?.removeEventListener('abort', end)
  }
  const end = () => {
    stop()
    callback()
  }
  // A claim may have a fraction of a second: timers have whole milliseconds.
  const leftMs = Math.min(Math.max(0, Math.floor(expiresAt - Date.now())), timeoutMsMax)
  const timer = setTimeout(end, ended?.aborted ? 0 : leftMs)
  timer.unref()
  ended?.addEventListener('abort', end)
  return stop
}

/** Aborts once the sign-in has expired or was ended, until `gone` aborts. */
export function signInEnds(signedIn: SignInValidity, gone: AbortSignal): AbortSignal {
  const ends = new AbortController()
  const stop = onSignInEnd(signedIn, () => ends.abort())
  gone.addEventListener('abort', stop, { once: true })
  return ends.signal
}
