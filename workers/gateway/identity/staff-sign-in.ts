import { randomBytes } from 'node:crypto'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { signInQuestion } from '../../../schemas/protocol/sign-in.ts'
import { type Result, success } from '../../../schemas/result.ts'
import { isStaffRole, type StaffRole, staffRoleNames } from '../../../schemas/roles.ts'
import { addressOf } from '../http/address.ts'
import { type GatewayError, refusal } from '../http/refusals.ts'
import { refuse } from '../http/refuse.ts'
import { isFromOwnPage, isFromThisMachine, isToLoopback } from '../http/request-source.ts'
import type { SignInTries } from '../http/sign-in-tries.ts'
import type { IdentityProvider } from './identity-provider.ts'
import type { OneTimeCodes } from './one-time-codes.ts'
import type { People } from './people/people.ts'
import type { Authentication, Principal } from './principal.ts'
import type { SignOuts } from './sign-outs.ts'
import { type CookieHolder, type StaffCookies, signedInMs } from './staff-cookies.ts'

export interface StaffSignInDeps {
  cookies: StaffCookies
  codes: OneTimeCodes
  signOuts: SignOuts
  /** Absent: people sign in on this machine, by one-time codes. */
  provider: IdentityProvider | undefined
  people: People
  tries: SignInTries
  /** Whether one-time codes are accepted from other machines, too. */
  remoteSignIn: boolean
  publicUrl: string | undefined
  log: Logger
}

const signInIdBytes = 16

/**
 * Signs in agents, administrators and engineers, and authenticates their requests.
 *
 * A JWT of the company's identity provider is accepted from anywhere; a one-time code, and the cookie that it was
 * exchanged for, from this machine only, whatever address the gateway listens on. With `remoteSignIn` it is accepted
 * wherever nobody on the way can read it: over HTTPS, or from a browser to which the gateway is `localhost`.
 */
export class StaffSignIn {
  readonly #deps: StaffSignInDeps

  constructor(deps: StaffSignInDeps) {
    this.#deps = deps
  }

