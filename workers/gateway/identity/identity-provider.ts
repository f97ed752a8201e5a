import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import type { Logger } from 'pino'
import { agentFieldLengthMax } from '../../../schemas/limits.ts'
import { type Result, success } from '../../../schemas/result.ts'
import { type StaffRole, staffRoleNames } from '../../../schemas/roles.ts'
import { codePoints, token } from '../../../schemas/token.ts'
import type { ProviderSettings } from '../../settings/gateway.ts'
import { type GatewayError, refusal } from '../http/refusals.ts'
import { clockSkewSeconds } from './customer-login.ts'

/** The longest JWT of an identity provider, in characters: some carry hundreds of groups. */
export const providerTokenLengthMax = 16_384

/** No symmetric algorithms: whoever can verify a token could make one. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]
/** An unknown key id makes the keys be fetched again, at most this often. */
const fetchPauseMs = 30_000

/** A person of the company, from the identity provider's token. */
export interface Staff {
  id: string
  name: string
  roles: StaffRole[]
  workspaces: string[] | 'all'
  /** In epoch milliseconds. */
  expiresAt: number
}

/** Verifies tokens of a company's identity provider. */
export class IdentityProvider {
  readonly #settings: ProviderSettings
  readonly #keys: ReturnType<typeof createRemoteJWKSet>
  readonly #log: Logger

  constructor(settings: ProviderSettings, log: Logger, cooldownDuration = fetchPauseMs) {
    this.#settings = settings
    this.#keys = createRemoteJWKSet(new URL(settings.jwksUrl), { cooldownDuration })
    this.#log = log
  }

  get issuer(): string {
    return this.#settings.issuer
  }

  /** The person that a token names, once the token is verified. */
  async verify(jwt: string): Promise<Verified> {
    if (jwt.length > providerTokenLengthMax)
      return refused(`the token has more than ${providerTokenLengthMax} characters`)
    const { issuer, audience } = this.#settings
    try {
      const { payload } = await jwtVerify(jwt, this.#keys, {
        algorithms,
        issuer,
        audience,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: clockSkewSeconds,
      })
      return this.#staffOf(payload)
    } catch (error) {
      return refused(this.#explain(error))
    }
  }

  #staffOf(claims: JWTPayload): Verified {
    const { rolesClaim, workspacesClaim, roleNames } = this.#settings
    const { sub: id, exp = 0 } = claims
    if (!isName(id)) return refused(`sub is not a text of 1 to ${agentFieldLengthMax} characters`)
    const given = [claimOf(claims, rolesClaim)].flat()
    const roles = staffRoleNames.filter((role) => given.includes(roleNames[role]))
    if (roles.length === 0)
      return refused(`${rolesClaim} has none of frontdesk’s roles: ${Object.values(roleNames).join(', ')}`)
    const workspaces = workspacesOf(claimOf(claims, workspacesClaim))
    if (workspaces === undefined)
      return refused(`${workspacesClaim} is neither a list of workspaces nor "all"`)
    const name = [claims.name, claims.preferred_username, claims.email].find(isName) ?? id
    return success({ id, name, roles, workspaces, expiresAt: Math.floor(exp * 1000) })
  }

  #explain(error: unknown): string {
    if (error instanceof errors.JWTExpired) return 'the token has expired'
    if (error instanceof errors.JWTClaimValidationFailed)
      return `the token’s ${error.claim} is not the expected one`
    if (error instanceof errors.JOSEAlgNotAllowed) return 'the token’s alg is not accepted'
    if (error instanceof errors.JWSSignatureVerificationFailed) return 'the token’s signature is not valid'
    if (error instanceof errors.JWKSNoMatchingKey) return 'the identity provider has no key of this kid'
    if (tokenErrors.some((type) => error instanceof type)) return 'the token is not a JWT'
    // Every other error comes from fetching the keys.
    this.#log.warn({ reason: (error as Error).message }, 'the identity provider’s keys cannot be fetched')
    return 'the keys of the identity provider cannot be fetched: try again'
  }
}

type Verified = Result<Staff, GatewayError<'sign_in_refused'>>
const refused = (message: string) => refusal('sign_in_refused', message)

const tokenErrors = [errors.JWSInvalid, errors.JWTInvalid, errors.JOSENotSupported]

/** The claim of that very name, which may be a URL with dots; otherwise the dots lead into objects. */
function claimOf(claims: JWTPayload, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let found: unknown = claims
  for (const part of name.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined
    found = (found as Record<string, unknown>)[part]
  }
  return found
}

/** A list, one name, or "all". Without the claim: `main`, which exists without any configuration. */
function workspacesOf(claim: unknown): Staff['workspaces'] | undefined {
  if (claim === undefined) return ['main']
  if (claim === 'all') return 'all'
  const given = [claim].flat()
  return given.every((each) => token.safeParse(each).success) ? (given as string[]) : undefined
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && codePoints(value) <= agentFieldLengthMax
}
