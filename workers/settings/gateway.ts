import { z } from 'zod'
import { staffRoleNames, staffRoles } from '../../schemas/roles.ts'
import { AllowedHosts } from '../calls/client/allowed-hosts.ts'
import { type FileSettings, filePlaceVariables, readFileSettings, uploadVariableList } from './files.ts'
import {
  label,
  perRole,
  port,
  readValues,
  type Values,
  type Variable,
  WrongSetting,
  wholeNumber,
  yesOrNo,
} from './variable.ts'

export interface GatewaySettings extends Values<typeof addressVariables> {
  /** Whether it must listen on that port; otherwise the next free one will do. */
  portIsGiven: boolean
  /** Signs in agents, administrators and engineers; `undefined`: one-time codes, on this machine only. */
  identityProvider: ProviderSettings | undefined
  limits: Values<typeof limitVariables>
  files: FileSettings
}

/** A company's identity provider, and the claims of its tokens that say who may do what. */
export interface ProviderSettings extends Values<typeof claimVariables> {
  issuer: string
  jwksUrl: string
  audience: string
  /** The name of each role at the provider. */
  roleNames: Values<typeof roleNameVariables>
}

/** `https://chat.example.com`: no user, no path. Removes a slash at the end. */
const origin = z
  .string()
  .refine((text) => isHttpUrl(text) && new URL(text).href === `${new URL(text).origin}/`)
  .transform((text) => new URL(text).origin)

/** `https://*.example.com`: the pages of all its subdomains, at any depth. */
const subdomains = z
  .string()
  .regex(/^https?:\/\/\*(\.[a-z0-9-]+){2,}(:\d+)?\/?$/i)
  .transform((text) => text.toLowerCase().replace(/\/$/, ''))

/** Origins that are no site's: a sandboxed frame or a file, and the web views of apps. */
const siteless = z.enum(['null', 'capacitor://localhost', 'ionic://localhost'])

const origins = z
  .string()
  .transform((text) => text.split(',').map((each) => each.trim()))
  .pipe(z.array(z.union([z.literal('*'), siteless, subdomains, origin])))

/** `https://example.com/support`: no user, no query. Removes a slash at the end. */
const publicUrl = z
  .string()
  .refine(isHttpUrl)
  .transform((text) => new URL(text))
  .refine(({ username, password, search, hash }) => `${username}${password}${search}${hash}` === '')
  .transform(({ origin, pathname }) => origin + pathname.replace(/\/+$/, ''))

const addressVariables = {
  host: {
    name: 'FRONTDESK_HOST',
    help: 'address that the gateway listens on; default 127.0.0.1, this machine only; 0.0.0.0: all',
    allowed: 'an address or a name of this machine',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9.:_-]+$/)
      .default('127.0.0.1'),
  },
  port: port('FRONTDESK_PORT', 8080, 'port of the gateway; default 8080, the next free one if taken'),
  /** How people reach it, if not as it listens; with a path where a proxy serves it below that, and takes it away. */
  publicUrl: {
    name: 'FRONTDESK_PUBLIC_URL',
    help: 'how people reach the gateway, such as https://chat.example.com or https://example.com/support; default: as it listens',
    allowed: 'an http or https URL such as https://chat.example.com or https://example.com/support',
    schema: publicUrl.optional(),
  },
  /** Origins whose pages may load the widget, besides the gateway's own and those of this machine; `*`: all. */
  origins: {
    name: 'FRONTDESK_ORIGINS',
    help: 'other sites whose pages may load the widget, with commas between; default: those of this machine',
    allowed:
      'origins such as https://www.example.com or https://*.example.com, capacitor://localhost, ionic://localhost or null (a sandboxed frame), with commas between; or *',
    schema: origins.default([]),
  },
  /** A proxy in front of it names the client in `X-Forwarded-For`, `-Proto` and `-Host`. */
  trustProxy: yesOrNo(
    'FRONTDESK_TRUST_PROXY',
    '1: a proxy in front of the gateway sets X-Forwarded-For, -Proto and -Host; default 0',
  ),
  /** For a container's published port, and for staff elsewhere without an identity provider. */
  remoteSignIn: yesOrNo(
    'FRONTDESK_REMOTE_SIGN_IN',
    '1: links of `frontdesk sign-in` lead to FRONTDESK_PUBLIC_URL, and sign in from other machines, too: over HTTPS, or as http://localhost by a published port or a tunnel; default 0: on the gateway’s machine only',
  ),
  /** Against strangers who flood the agents' desk. */
  loginRequired: yesOrNo(
    'FRONTDESK_LOGIN_REQUIRED',
    '1: only customers with a login of the company’s may begin a conversation; default 0',
  ),
  /** Push services that agents' browsers may use; those of the browsers by default. */
  pushHosts: {
    name: 'FRONTDESK_PUSH_HOSTS',
    help: 'push services that notify agents whose desk is closed, with commas between; default those of Chrome, Edge, Firefox and Safari; empty: none',
    allowed: 'hosts such as fcm.googleapis.com or *.push.services.mozilla.com, with commas between',
    schema: z
      .string()
      .default(
        'fcm.googleapis.com, jmt17.google.com, *.push.services.mozilla.com, *.notify.windows.com, *.push.apple.com',
      )
      .refine((list) => AllowedHosts.parse(list) !== null)
      .transform((list) => AllowedHosts.parse(list) as AllowedHosts),
  },
} satisfies Record<string, Variable>

