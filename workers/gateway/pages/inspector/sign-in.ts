import { ask } from '../admin/gateway.ts'
import { takeCredentials } from '../base/take-credentials.ts'

/** Who somebody is to the gateway, or why they are nobody. */
export type Me = { is: 'engineer'; name: string } | { is: 'nobody'; refused?: string } | { is: 'unreachable' }

/** Signs in by what the address says, else by the cookie. */
export async function signIn(): Promise<Me> {
  const credentials = takeCredentials()
  if (!credentials) return whoAmI()
  const answer = await ask('POST', '/v1/sign-in', { body: credentials })
  // A link that was used up lets nobody in, but whoever is in already stays.
  const me = await whoAmI()
  return !answer.ok && me.is === 'nobody' ? { is: 'nobody', refused: answer.message } : me
}

export async function whoAmI(): Promise<Me> {
  const answer = await ask<{ id: string; name?: string }>('GET', '/v1/me?role=engineer')
  if (answer.ok) return { is: 'engineer', name: answer.body.name || answer.body.id }
  return answer.status === 401 || answer.status === 403 ? { is: 'nobody' } : { is: 'unreachable' }
}
