import type { StaffRole } from './principal.ts'

const pages: Record<StaffRole, string> = { agent: 'desk', administrator: 'admin', engineer: 'inspector' }

/**
 * What a one-time code is given out as. It stands behind the `#`, which a browser sends to nobody: the page takes
 * it from there.
 *
 * @param gateway its URL, as this machine reaches it
 * @param to where in the page it leads, as the page's own links say it: `/c/c1`
 */
export function signInLink(gateway: string, role: StaffRole, code: string, to = ''): string {
  return `${gateway}/${pages[role]}#code=${code}${to && `&to=${to}`}`
}
