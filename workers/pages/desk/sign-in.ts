import { takeCredentials } from '../base/sign-in.ts'

/** Who an agent is to the gateway. */
export interface SignedIn {
  id: string
  name: string
  workspaces: readonly string[] | 'all'
  /** How far this computer's clock is behind the gateway's, in milliseconds. */
  clockOffsetMs: number
}

/** Why somebody is not signed in: they need to, their link or token was refused, or nobody answers. */
export type NotSignedIn = { needed: true } | { refused: string } | { unreachable: true }

/** A clock that is off by less is left alone: the gateway tells its time to the second, and answers take time. */
const clockOffsetMsMin = 3_000

/** Signs in by what the address says, else by the cookie. */
export async function signIn(): Promise<SignedIn | NotSignedIn> {
  const credentials = takeCredentials()
  if (!credentials) return whoAmI()
  const answer = await ask('/v1/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(credentials),
  })
  if (!answer) return { unreachable: true }
  const me = await whoAmI()
  // A link that was used up lets nobody in, but whoever is in already stays.
  if (answer.ok || 'id' in me) return me
  // Of a link there is only one thing to say, in the agent's language.
  if ('code' in credentials) return { refused: '' }
  const { message } = (await answer.json().catch(() => ({}))) as { message?: string }
  return { refused: message ?? '' }
}

export async function whoAmI(): Promise<SignedIn | NotSignedIn> {
  const answer = await ask('/v1/me?role=agent')
  if (answer?.status === 401 || answer?.status === 403) return { needed: true }
  if (!answer?.ok) return { unreachable: true }
  const { id, name, workspaces = 'all' } = (await answer.json()) as Partial<SignedIn> & { id: string }
  const theirs = Date.parse(answer.headers.get('date') ?? '')
  const offset = theirs - Date.now()
  return { id, name: name || id, workspaces, clockOffsetMs: Math.abs(offset) > clockOffsetMsMin ? offset : 0 }
}

/** Whether it is done. */
export async function signOut(): Promise<boolean> {
  const answer = await ask('/v1/sign-out', { method: 'POST' })
  return answer?.ok === true
}

async function ask(path: string, request?: RequestInit): Promise<Response | null> {
  try {
    return await fetch(path, { cache: 'no-store', ...request })
  } catch {
    return null
  }
}
