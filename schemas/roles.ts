/** Every role of frontdesk, on NATS and of people; no module but this one lists them. Pages may import it. */

/** The roles that the gateway has a connection to NATS for, with the part of it that uses the connection. */
export const gatewayRoles = {
  widget: 'customers',
  workspace: 'agents',
  administration: 'administrators',
  identity: 'keys and sign-ins',
  inspector: 'engineers',
} as const
export type GatewayRole = keyof typeof gatewayRoles
export const gatewayRoleNames = Object.keys(gatewayRoles) as GatewayRole[]

/** Everything that a client of NATS outside the engine may be: an account of workers/nats-server/roles.conf each. */
export const natsRoles = [...gatewayRoleNames, 'bot'] as const
export type NatsRole = (typeof natsRoles)[number]

interface StaffRoleEntry {
  label: string
  /** The path of its page, without the slash. */
  page: string
  /** The person that the links of `npm start` sign in. */
  example: { id: string; name: string }
}

/** The roles that the company's people sign in to. */
export const staffRoles = {
  agent: { label: 'Agent', page: 'desk', example: { id: 'ann', name: 'Ann' } },
  administrator: {
    label: 'Administrator',
    page: 'admin',
    example: { id: 'admin', name: 'Administrator' },
  },
  engineer: { label: 'Engineer', page: 'inspector', example: { id: 'engineer', name: 'Engineer' } },
} as const satisfies Record<string, StaffRoleEntry>
export type StaffRole = keyof typeof staffRoles
export const staffRoleNames = Object.keys(staffRoles) as [StaffRole, ...StaffRole[]]

export function isStaffRole(role: unknown): role is StaffRole {
  return (staffRoleNames as unknown[]).includes(role)
}