const providerVariables = {
  issuer: {
    name: 'FRONTDESK_OIDC_ISSUER',
    help: 'the identity provider that signs in agents, administrators and engineers: `iss` of its JWTs',
    allowed: 'a text',
    schema: z.string().optional(),
  },
  jwksUrl: {
    name: 'FRONTDESK_OIDC_JWKS_URL',
    help: 'where its public keys are',
    allowed: 'an https URL, or an http one of this machine',
    schema: z.string().refine(isSafeUrl).optional(),
  },
  audience: {
    name: 'FRONTDESK_OIDC_AUDIENCE',
    help: '`aud` of the JWTs that are meant for frontdesk',
    allowed: 'a text',
    schema: z.string().optional(),
  },
} satisfies Record<string, Variable>

/** Names of claims; a dotted one leads into objects. */
const claimVariables = {
  rolesClaim: label(
    'FRONTDESK_OIDC_ROLES_CLAIM',
    'roles',
    'the claim with the roles, such as realm_access.roles; default roles',
  ),
  workspacesClaim: label(
    'FRONTDESK_OIDC_WORKSPACES_CLAIM',
    'workspaces',
    'the claim with an agent’s workspaces, or "all"; default workspaces; a JWT without it: main only',
  ),
} satisfies Record<string, Variable>

/** `FRONTDESK_OIDC_AGENT_ROLE` and the like. */
const roleNameVariables = perRole(staffRoleNames, (role) =>
  label(
    `FRONTDESK_OIDC_${role.toUpperCase()}_ROLE`,
    role,
    `${staffRoles[role].label}: the name of that role in it; default ${role}`,
  ),
)

