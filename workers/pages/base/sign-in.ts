import { html, nothing } from 'lit'
import { type StaffRole, staffRoles } from '../../../schemas/roles.ts'
import { ask, gatewayUrl, request } from './ask.ts'
import { banner } from './banner.ts'
import type { ShellWords } from './words.ts'

export interface SignedIn {
  state: 'signedIn'
  id: string
  name: string
  workspaces: readonly string[] | 'all'
  /** How far this computer's clock is behind the gateway's, in milliseconds. */
  clockOffsetMs: number
}

export type NotSignedIn = SignedOut | { state: 'unreachable' }

interface SignedOut {
  state: 'signedOut'
  /** Why the link or token was refused; empty for a link, which has a single explanation. */
  refused?: string
  /** The sign-ins of this browser in other roles. */
  others?: readonly { role: StaffRole; name: string }[] | undefined
}

/** A smaller offset is left alone: the gateway tells its time to the second, and answers take time. */
const clockOffsetMsMin = 3_000

/**
 * Signs in with the credentials in the address, else by the cookie. A link with somebody else's token, which any page
 * may lead to, asks before it replaces the person who is signed in.
 */
export async function signIn(role: StaffRole, words: ShellWords): Promise<SignedIn | NotSignedIn> {
  const credentials = takeCredentials()
  if (!credentials) return readSession(role)
  if ('token' in credentials) {
    const present = await readSession(role)
    const isOther = present.state === 'signedIn' && present.id !== subjectOf(credentials.token)
    if (isOther && !confirm(words.replaceSignIn(present.name))) return present
  }
  const answer = await ask('POST', '/v1/sign-in', { body: credentials })
  if (!answer.ok && answer.error.status === 0) return { state: 'unreachable' }
  const session = await readSession(role)
  // A used link signs nobody in, but an existing session continues.
  if (answer.ok || session.state !== 'signedOut') return session
  return {
    ...session,
    refused: 'code' in credentials && answer.error.status === 401 ? '' : answer.error.message,
  }
}

/** The session of this browser, as the gateway knows it. */
export async function readSession(role: StaffRole): Promise<SignedIn | NotSignedIn> {
  const answer = await request<Partial<SignedIn> & { id: string }>('GET', `/v1/me?role=${role}`)
  if (!answer.ok) {
    if (![401, 403].includes(answer.error.status)) return { state: 'unreachable' }
    const me = await ask<{ signedIn: SignedOut['others'] }>('GET', '/v1/me')
    return { state: 'signedOut', others: me.ok ? me.value.signedIn : [] }
  }
  const { body, headers } = answer.value
  const { id, name, workspaces = 'all' } = body
  const offset = Date.parse(headers.get('date') ?? '') - Date.now()
  const clockOffsetMs = Math.abs(offset) > clockOffsetMsMin ? offset : 0
  return { state: 'signedIn', id, name: name || id, workspaces, clockOffsetMs }
}

/** Whether it succeeded. */
export async function signOut(): Promise<boolean> {
  return (await ask('POST', '/v1/sign-out')).ok
}

/** Whether the address holds credentials. */
export function isSignInLink(): boolean {
  return /^#(code|token)=/.test(location.hash)
}

/**
 * The credentials in the address, `#code=…` or `#token=…`: the body of `POST /v1/sign-in`. They leave the address
 * at once, for no history and no onlooker to see. The place that the link leads to stays: `…&to=/c/c1`.
 */
export function takeCredentials(): { code: string } | { token: string } | undefined {
  const given = new URLSearchParams(location.hash.slice(1))
  const code = given.get('code')
  const token = given.get('token')
  if (code === null && token === null) return undefined
  const hash = given.get('to')
  history.replaceState(
    history.state,
    '',
    location.pathname + location.search + (hash === null ? '' : `#${hash}`),
  )
  return code === null ? { token: token ?? '' } : { code }
}

/** Whom a JWT names, before anybody has verified it. */
function subjectOf(token: string): unknown {
  try {
    const claims = token.split('.')[1] ?? ''
    const bytes = Uint8Array.from(atob(claims.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
    return JSON.parse(new TextDecoder().decode(bytes)).sub
  } catch {
    return undefined
  }
}

/** The page for somebody who is not signed in. `because`: what happened just before, in words. */
export function signInPage(
  visitor: NotSignedIn,
  role: StaffRole,
  words: ShellWords,
  retry: () => void,
  because = refusalWords(visitor, words),
) {
  const command = `npx frontdesk sign-in ${words.yourName}${role === 'agent' ? '' : ` --role ${role}`}`
  return html`
    <main class="alone">
      <p class="brand">frontdesk</p>
      ${
        visitor.state === 'unreachable'
          ? html`<h1>${words.unreachable}</h1><p>${words.unreachableHelp}</p>`
          : html`
              <h1>${words.signInTitle[role]}</h1>
              ${because ? banner('warning', because) : nothing}
              ${otherSignIns(visitor, words)}
              <p>${words.signInHere}</p>
              <pre class="code"><code>${command}</code></pre>
              <p>${words.signInCompany}</p>
            `
      }
      <p class="actions"><button type="button" class="button" @click=${retry}>${words.tryAgain}</button></p>
    </main>
  `
}

/** Without a word about them, somebody would take the sign-in that they have for lost. */
function otherSignIns({ others = [] }: SignedOut, words: ShellWords) {
  return others.map(
    ({ role, name }) => html`
      <p>
        ${words.signedInElsewhere(name)}
        <a href=${gatewayUrl(`/${staffRoles[role].page}`)}>${words.goTo[role]}</a>
      </p>
    `,
  )
}

function refusalWords(visitor: NotSignedIn, words: ShellWords): string {
  if (visitor.state !== 'signedOut' || visitor.refused === undefined) return ''
  return visitor.refused === '' ? words.linkFailed : words.signInFailed(visitor.refused)
}
