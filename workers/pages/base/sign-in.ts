import { ask } from './ask.ts'
import { takeCredentials } from './take-credentials.ts'

/** Who somebody is to the gateway, or why they are nobody. */
export type Me = { is: 'somebody'; name: string } | { is: 'nobody'; refused?: string } | { is: 'unreachable' }

type Role = 'administrator' | 'engineer'

/** Signs in by what the address says, else by the cookie. */
export async function signIn(role: Role): Promise<Me> {
  const credentials = takeCredentials()
  if (!credentials) return whoAmI(role)
  const answer = await ask('POST', '/v1/sign-in', { body: credentials })
  // A link that was used up lets nobody in, but whoever is in already stays.
  const me = await whoAmI(role)
  return !answer.ok && me.is === 'nobody' ? { is: 'nobody', refused: answer.message } : me
}

/** Whether the address says how to sign in. */
export function isSignInLink(): boolean {
  return /^#(code|token)=/.test(location.hash)
}

export async function whoAmI(role: Role): Promise<Me> {
  const answer = await ask<{ id: string; name?: string }>('GET', `/v1/me?role=${role}`)
  if (answer.ok) return { is: 'somebody', name: answer.body.name || answer.body.id }
  return answer.status === 401 || answer.status === 403 ? { is: 'nobody' } : { is: 'unreachable' }
}
