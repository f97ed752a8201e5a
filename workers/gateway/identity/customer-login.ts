import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose'
import { readDetails } from '../../../engine/texts/details.ts'
import {
  type Attributes,
  type Customer,
  emailLengthMax,
  externalIdLengthMax,
} from '../../../schemas/conversation/customer.ts'
import { attributeLengthMax, nameLengthMax } from '../../../schemas/limits.ts'
import { type LoginError, tokenLengthMax } from '../../../schemas/protocol/widget.ts'
import { type Result, success } from '../../../schemas/result.ts'
import { codePoints, token as tokenSchema } from '../../../schemas/token.ts'
import { type GatewayError, refusal, refusals } from '../http/refusals.ts'

/** How much the clock of the company's server may differ from the gateway's, in seconds. */
export const clockSkewSeconds = 60

/** A customer, and the id of the key that vouches for them. */
export interface VerifiedLogin {
  customer: Customer
  kid: string
}

/** Thrown inside this module only. The message tells the company's developers what to change. */
class LoginRefused extends Error {
  readonly code: LoginError

  constructor(code: LoginError, message: string = refusals[code].message) {
    super(message)
    this.code = code
  }
}

/**
 * The customer that a JWT of the company's server names, or why the JWT is refused.
 *
 * No claim is read before the signature is verified: without a key one can only learn which key ids exist.
 *
 * @param secretOf the secret of a key that is not revoked
 */
export async function verifyLogin(
  token: string,
  secretOf: (kid: string) => Uint8Array | undefined,
): Promise<Result<VerifiedLogin, GatewayError<LoginError>>> {
  try {
    const { claims, kid } = await verifiedClaims(token, secretOf)
    return success({ customer: customerOf(claims), kid })
  } catch (error) {
    if (!(error instanceof LoginRefused)) throw error
    return refusal(error.code, error.message)
  }
}

async function verifiedClaims(
  token: string,
  secretOf: (kid: string) => Uint8Array | undefined,
): Promise<{ claims: JWTPayload; kid: string }> {
  const { alg, kid } = headerOf(token)
  if (typeof kid !== 'string')
    throw new LoginRefused('login_malformed', 'the header has no kid, the id of a key')
  if (alg !== 'HS256') throw new LoginRefused('login_algorithm')
  const secret = secretOf(kid)
  if (!secret) throw new LoginRefused('login_unknown_key')
  try {
    const options = { algorithms: ['HS256'], clockTolerance: clockSkewSeconds }
    return { claims: (await jwtVerify(token, secret, options)).payload, kid }
  } catch (error) {
    throw refusalOf(error)
  }
}

function headerOf(token: string): { alg?: unknown; kid?: unknown } {
  if (token.length > tokenLengthMax)
    throw new LoginRefused('login_malformed', `the token has more than ${tokenLengthMax} characters`)
  try {
    return decodeProtectedHeader(token)
  } catch {
    throw new LoginRefused('login_malformed')
  }
}

function refusalOf(error: unknown): unknown {
  if (error instanceof errors.JWSSignatureVerificationFailed) return new LoginRefused('login_signature')
  if (error instanceof errors.JWTExpired) return new LoginRefused('login_expired')
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.claim === 'nbf' && error.reason === 'check_failed'
      ? new LoginRefused('login_expired', 'nbf has not come yet')
      : new LoginRefused('login_claims', `${error.claim} is not a number`)
  return error instanceof errors.JOSEError ? new LoginRefused('login_malformed') : error
}

function customerOf(claims: JWTPayload): Customer {
  if (claims.scope !== 'user') throw new LoginRefused('login_scope')
  const externalId = claims.external_id
  if (!isText(externalId, externalIdLengthMax) || externalId === '')
    throw new LoginRefused('login_external_id')
  const name = optionalText(claims, 'name', nameLengthMax)
  const email = optionalText(claims, 'email', emailLengthMax)
  const emailVerified = claims.email_verified
  if (emailVerified !== undefined && typeof emailVerified !== 'boolean')
    throw new LoginRefused('login_claims', 'email_verified is neither true nor false')
  const usableName = accepted('name', name)
  const usableEmail = accepted('email', email)
  return {
    externalId,
    ...(usableName !== undefined && { name: usableName }),
    ...(usableEmail !== undefined && { email: usableEmail }),
    ...(usableEmail !== undefined && emailVerified !== undefined && { emailVerified }),
    ...attributesOf(claims),
  }
}

/** Claims that are not attributes: those of RFC 7519, and the identity's own. */
const ownClaims = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'],
  ...['scope', 'external_id', 'name', 'email', 'email_verified'],
])

/** The other claims that are short texts, numbers or yes and no: the engine keeps those that the channel names. */
function attributesOf(claims: JWTPayload): { attributes?: Attributes } {
  const found = Object.entries(claims).filter(
    (claim): claim is [string, Attributes[string]] =>
      !ownClaims.has(claim[0]) && tokenSchema.safeParse(claim[0]).success && isAttribute(claim[1]),
  )
  return found.length > 0 ? { attributes: Object.fromEntries(found) } : {}
}

function isAttribute(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean' || isText(value, attributeLengthMax)
}

function optionalText(claims: JWTPayload, claim: string, lengthMax: number): string | undefined {
  const value = claims[claim]
  if (value === undefined || isText(value, lengthMax)) return value
  throw new LoginRefused('login_claims', `${claim} is not a text of at most ${lengthMax} characters`)
}

/** Lone surrogates are refused: on the way through NATS they would all become the same character. */
function isText(value: unknown, lengthMax: number): value is string {
  return typeof value === 'string' && codePoints(value) <= lengthMax && !/\p{Surrogate}/u.test(value)
}

/**
 * The value that the engine would accept from a form. One that it would refuse (an address with accents, a name with a
 * line break) is left out, so that the customer is asked for it: the login does not fail, and no agent gets an address
 * that mail does not reach.
 */
function accepted(field: 'name' | 'email', value: string | undefined): string | undefined {
  const read = readDetails({ [field]: value }, [])
  return read.ok ? read.value[field] : undefined
}
