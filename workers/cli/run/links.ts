import type { Gateway } from '../../gateway/gateway.ts'
import type { StaffRole } from '../../gateway/identity/principal.ts'
import { signInLink } from '../../gateway/identity/sign-in-link.ts'
import type { Settings } from '../../settings/settings.ts'

/** So long may a link of `npm start` lie in a terminal before it is opened, in seconds. */
const linkSeconds = 24 * 3_600

/** What a person opens first: the pages, with one-time links for an agent, an administrator and an engineer of this machine. */
export async function links({ url, identity }: Gateway, { gateway }: Settings): Promise<string> {
  const publicUrl = gateway.publicUrl ?? url
  if (gateway.identityProvider)
    return `
  Customer        ${publicUrl}/
  Agent           ${publicUrl}/desk
  Administrator   ${publicUrl}/admin
  Engineer        ${publicUrl}/inspector

`
  const signIn = async (role: StaffRole, id: string, name: string) =>
    signInLink(url, role, await identity.createCode({ role, id, name, workspaces: 'all' }, linkSeconds))
  return `
  Customer        ${publicUrl}/
  Agent           ${await signIn('agent', 'ann', 'Ann')}
  Administrator   ${await signIn('administrator', 'admin', 'Administrator')}
  Engineer        ${await signIn('engineer', 'engineer', 'Engineer')}

  The last three sign in once each, on this machine. Others: npx frontdesk sign-in <name>

`
}
