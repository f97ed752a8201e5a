import type { Gateway } from '../gateway/gateway.ts'
import type { Settings } from '../settings.ts'

/** So long may a link of `npm start` lie in a terminal before it is opened, in seconds. */
const linkSeconds = 24 * 3_600

/** What a person opens first: the three pages, with one-time links for an agent and an administrator of this machine. */
export async function links(gateway: Gateway, { gateway: settings }: Settings): Promise<string> {
  const url = settings.publicUrl ?? gateway.url
  const signIn = async (role: 'agent' | 'administrator', id: string, name: string) => {
    if (settings.identityProvider) return ''
    return `#code=${await gateway.identity.createCode({ role, id, name, workspaces: 'all' }, linkSeconds)}`
  }
  const desk = `${url}/desk${await signIn('agent', 'ann', 'Ann')}`
  const admin = `${url}/admin${await signIn('administrator', 'admin', 'Administrator')}`
  return `
  Customer        ${url}/
  Agent           ${desk}
  Administrator   ${admin}
${settings.identityProvider ? '' : '\n  The last two sign in once each. Others: npx frontdesk sign-in <name>\n'}
`
}
