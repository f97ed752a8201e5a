import { type StaffRole, staffRoleNames, staffRoles } from '../../../schemas/roles.ts'
import type { Gateway } from '../../gateway/gateway.ts'
import { signInLink } from '../../gateway/identity/one-time-codes.ts'
import type { Settings } from '../../settings/settings.ts'

/** How long a link of `npm start` is valid, in seconds. */
const linkSeconds = 24 * 3_600

/** The pages to open first; without an identity provider with links that sign in on this machine, one for each role. */
export async function links({ url, identity }: Gateway, { gateway }: Settings): Promise<string> {
  const publicUrl = gateway.publicUrl ?? url
  const signIn = async (role: StaffRole) => {
    const code = await identity.createCode(
      { role, ...staffRoles[role].example, workspaces: 'all' },
      linkSeconds,
    )
    return signInLink(url, role, code)
  }
  const pages = await Promise.all(
    staffRoleNames.map(async (role) => {
      const { label, page } = staffRoles[role]
      return lineOf(label, gateway.identityProvider ? `${publicUrl}/${page}` : await signIn(role))
    }),
  )
  const note = `
  All but the first sign in once each, on this machine. Others: npx frontdesk sign-in <name>
`
  return `
${lineOf('Customer', `${publicUrl}/`)}${pages.join('')}${gateway.identityProvider ? '' : note}
`
}

function lineOf(label: string, link: string): string {
  return `  ${label.padEnd(16)}${link}\n`
}
