import { type StaffRole, staffRoleNames, staffRoles } from '../../../schemas/roles.ts'
import type { Gateway } from '../../gateway/gateway.ts'
import { signInLink } from '../../gateway/identity/one-time-codes.ts'
import type { Settings } from '../../settings/settings.ts'

/** How long a link of `npm start` is valid, in seconds. */
const linkSeconds = 3_600

/**
 * The pages to open first. Without an identity provider, and at a terminal, with links that sign in on this machine,
 * one for each role; those of an earlier start sign in no longer.
 *
 * @param isTerminal whether somebody reads them: elsewhere output is kept, and a code would be kept with it
 */
export async function links(
  { url, identity }: Pick<Gateway, 'url' | 'identity'>,
  { gateway: { publicUrl = url, identityProvider } }: Pick<Settings, 'gateway'>,
  isTerminal: boolean,
): Promise<string> {
  await identity.discardCodes('start')
  const signIn = async (role: StaffRole) => {
    const principal = { role, ...staffRoles[role].example, workspaces: 'all' as const }
    return signInLink(url, role, await identity.createCode(principal, linkSeconds, 'start'))
  }
  const hasCodes = isTerminal && !identityProvider
  const pages = await Promise.all(
    staffRoleNames.map(async (role) => {
      const { label, page } = staffRoles[role]
      return lineOf(label, hasCodes ? await signIn(role) : `${publicUrl}/${page}`)
    }),
  )
  const note = hasCodes
    ? '\n  All but the first sign in once each within an hour, on this machine. Others: npx frontdesk sign-in <name>\n'
    : '\n  npx frontdesk sign-in <name> prints a link that signs in\n'
  return `
${lineOf('Customer', `${publicUrl}/`)}${pages.join('')}${identityProvider ? '' : note}
`
}

function lineOf(label: string, link: string): string {
  return `  ${label.padEnd(16)}${link}\n`
}
