import { ask } from './gateway.ts'

/** Who somebody is to the gateway, or why they are nobody. */
export type Me =
  | { is: 'administrator'; name: string }
  | { is: 'nobody'; refused?: string }
  | { is: 'unreachable' }

/**
 * Signs in by what the address says, `#code=…` or `#token=…`, else by the cookie. The code leaves the address at
 * once: it must be in no history and under nobody's eyes.
 */
export async function signIn(): Promise<Me> {
  const given = new URLSearchParams(location.hash.slice(1))
  const code = given.get('code')
  const token = given.get('token')
  if (code === null && token === null) return whoAmI()
  history.replaceState(history.state, '', location.pathname + location.search)
  const answer = await ask('POST', '/v1/sign-in', { body: code === null ? { token } : { code } })
  // A link that was used up lets nobody in, but whoever is in already stays.
  const me = await whoAmI()
  return !answer.ok && me.is === 'nobody' ? { is: 'nobody', refused: answer.message } : me
}

/** Whether the address says how to sign in. */
export function isSignInLink(): boolean {
  return /^#(code|token)=/.test(location.hash)
}

export async function whoAmI(): Promise<Me> {
  const answer = await ask<{ id: string; name?: string }>('GET', '/v1/me?role=administrator')
  if (answer.ok) return { is: 'administrator', name: answer.body.name || answer.body.id }
  return answer.status === 401 || answer.status === 403 ? { is: 'nobody' } : { is: 'unreachable' }
}