  /** The sender of a request, in a role. */
  async authenticate(request: FastifyRequest, role: StaffRole): Promise<Authentication> {
    const jwt = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
    if (jwt !== undefined) return this.#bearer(jwt, role)
    const { cookies, signOuts } = this.#deps
    const holder = await cookies.read(request.headers.cookie, role, this.#isSecure(request))
    if (!holder) return refusal('sign_in_needed', `sign in as ${role}`)
    const { principal, by, signIn, expiresAt } = holder
    const ended = signOuts.signalOf(signIn, expiresAt, principal.id)
    if (ended.aborted) return refusal('sign_in_needed', `sign in again as ${role}: you have signed out`)
    if (by === undefined && !this.#takesCodes(request)) return refusal('sign_in_needed', this.#codesRule)
    if (by !== undefined && by !== this.#deps.provider?.issuer)
      return refusal('sign_in_needed', 'sign in again: the identity provider has changed')
    if (changesSomething(request) && !this.#isFromOwnPage(request)) return refusal('origin_refused')
    return success({ ...principal, expiresAt, ended })
  }

  /** `POST /v1/sign-in`, `POST /v1/sign-out`, `GET /v1/me`. */
  get routes(): FastifyPluginAsync {
    return async (fastify) => {
      fastify.addHook('onRequest', async (_, reply) => {
        reply.header('cache-control', 'no-store')
      })

      fastify.post('/v1/sign-in', async (request, reply) => {
        if (!this.#isFromOwnPage(request)) return refuse(reply, 'origin_refused')
        const { tries } = this.#deps
        const address = addressOf(request)
        const waitSeconds = tries.begin(address)
        if (waitSeconds > 0)
          return refuse(reply.header('retry-after', String(waitSeconds)), 'too_many_sign_ins')
        const signedIn = await this.#signIn(request).catch((error) => {
          tries.giveBack(address)
          throw error
        })
        if (!signedIn.ok) return refuse(reply, signedIn.error.code, signedIn.error.message)
        tries.giveBack(address)
        const holders = signedIn.value
        const isSecure = this.#isSecure(request)
        const cookies = await Promise.all(holders.map((holder) => this.#deps.cookies.make(holder, isSecure)))
        if (cookies.includes(undefined))
          return refuse(reply, 'sign_in_refused', 'the token names more workspaces than a cookie can hold')
        const [{ principal }] = holders
        const roles = holders.map((holder) => holder.principal.role)
        this.#deps.log.info({ id: principal.id, roles }, 'signed in')
        this.#deps.people.seen(principal, roles, true)
        return reply.header('set-cookie', cookies).send({ id: principal.id, name: principal.name, roles })
      })

      fastify.post('/v1/sign-out', async (request, reply) => {
        if (!this.#isFromOwnPage(request)) return refuse(reply, 'origin_refused')
        const { cookies, signOuts } = this.#deps
        const isSecure = this.#isSecure(request)
        const holders = await Promise.all(
          staffRoleNames.map((role) => cookies.read(request.headers.cookie, role, isSecure)),
        )
        // Ending the sign-in also ends copies of the cookies, and the pages that are open with them.
        for (const holder of holders) if (holder) await signOuts.end(holder.signIn, holder.expiresAt)
        return reply.header('set-cookie', cookies.removals(isSecure)).code(204).send()
      })

      fastify.get<{ Querystring: { role?: string } }>('/v1/me', async (request, reply) => {
        const { role } = request.query
        if (role === undefined) return { signedIn: await this.#signedIn(request) }
        if (!isStaffRole(role)) return refuse(reply, 'invalid', 'role: is not a known role', 400)
        const found = await this.authenticate(request, role)
        if (!found.ok) return refuse(reply, found.error.code, found.error.message)
        const { id, name, workspaces } = found.value
        return { id, name, roles: [role], workspaces }
      })
    }
  }

  /** The people that the request is signed in as, one for each role at most. */
  async #signedIn(request: FastifyRequest): Promise<Pick<Principal, 'role' | 'name'>[]> {
    const found = await Promise.all(staffRoleNames.map((role) => this.authenticate(request, role)))
    return found.flatMap((one) => (one.ok ? [{ role: one.value.role, name: one.value.name }] : []))
  }

  async #bearer(jwt: string, role: StaffRole): Promise<Authentication> {
    const { provider } = this.#deps
    const verified = provider ? await provider.verify(jwt) : noProvider
    if (!verified.ok) return refusal('sign_in_needed', verified.error.message)
    const { id, name, workspaces, roles, expiresAt } = verified.value
    if (!roles.includes(role)) return refusal('not_allowed', `this needs the role ${role}`)
    return success({ role, id, name, workspaces, expiresAt })
  }

  /** A cookie for each of the roles that the body signs in to. */
  async #signIn(request: FastifyRequest): Promise<Result<CookieHolders, GatewayError<'sign_in_refused'>>> {
    const body = signInQuestion.safeParse(request.body)
    if (!body.success) return refusal('sign_in_refused')
    const { codes, provider } = this.#deps
    const signIn = { id: randomBytes(signInIdBytes).toString('base64url'), at: Date.now() }
    if ('code' in body.data) {
      if (!this.#takesCodes(request)) return refusal('sign_in_refused', this.#codesRule)
      const principal = await codes.redeem(body.data.code)
      if (!principal) return refusal('sign_in_refused', linkUsed)
      return success([{ principal, by: undefined, signIn, expiresAt: signIn.at + signedInMs }])
    }
    const verified = provider ? await provider.verify(body.data.token) : noProvider
    if (!verified.ok) return verified
    const { id, name, workspaces, roles, expiresAt } = verified.value
    const by = provider?.issuer
    const holders = roles.map((role) => ({
      principal: { role, id, name, workspaces },
      by,
      signIn,
      expiresAt,
    }))
    return success(holders as CookieHolders)
  }

  #takesCodes(request: FastifyRequest): boolean {
    if (isFromThisMachine(request.raw)) return true
    return this.#deps.remoteSignIn && (this.#isSecure(request) || isToLoopback(request.raw))
  }

  /** Says where codes are accepted. */
  get #codesRule(): string {
    return this.#deps.remoteSignIn ? overHttpsOnly : onThisMachineOnly
  }

  /** Whether the page was reached over HTTPS: by the proxy's word, or by `publicUrl` for requests from elsewhere. */
  #isSecure(request: FastifyRequest): boolean {
    const isPublic = this.#deps.publicUrl?.startsWith('https:') && !isFromThisMachine(request.raw)
    return request.protocol === 'https' || isPublic === true
  }

  #isFromOwnPage(request: FastifyRequest): boolean {
    return isFromOwnPage(request, this.#deps.publicUrl)
  }
}

type CookieHolders = [CookieHolder, ...CookieHolder[]]

const noProvider = refusal('sign_in_refused', 'no identity provider is configured: see FRONTDESK_OIDC_ISSUER')
const linkUsed = 'this link was used already or has expired: npx frontdesk sign-in makes a new one'
const onThisMachineOnly =
  'one-time links, and who signed in by them, are accepted on the gateway’s own machine only, as http://127.0.0.1 or http://localhost'
const overHttpsOnly =
  'one-time links, and who signed in by them, are accepted over HTTPS only, or as http://127.0.0.1 or http://localhost'

function changesSomething({ method, headers }: FastifyRequest): boolean {
  return !['GET', 'HEAD'].includes(method) || headers.upgrade !== undefined
}
