import type { Customer } from '../../../schemas/conversation/customer.ts'
import type { LoginError } from '../../../schemas/protocol/widget.ts'
import type { Result } from '../../../schemas/result.ts'
import type { GatewayError } from '../refusals.ts'
import type { Session } from './session-tokens.ts'

/** Who customers are: what their connections are given, and no more. */
export interface CustomerIdentity {
  /** Who a company says that its user is, or why that is not believed. */
  verifyLogin(token: string): Promise<Result<Customer, GatewayError<LoginError>>>
  issueSession(session: Session): Promise<string>
  /** `null`: it opens nothing. Throws what is weather. */
  readSession(token: string): Promise<Session | null>
  /** Whether this gateway was told so a moment ago: its connections from before have ended. */
  wasRevokedLately(conversation: string): boolean
  /** All tokens of the conversation are refused from now on; all gateways are told. */
  revoke(conversation: string): Promise<void>
}
