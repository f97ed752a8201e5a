import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { Bucket } from '../../../engine/nats/bucket.ts'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import type { StaffRole } from '../../../schemas/roles.ts'
import type { GatewaySettings } from '../../settings/gateway.ts'
import type { CustomerIdentity } from './customer-identity.ts'
import { CustomerKeys } from './customer-keys.ts'
import { verifyLogin } from './customer-login.ts'
import { IdentityProvider } from './identity-provider.ts'
import { OneTimeCodes } from './one-time-codes.ts'
import type { Authentication, Principal } from './principal.ts'
import { SessionTokens } from './session-tokens.ts'
import { SigningKeys } from './signing-keys.ts'
import { StaffCookies } from './staff-cookies.ts'
import { StaffSignIn } from './staff-sign-in.ts'

export type IdentitySettings = Pick<GatewaySettings, 'publicUrl' | 'identityProvider'>

/** Identifies customers, agents, administrators and engineers. */
export interface Identity extends CustomerIdentity {
  /** The keys that sign customers' logins. */
  keys: CustomerKeys
  /** Calls back for each conversation whose tokens are revoked, on any gateway. Returns how to stop it. */
  onRevoked(callback: (conversation: string) => void): () => void
  /** The sender of a request, in a role. */
  authenticate(request: FastifyRequest, role: StaffRole): Promise<Authentication>
  /** A code that signs somebody in on this machine, once. */
  createCode(principal: Principal, validSeconds: number): Promise<string>
  /** `POST /v1/sign-in`, `POST /v1/sign-out`, `GET /v1/me`. */
  routes: FastifyPluginAsync
  stop(): void
}

/** @param role may read and write the bucket of secrets */
export async function startIdentity(
  role: RoleConnection,
  { publicUrl, identityProvider }: IdentitySettings,
  log: Logger,
): Promise<Identity> {
  const bucket = new Bucket(role, 'secrets')
  const keys = await CustomerKeys.open(bucket, log)
  const signing = await SigningKeys.open(bucket, log)
  const sessions = new SessionTokens(signing, bucket)
  const codes = new OneTimeCodes(bucket)
  const staff = new StaffSignIn({
    cookies: new StaffCookies(signing, publicUrl?.startsWith('https:') === true),
    codes,
    provider: identityProvider && new IdentityProvider(identityProvider, log),
    publicUrl,
    log,
  })
  return {
    keys,
    verifyLogin: (token) => verifyLogin(token, (kid) => keys.secretOf(kid)),
    issueSession: (session) => sessions.issue(session),
    readSession: (token) => sessions.read(token),
    wasRevokedLately: (conversation) => sessions.wasRevokedLately(conversation),
    revoke: (conversation) => sessions.revoke(conversation),
    onRevoked: (callback) => sessions.onRevoked(callback),
    authenticate: (request, role) => staff.authenticate(request, role),
    createCode: (principal, validSeconds) => codes.create(principal, validSeconds),
    routes: staff.routes,
    stop: () => {
      keys.stop()
      signing.stop()
      sessions.stop()
    },
  }
}
