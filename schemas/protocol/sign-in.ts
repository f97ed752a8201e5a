import { z } from 'zod'
import { staffRoleNames } from '../roles.ts'

/** The bodies of `POST /v1/sign-in` and `GET /v1/me`. */

/** A one-time code, or a JWT of the identity provider. */
export const signInQuestion = z.union([z.object({ code: z.string() }), z.object({ token: z.string() })])

const role = z.enum(staffRoleNames)

export const signInAnswer = z.object({ id: z.string(), name: z.string(), roles: z.array(role) })

/** Somebody who has signed in, in one role. */
const signedInPerson = signInAnswer.extend({ workspaces: z.union([z.array(z.string()), z.literal('all')]) })

/** With `role`: who is signed in as that; without: each role that the browser is signed in to. */
export const meAnswer = z.union([
  signedInPerson,
  z.object({ signedIn: z.array(z.object({ role, name: z.string() })) }),
])
