import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { Bucket } from '../../../engine/nats/bucket.ts'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import type { StaffRole } from '../../../schemas/roles.ts'
import type { GatewaySettings } from '../../settings/gateway.ts'
import { SignInTries } from '../http/sign-in-tries.ts'
import type { CustomerIdentity } from './customer-identity.ts'
import { CustomerKeys } from './customer-keys.ts'
import { verifyLogin } from './customer-login.ts'
import { IdentityProvider } from './identity-provider.ts'
import { type CodeOrigin, OneTimeCodes } from './one-time-codes.ts'
import { People } from './people/people.ts'
import type { Authentication, Principal } from './principal.ts'
import { type RevocationListener, SessionTokens } from './session-tokens.ts'
import { SignOuts } from './sign-outs.ts'
import { SigningKeys } from './signing-keys.ts'
import { StaffCookies } from './staff-cookies.ts'
import { StaffSignIn } from './staff-sign-in.ts'
import { Unsubscribes } from './unsubscribes.ts'

export type IdentitySettings = Pick<GatewaySettings, 'publicUrl' | 'identityProvider' | 'remoteSignIn'>

/** Identifies customers, agents, administrators and engineers. */
export interface Identity extends CustomerIdentity {
  /** The keys that sign customers' logins. */
  keys: CustomerKeys
  unsubscribes: Unsubscribes
  /** The people who were here lately. */
  people: People
  /** Ends all sign-ins by cookie of a person, on all gateways. */
  signOut(id: string): Promise<void>
  /** Calls back for each conversation whose tokens are revoked, on any gateway. Returns how to stop it. */
  onRevoked(listener: RevocationListener): () => void
  /** The sender of a request, in a role. */
  authenticate(request: FastifyRequest, role: StaffRole): Promise<Authentication>
  /** A code that signs somebody in, once: on this machine, or with `remoteSignIn` from anywhere. */
  createCode(principal: Principal, validSeconds: number, origin?: CodeOrigin): Promise<string>
  /** Makes the unused codes of an origin unusable. */
  discardCodes(origin: CodeOrigin): Promise<void>
  /** `POST /v1/sign-in`, `POST /v1/sign-out`, `GET /v1/me`. */
  routes: FastifyPluginAsync
  stop(): void
}

/** @param role may read and write the bucket of secrets */
export async function startIdentity(
  role: RoleConnection,
  { publicUrl, identityProvider, remoteSignIn }: IdentitySettings,
  log: Logger,
): Promise<Identity> {
  const bucket = new Bucket(role, 'secrets')
  const keys = await CustomerKeys.open(bucket, log)
  const signing = await SigningKeys.open(bucket, log)
  const sessions = new SessionTokens(signing, bucket)
  const codes = new OneTimeCodes(bucket)
  const signOuts = await SignOuts.open(bucket)
  const people = new People(bucket)
  const tries = new SignInTries()
  const staff = new StaffSignIn({
    cookies: new StaffCookies(signing),
    codes,
    signOuts,
    people,
    tries,
    provider: identityProvider && new IdentityProvider(identityProvider, log),
    remoteSignIn,
    publicUrl,
    log,
  })
  return {
    keys,
    unsubscribes: new Unsubscribes(signing, bucket),
    people,
    signOut: (id) => signOuts.endOf(id),
    verifyLogin: (token) => verifyLogin(token, (kid) => keys.secretOf(kid)),
    issueSession: (session) => sessions.issue(session),
    readSession: async (token) => {
      const session = await sessions.read(token)
      return session?.key === undefined || keys.has(session.key) ? session : null
    },
    hasKey: (kid) => keys.has(kid),
    revokedLatelyAt: (conversation) => sessions.revokedLatelyAt(conversation),
    revokedAt: (conversation) => sessions.revokedAt(conversation),
    revoke: (conversation) => sessions.revoke(conversation),
    onRevoked: (listener) => sessions.onRevoked(listener),
    authenticate: (request, role) => staff.authenticate(request, role),
    createCode: (principal, validSeconds, origin) => codes.create(principal, validSeconds, origin),
    discardCodes: (origin) => codes.discard(origin),
    routes: staff.routes,
    stop: () => {
      keys.stop()
      signing.stop()
      sessions.stop()
      signOuts.stop()
      tries.stop()
    },
  }
}
