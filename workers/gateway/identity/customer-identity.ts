import type { LoginError } from '../../../schemas/protocol/widget.ts'
import type { Result } from '../../../schemas/result.ts'
import type { GatewayError } from '../http/refusals.ts'
import type { VerifiedLogin } from './customer-login.ts'
import type { Session } from './session-tokens.ts'

/** The part of `Identity` that customers' connections need. */
export interface CustomerIdentity {
  /** The customer that a company's JWT names. */
  verifyLogin(token: string): Promise<Result<VerifiedLogin, GatewayError<LoginError>>>
  /** Whether a key that signs logins is not revoked. */
  hasKey(kid: string): boolean
  issueSession(session: Session): Promise<string>
  /** `null`: the token opens no session, or the key that it rests on was revoked. Throws transient errors. */
  readSession(token: string): Promise<Session | null>
  /** The logout by which this gateway closed the conversation's connections a moment ago; `undefined`: none. */
  revokedLatelyAt(conversation: string): string | undefined
  /** Names the last logout of the conversation; `undefined`: there was none. Throws transient errors. */
  revokedAt(conversation: string): Promise<string | undefined>
  /** Refuses all tokens of the conversation from now on, on all gateways. */
  revoke(conversation: string): Promise<void>
}
