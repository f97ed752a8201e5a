import { fastifyCookie } from '@fastify/cookie'
import { z } from 'zod'
import { type StaffRole, staffRoleNames } from '../../../schemas/roles.ts'
import type { Principal, StaffSignInId } from './principal.ts'
import type { SigningKeys } from './signing-keys.ts'

/** The longest that a sign-in is valid, in milliseconds. */
export const signedInMs = 12 * 3_600_000
/** Browsers silently drop a larger cookie (RFC 6265 6.1), in bytes. */
const cookieBytesMax = 4_096

const claims = z.object({
  sub: z.string().min(1),
  name: z.string(),
  workspaces: z.union([z.literal('all'), z.array(z.string())]),
  /** The identity provider that signed them in; absent: a one-time code. */
  by: z.string().optional(),
  /** The sign-in, and when it was made. */
  sid: z.string().min(1),
  at: z.number(),
  exp: z.number(),
})

/** The claims of a cookie. */
export interface CookieHolder {
  principal: Principal
  /** The issuer; absent: a one-time code of this machine. */
  by: string | undefined
  signIn: StaffSignInId
  /** In epoch milliseconds. */
  expiresAt: number
}

/**
 * The cookies of signed-in people, one a role: `HttpOnly`, and sent only by the gateway's own pages. Over HTTPS they
 * are `Secure`, and named so that no other host and no plain HTTP can plant one (`__Host-`, RFC 6265bis 4.1.3.2).
 */
export class StaffCookies {
  readonly #keys: SigningKeys

  constructor(keys: SigningKeys) {
    this.#keys = keys
  }

  /** The header that sets the cookie; `undefined` where the claims are larger than a cookie may be. */
  async make(
    { principal, by, signIn, expiresAt }: CookieHolder,
    isSecure: boolean,
  ): Promise<string | undefined> {
    const { role, id, name, workspaces } = principal
    const now = Date.now()
    const until = Math.min(expiresAt, now + signedInMs)
    const value = await this.#keys.sign(
      role,
      { sub: id, name, workspaces, ...(by !== undefined && { by }), sid: signIn.id, at: signIn.at },
      until,
    )
    const cookie = serialize(role, value, isSecure, Math.max(0, Math.floor((until - now) / 1000)))
    return cookie.length <= cookieBytesMax ? cookie : undefined
  }

  /** The headers that remove all cookies. */
  removals(isSecure: boolean): string[] {
    return staffRoleNames.map((role) => serialize(role, '', isSecure, 0))
  }

  /** The holder of the role's cookie; `null` where there is no valid one. */
  async read(header: string | undefined, role: StaffRole, isSecure: boolean): Promise<CookieHolder | null> {
    const value = fastifyCookie.parse(header ?? '')[nameOf(role, isSecure)]
    const read = claims.safeParse(value === undefined ? null : await this.#keys.verify(role, value))
    if (!read.success) return null
    const { sub: id, name, workspaces, by, sid, at, exp } = read.data
    return {
      principal: { role, id, name, workspaces },
      by,
      signIn: { id: sid, at },
      expiresAt: exp * 1000,
    }
  }
}

function serialize(role: StaffRole, value: string, isSecure: boolean, maxAge: number): string {
  return fastifyCookie.serialize(nameOf(role, isSecure), value, {
    httpOnly: true,
    sameSite: 'strict',
    path: '/',
    maxAge,
    secure: isSecure,
  })
}

function nameOf(role: StaffRole, isSecure: boolean): string {
  return `${isSecure ? '__Host-' : ''}frontdesk_${role}`
}