const limitVariables = {
  /** For the whole gateway: WebSockets, and as many others. */
  connectionsMax: wholeNumber(
    'FRONTDESK_CONNECTIONS_MAX',
    [1, 1_000_000],
    20_000,
    'most WebSockets of a gateway, and most other connections; default 20000',
  ),
  connectionsPerAddressMax: wholeNumber(
    'FRONTDESK_CONNECTIONS_PER_ADDRESS_MAX',
    [1, 1_000_000],
    100,
    'most of one address; default 100',
  ),
  /** Frames that a session may send. */
  eventsPerSecondMax: wholeNumber(
    'FRONTDESK_EVENTS_PER_SECOND_MAX',
    [1, 100_000],
    10,
    'most events a second of one session; default 10',
  ),
  /** Frames that all sessions of an address may send together. */
  eventsPerSecondPerAddressMax: wholeNumber(
    'FRONTDESK_EVENTS_PER_SECOND_PER_ADDRESS_MAX',
    [1, 100_000],
    100,
    'most of one address; default 100',
  ),
  /** Bytes of the frames that a session may send. */
  bytesPerSecondMax: wholeNumber(
    'FRONTDESK_BYTES_PER_SECOND_MAX',
    [1_024, 1_000_000_000],
    16_384,
    'most bytes of events a second of one session; default 16384',
  ),
  bytesPerSecondPerAddressMax: wholeNumber(
    'FRONTDESK_BYTES_PER_SECOND_PER_ADDRESS_MAX',
    [1_024, 1_000_000_000],
    131_072,
    'most of one address; default 131072',
  ),
  /** Conversations that an address may begin in a minute and, since each is stored and may wait for an agent, in a day. */
  conversationsPerMinutePerAddressMax: wholeNumber(
    'FRONTDESK_CONVERSATIONS_PER_MINUTE_PER_ADDRESS_MAX',
    [1, 1_000_000],
    60,
    'most conversations that one address begins in a minute, this machine’s excepted; default 60',
  ),
  conversationsPerDayPerAddressMax: wholeNumber(
    'FRONTDESK_CONVERSATIONS_PER_DAY_PER_ADDRESS_MAX',
    [1, 1_000_000_000],
    1_000,
    'and in a day; default 1000',
  ),
  /** Requests that wait for an agent or have one, of conversations that an address has begun. */
  openRequestsPerAddressMax: wholeNumber(
    'FRONTDESK_OPEN_REQUESTS_PER_ADDRESS_MAX',
    [1, 1_000_000],
    50,
    'most open requests of one address, this machine’s excepted: with them it begins no conversation; default 50',
  ),
} satisfies Record<string, Variable>

export const gatewayVariables: Variable[] = [
  ...Object.values(addressVariables),
  ...Object.values(providerVariables),
  claimVariables.rolesClaim,
  ...Object.values(roleNameVariables),
  claimVariables.workspacesClaim,
  ...Object.values(limitVariables),
  ...uploadVariableList,
  ...filePlaceVariables,
]
/** The gateway's port, for commands that look for the gateway. */
export const gatewayPortVariable: Variable = addressVariables.port

/** Variables that say which gateway the links of `frontdesk sign-in` lead to. */
export const signInLinkVariables: Variable[] = [
  addressVariables.port,
  addressVariables.publicUrl,
  addressVariables.remoteSignIn,
]

/** The sites that links in e-mails lead to. */
export const mailLinkVariables: Variable[] = [addressVariables.publicUrl, addressVariables.origins]

/** Throws WrongSetting. */
export function readGatewaySettings(env: NodeJS.ProcessEnv): GatewaySettings {
  return {
    ...readValues(addressVariables, env),
    portIsGiven: Boolean(env[addressVariables.port.name]),
    identityProvider: readProvider(env),
    limits: readValues(limitVariables, env),
    files: readFileSettings(env),
  }
}

/** Half of an identity provider would leave people wondering who may sign in. */
function readProvider(env: NodeJS.ProcessEnv): ProviderSettings | undefined {
  const { issuer, jwksUrl, audience } = readValues(providerVariables, env)
  if (issuer !== undefined && jwksUrl !== undefined && audience !== undefined)
    return {
      issuer,
      jwksUrl,
      audience,
      ...readValues(claimVariables, env),
      roleNames: readValues(roleNameVariables, env),
    }
  const all = Object.values(providerVariables).map(({ name }) => name)
  const missing = all.filter((name) => !env[name])
  if (missing.length === all.length) return undefined
  throw new WrongSetting(`${missing.join(' and ')} must be set too: an identity provider needs all three`)
}

function isHttpUrl(text: string): boolean {
  // URL accepts a star as an ordinary character, but people mean a pattern.
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && !text.includes('*')
}

/** Anybody who can change the answer of this URL becomes an administrator: encrypted, or on this machine. */
function isSafeUrl(text: string): boolean {
  if (!isHttpUrl(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}
