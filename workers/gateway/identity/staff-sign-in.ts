import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { IdentityProvider } from './identity-provider.ts'
import { isFromOwnPage } from './is-from-own-page.ts'
import { isFromThisMachine } from './is-from-this-machine.ts'
import type { OneTimeCodes } from './one-time-codes.ts'
import { isStaffRole, type Principal, type Refusal, type StaffRole } from './principal.ts'
import { type CookieHolder, type StaffCookies, signedInMs } from './staff-cookies.ts'

/** Who is signed in, and until when: epoch milliseconds. */
export interface SignedIn extends Principal {
  expiresAt: number
}

export interface StaffSide {
  cookies: StaffCookies
  codes: OneTimeCodes
  /** Nobody: people come from this machine, by one-time codes. */
  provider: IdentityProvider | undefined
  publicUrl: string | undefined
  log: Logger
}

const signInBody = z.union([z.object({ code: z.string() }), z.object({ token: z.string() })])

/**
 * Agents, administrators and engineers: who they are, and how they sign in.
 *
 * By a JWT of the company's identity provider from anywhere; by a one-time code, and by the cookie that it was
 * changed for, from this machine only, whatever address the gateway listens on.
 */
export class StaffSignIn {
  readonly #side: StaffSide

  constructor(side: StaffSide) {
    this.#side = side
  }

  /** Who asks, in a role. What is refused as `sign_in_needed` is answered 401, all else 403. */
  async principalOf(request: FastifyRequest, role: StaffRole): Promise<SignedIn | Refusal> {
    const jwt = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
    if (jwt !== undefined) return this.#bearer(jwt, role)
    const holder = await this.#side.cookies.read(request.headers.cookie, role)
    const needed = holder ? this.#refusedHolder(holder, request) : `sign in as ${role}`
    if (!holder || needed !== undefined) return { code: 'sign_in_needed', message: needed ?? '' }
    if (changesSomething(request) && !this.#isOwn(request)) return notOwnPage
    return { ...holder.principal, expiresAt: holder.expiresAt }
  }

  /** `POST /v1/sign-in`, `POST /v1/sign-out`, `GET /v1/me`. */
  get routes(): FastifyPluginAsync {
    return async (fastify) => {
      fastify.addHook('onRequest', async (_, reply) => {
        reply.header('cache-control', 'no-store')
      })

      fastify.post('/v1/sign-in', async (request, reply) => {
        if (!this.#isOwn(request)) return reply.code(403).send(notOwnPage)
        const holders = await this.#signIn(request)
        if (typeof holders === 'string') return refuseSignIn(reply, holders)
        const cookies = await Promise.all(holders.map((holder) => this.#side.cookies.make(holder)))
        if (cookies.includes(null))
          return refuseSignIn(reply, 'the token names more workspaces than a cookie holds')
        const [{ principal }] = holders
        const roles = holders.map((holder) => holder.principal.role)
        this.#side.log.info({ id: principal.id, roles }, 'signed in')
        return reply.header('set-cookie', cookies).send({ id: principal.id, name: principal.name, roles })
      })

      fastify.post('/v1/sign-out', async (request, reply) => {
        if (!this.#isOwn(request)) return reply.code(403).send(notOwnPage)
        return reply.header('set-cookie', this.#side.cookies.removals()).code(204).send()
      })

      fastify.get<{ Querystring: { role?: string } }>('/v1/me', async (request, reply) => {
        const { role } = request.query
        if (!isStaffRole(role)) return reply.code(400).send({ code: 'invalid', message: 'role: is no role' })
        const principal = await this.principalOf(request, role)
        if ('code' in principal)
          return reply.code(principal.code === 'sign_in_needed' ? 401 : 403).send(principal)
        const { id, name, workspaces } = principal
        return { id, name, roles: [role], workspaces }
      })
    }
  }

  async #bearer(jwt: string, role: StaffRole): Promise<SignedIn | Refusal> {
    const { provider } = this.#side
    const staff = provider ? await provider.verify(jwt) : noProvider
    if (typeof staff === 'string') return { code: 'sign_in_needed', message: staff }
    const { id, name, workspaces, roles, expiresAt } = staff
    if (!roles.includes(role)) return { code: 'not_allowed', message: `the token’s owner is no ${role}` }
    return { role, id, name, workspaces, expiresAt }
  }

  /** One for each role; or why not. */
  async #signIn(request: FastifyRequest): Promise<[CookieHolder, ...CookieHolder[]] | string> {
    const body = signInBody.safeParse(request.body)
    if (!body.success) return 'neither a code nor a token is given'
    const { codes, provider } = this.#side
    if ('code' in body.data) {
      if (!isFromThisMachine(request.raw)) return onThisMachineOnly
      const principal = await codes.take(body.data.code)
      if (!principal)
        return 'this link was used already, or is too old: npx frontdesk sign-in makes a new one'
      return [{ principal, by: undefined, expiresAt: Date.now() + signedInMs }]
    }
    const staff = provider ? await provider.verify(body.data.token) : noProvider
    if (typeof staff === 'string') return staff
    const { id, name, workspaces, roles, expiresAt } = staff
    const by = provider?.issuer
    const holders = roles.map((role) => ({ principal: { role, id, name, workspaces }, by, expiresAt }))
    return holders as [CookieHolder, ...CookieHolder[]]
  }

  /** Why a cookie does not count for this request: it was given for something else. */
  #refusedHolder({ by }: CookieHolder, request: FastifyRequest): string | undefined {
    if (by === undefined) return isFromThisMachine(request.raw) ? undefined : onThisMachineOnly
    return by === this.#side.provider?.issuer
      ? undefined
      : 'sign in again: the identity provider is another one'
  }

  #isOwn(request: FastifyRequest): boolean {
    return isFromOwnPage(request, this.#side.publicUrl)
  }
}

const noProvider = 'no identity provider is configured: see FRONTDESK_OIDC_ISSUER'
const onThisMachineOnly =
  'one-time links and what they sign in count on the gateway’s own machine only, as http://127.0.0.1 or http://localhost'
const notOwnPage: Refusal = {
  code: 'origin_refused',
  message:
    'this may be asked by the gateway’s own pages (behind a proxy: those of FRONTDESK_PUBLIC_URL), or with a JWT as Authorization: Bearer',
}

function changesSomething({ method, headers }: FastifyRequest): boolean {
  return !['GET', 'HEAD'].includes(method) || headers.upgrade !== undefined
}

function refuseSignIn(reply: FastifyReply, message: string): FastifyReply {
  return reply.code(401).send({ code: 'sign_in_refused', message })
}
