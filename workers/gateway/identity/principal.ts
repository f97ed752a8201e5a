export const staffRoles = ['agent', 'administrator', 'engineer'] as const
export type StaffRole = (typeof staffRoles)[number]

/** An agent, an administrator or an engineer. */
export interface Principal {
  role: StaffRole
  id: string
  name: string
  workspaces: string[] | 'all'
}

/** Why somebody is taken for nobody. */
export interface Refusal {
  code: 'sign_in_needed' | 'sign_in_refused' | 'not_allowed' | 'origin_refused'
  message: string
}

export function isStaffRole(role: unknown): role is StaffRole {
  return (staffRoles as readonly unknown[]).includes(role)
}
