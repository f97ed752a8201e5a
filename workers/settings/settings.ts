import { resolve } from 'node:path'
import { type ZodType, z } from 'zod'
import { connectOptions } from '../../engine/nats/connect-options.ts'
import {
  type GatewayRole,
  gatewayRoleNames,
  gatewayRoles,
  type StaffRole,
  staffRoleNames,
  staffRoles,
} from '../../schemas/roles.ts'
import { AllowedHosts } from '../calls/allowed-hosts.ts'
import { givenUrls, type ServerUrls } from '../nats-server/roles.ts'

/** What the environment says, checked. */
export interface Settings {
  /** Where NATS is; nothing: the embedded server of the data folder. */
  natsUrl: string | undefined
  /** The same NATS, as each role reaches it. */
  natsRoleUrls: ServerUrls['roles'] | undefined
  /** The data folder, absolute. */
  data: string
  gateway: GatewaySettings
  partitions: number
  logLevel: string
  /** The folder of machines of one's own, absolute. */
  machines: string | undefined
  /** Where bots may call APIs. */
  apiHosts: AllowedHosts
  /** Only configured channels may start conversations. */
  strictChannels: boolean
  /** Of streams that are made now. */
  replicas: number
  /** When the embedded server has the disk write what it acknowledges. */
  sync: 'default' | 'always'
}

export interface GatewaySettings {
  host: string
  port: number
  /** Whether it has to be that port; otherwise the next free one does. */
  portIsGiven: boolean
  /** How people reach it where that is not as it listens: an origin such as `https://chat.example.com`. */
  publicUrl: string | undefined
  /** Origins whose pages may load the widget, besides the gateway's own and those of this machine; `*`: all. */
  origins: string[]
  /** A proxy in front of it says who asks, in `X-Forwarded-For`, `-Proto` and `-Host`. */
  trustProxy: boolean
  /** Who signs in agents, administrators and engineers; nobody: they come from this machine, by one-time codes. */
  identityProvider: ProviderSettings | undefined
  limits: {
    /** Of the whole gateway. */
    connectionsMax: number
    connectionsPerAddressMax: number
    /** Frames that a session may send. */
    eventsPerSecondMax: number
    /** Frames that all sessions of an address may send together. */
    eventsPerSecondPerAddressMax: number
  }
}

/** A company's identity provider, and where its tokens say who may do what. */
export interface ProviderSettings {
  issuer: string
  jwksUrl: string
  audience: string
  /** Names of claims; a dotted one leads into objects. */
  rolesClaim: string
  workspacesClaim: string
  /** What each role is called there. */
  roleNames: Record<StaffRole, string>
}

/** A variable of the environment has a value that cannot be used. */
export class WrongSetting extends Error {}

interface Variable {
  /** For `--help`. */
  help: string
  /** What a value must be, after "must be". */
  allowed: string
  schema: ZodType
  /** Not shown in an error. */
  secret?: true
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export const partitionsMax = 256

function wholeNumber(min: number, max: number) {
  return z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max))
}

const yesOrNo = z.enum(['1', 'true', '0', 'false']).transform((value) => value === '1' || value === 'true')

function isHttpUrl(text: string): boolean {
  // A star is a letter like any other to URL; people mean more by it.
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && !text.includes('*')
}

/** `https://chat.example.com`: no user, no path. A slash at its end is taken away. */
const origin = z
  .string()
  .refine((text) => isHttpUrl(text) && new URL(text).href === `${new URL(text).origin}/`)
  .transform((text) => new URL(text).origin)

const origins = z
  .string()
  .transform((text) => text.split(',').map((each) => each.trim()))
  .pipe(z.array(z.literal('*').or(origin)))

/** Whoever can change what this answers makes himself an administrator: encrypted, or on this machine. */
function isSafeUrl(text: string): boolean {
  if (!isHttpUrl(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

const apiHosts = z
  .string()
  .default('')
  .refine((list) => AllowedHosts.parse(list) !== null)
  .transform((list) => AllowedHosts.parse(list) as AllowedHosts)

/** `NATS_URL_WIDGET` and the like. */
export function natsUrlVariable<R extends GatewayRole>(role: R): `NATS_URL_${Uppercase<R>}` {
  return `NATS_URL_${role.toUpperCase() as Uppercase<R>}`
}

function roleUrl(role: GatewayRole) {
  return {
    help: `NATS_URL as the gateway’s part for ${gatewayRoles[role]} uses it, with a user that may do no more; default NATS_URL`,
    allowed: 'a URL as NATS_URL is',
    schema: z.string().refine(isNatsUrl).optional(),
    secret: true,
  } as const
}

/** `FRONTDESK_OIDC_AGENT_ROLE` and the like. */
export function oidcRoleVariable<R extends StaffRole>(role: R): `FRONTDESK_OIDC_${Uppercase<R>}_ROLE` {
  return `FRONTDESK_OIDC_${role.toUpperCase() as Uppercase<R>}_ROLE`
}

function oidcRole(role: StaffRole) {
  return {
    help: `${staffRoles[role].label}: the name of that role in it; default ${role}`,
    allowed: 'a name',
    schema: z.string().default(role),
  } as const
}

/** A variable for each role, under its name. */
function perRole<R extends string, N extends string, V>(
  roles: readonly R[],
  nameOf: (role: R) => N,
  variableOf: (role: R) => V,
): Record<N, V> {
  return Object.fromEntries(roles.map((role) => [nameOf(role), variableOf(role)])) as Record<N, V>
}

/** All variables that frontdesk reads. */
export const variables = {
  NATS_URL: {
    help: 'the NATS server, as nats://[user:password@]host:port; default: the embedded one',
    allowed: 'a URL such as nats://127.0.0.1:4222 or nats://user:password@host:4222, or several with commas',
    schema: z.string().refine(isNatsUrl).optional(),
    secret: true,
  },
  ...perRole(gatewayRoleNames, natsUrlVariable, roleUrl),
  NATS_SERVER: {
    help: 'the nats-server binary for the embedded server; default: found or fetched',
    allowed: 'a path',
    schema: z.string().optional(),
  },
  FRONTDESK_NATS_PORT: {
    help: 'port of the embedded server; default 4222, the next free one if taken',
    allowed: 'a port from 1 to 65535',
    schema: wholeNumber(1, 65_535).default(4222),
  },
  FRONTDESK_DATA: {
    help: 'folder of the embedded server’s data; default .frontdesk',
    allowed: 'a path',
    schema: z
      .string()
      .default('.frontdesk')
      .transform((path) => resolve(path)),
  },
  FRONTDESK_HOST: {
    help: 'address that the gateway listens on; default 127.0.0.1, this machine only; 0.0.0.0: all',
    allowed: 'an address or a name of this machine',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9.:_-]+$/)
      .default('127.0.0.1'),
  },
  FRONTDESK_PORT: {
    help: 'port of the gateway; default 8080, the next free one if taken',
    allowed: 'a port from 1 to 65535',
    schema: wholeNumber(1, 65_535).default(8080),
  },
  FRONTDESK_PUBLIC_URL: {
    help: 'how people reach the gateway, such as https://chat.example.com; default: as it listens',
    allowed: 'an http or https URL without a path, such as https://chat.example.com',
    schema: origin.optional(),
  },
  FRONTDESK_ORIGINS: {
    help: 'other sites whose pages may load the widget, with commas between; default: those of this machine',
    allowed: 'origins such as https://www.example.com, with commas between, or *',
    schema: origins.default([]),
  },
  FRONTDESK_TRUST_PROXY: {
    help: '1: a proxy in front of the gateway sets X-Forwarded-For, -Proto and -Host; default 0',
    allowed: '1, true, 0 or false',
    schema: yesOrNo.default(false),
  },
  FRONTDESK_OIDC_ISSUER: {
    help: 'the identity provider that signs in agents, administrators and engineers: `iss` of its JWTs',
    allowed: 'a text',
    schema: z.string().optional(),
  },
  FRONTDESK_OIDC_JWKS_URL: {
    help: 'where its public keys are',
    allowed: 'an https URL, or an http one of this machine',
    schema: z.string().refine(isSafeUrl).optional(),
  },
  FRONTDESK_OIDC_AUDIENCE: {
    help: '`aud` of the JWTs that are meant for frontdesk',
    allowed: 'a text',
    schema: z.string().optional(),
  },
  FRONTDESK_OIDC_ROLES_CLAIM: {
    help: 'the claim with the roles, such as realm_access.roles; default roles',
    allowed: 'a name',
    schema: z.string().default('roles'),
  },
  ...perRole(staffRoleNames, oidcRoleVariable, oidcRole),
  FRONTDESK_OIDC_WORKSPACES_CLAIM: {
    help: 'the claim with an agent’s workspaces, or "all"; default workspaces; a JWT without it: main only',
    allowed: 'a name',
    schema: z.string().default('workspaces'),
  },
  FRONTDESK_CONNECTIONS_MAX: {
    help: 'most connections of a gateway; default 20000',
    allowed: 'a whole number from 1 to 1000000',
    schema: wholeNumber(1, 1_000_000).default(20_000),
  },
  FRONTDESK_CONNECTIONS_PER_ADDRESS_MAX: {
    help: 'most of one address; default 100',
    allowed: 'a whole number from 1 to 1000000',
    schema: wholeNumber(1, 1_000_000).default(100),
  },
  FRONTDESK_EVENTS_PER_SECOND_MAX: {
    help: 'most events a second of one session; default 10',
    allowed: 'a whole number from 1 to 100000',
    schema: wholeNumber(1, 100_000).default(10),
  },
  FRONTDESK_EVENTS_PER_SECOND_PER_ADDRESS_MAX: {
    help: 'most of one address; default 100',
    allowed: 'a whole number from 1 to 100000',
    schema: wholeNumber(1, 100_000).default(100),
  },
  FRONTDESK_API_HOSTS: {
    help: 'where bots may call APIs: names, *.names, addresses, networks, with commas between; default nowhere',
    allowed:
      'hosts such as api.example.com, *.example.com:8443, 10.0.0.7:8080 or 10.0.0.0/8, with commas between',
    schema: apiHosts,
  },
  FRONTDESK_MACHINES: {
    help: 'folder of machines of your own that bots may name; default none',
    allowed: 'a path',
    schema: z
      .string()
      .transform((path) => resolve(path))
      .optional(),
  },
  FRONTDESK_PARTITIONS: {
    help: 'parts of the work that engines share; default 16, fixed once the streams exist',
    allowed: `a whole number from 1 to ${partitionsMax}`,
    schema: wholeNumber(1, partitionsMax).default(16),
  },
  FRONTDESK_REPLICAS: {
    help: 'copies of each stream that is made now, in a NATS cluster; default 1',
    allowed: '1, 3 or 5',
    schema: z.enum(['1', '3', '5']).transform(Number).default(1),
  },
  FRONTDESK_SYNC: {
    help: 'always: the embedded server acknowledges only what the disk has; default: within two minutes',
    allowed: 'default or always',
    schema: z.enum(['default', 'always']).default('default'),
  },
  FRONTDESK_STRICT_CHANNELS: {
    help: '1: only configured channels may start conversations; default 0',
    allowed: '1, true, 0 or false',
    schema: yesOrNo.default(false),
  },
  LOG_LEVEL: {
    help: 'of the log on standard error; default info; debug shows where errors come from',
    allowed: `one of ${logLevels.join(', ')}`,
    schema: z.enum(logLevels).default('info'),
  },
} satisfies Record<string, Variable>
export type VariableName = keyof typeof variables

/** Those that a gateway reads. */
export const gatewayVariables = [
  'FRONTDESK_HOST',
  'FRONTDESK_PORT',
  'FRONTDESK_PUBLIC_URL',
  'FRONTDESK_TRUST_PROXY',
  'FRONTDESK_ORIGINS',
  'FRONTDESK_OIDC_ISSUER',
  'FRONTDESK_OIDC_JWKS_URL',
  'FRONTDESK_OIDC_AUDIENCE',
  'FRONTDESK_OIDC_ROLES_CLAIM',
  ...staffRoleNames.map(oidcRoleVariable),
  'FRONTDESK_OIDC_WORKSPACES_CLAIM',
  'FRONTDESK_CONNECTIONS_MAX',
  'FRONTDESK_CONNECTIONS_PER_ADDRESS_MAX',
  'FRONTDESK_EVENTS_PER_SECOND_MAX',
  'FRONTDESK_EVENTS_PER_SECOND_PER_ADDRESS_MAX',
  'FRONTDESK_MACHINES',
] as const satisfies VariableName[]

type Read = <N extends VariableName>(name: N) => z.infer<(typeof variables)[N]['schema']>

/** Reads and checks the environment. An empty value counts as none. Throws WrongSetting. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const read: Read = (name) => {
    const { schema, allowed, secret }: Variable = variables[name]
    const value = env[name] || undefined
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data as never
    throw new WrongSetting(`${name}${secret ? '' : `=${value}`} must be ${allowed}`)
  }
  // Checked here, used by the embedded server.
  read('FRONTDESK_NATS_PORT')
  const natsUrl = read('NATS_URL')
  // A bot elsewhere is a process that connects by itself.
  for (const role of gatewayRoleNames) read(natsUrlVariable(role))
  return {
    natsUrl,
    natsRoleUrls: natsUrl === undefined ? undefined : givenUrls(natsUrl, env).roles,
    data: read('FRONTDESK_DATA'),
    gateway: {
      host: read('FRONTDESK_HOST'),
      port: read('FRONTDESK_PORT'),
      portIsGiven: Boolean(env.FRONTDESK_PORT),
      publicUrl: read('FRONTDESK_PUBLIC_URL'),
      origins: read('FRONTDESK_ORIGINS'),
      trustProxy: read('FRONTDESK_TRUST_PROXY'),
      identityProvider: readProvider(read),
      limits: {
        connectionsMax: read('FRONTDESK_CONNECTIONS_MAX'),
        connectionsPerAddressMax: read('FRONTDESK_CONNECTIONS_PER_ADDRESS_MAX'),
        eventsPerSecondMax: read('FRONTDESK_EVENTS_PER_SECOND_MAX'),
        eventsPerSecondPerAddressMax: read('FRONTDESK_EVENTS_PER_SECOND_PER_ADDRESS_MAX'),
      },
    },
    partitions: read('FRONTDESK_PARTITIONS'),
    logLevel: read('LOG_LEVEL'),
    machines: read('FRONTDESK_MACHINES'),
    apiHosts: read('FRONTDESK_API_HOSTS'),
    strictChannels: read('FRONTDESK_STRICT_CHANNELS'),
    replicas: read('FRONTDESK_REPLICAS'),
    sync: read('FRONTDESK_SYNC'),
  }
}

/** Half of an identity provider would leave people wondering who may sign in. */
function readProvider(read: Read): ProviderSettings | undefined {
  const issuer = read('FRONTDESK_OIDC_ISSUER')
  const jwksUrl = read('FRONTDESK_OIDC_JWKS_URL')
  const audience = read('FRONTDESK_OIDC_AUDIENCE')
  if (issuer !== undefined && jwksUrl !== undefined && audience !== undefined)
    return {
      issuer,
      jwksUrl,
      audience,
      rolesClaim: read('FRONTDESK_OIDC_ROLES_CLAIM'),
      workspacesClaim: read('FRONTDESK_OIDC_WORKSPACES_CLAIM'),
      roleNames: Object.fromEntries(
        staffRoleNames.map((role) => [role, read(oidcRoleVariable(role))]),
      ) as Record<StaffRole, string>,
    }
  const given = {
    FRONTDESK_OIDC_ISSUER: issuer,
    FRONTDESK_OIDC_JWKS_URL: jwksUrl,
    FRONTDESK_OIDC_AUDIENCE: audience,
  }
  const missing = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [name] : []))
  if (missing.length === Object.keys(given).length) return undefined
  throw new WrongSetting(`${missing.join(' and ')} must be set too: an identity provider needs all three`)
}

function isNatsUrl(url: string): boolean {
  try {
    return connectOptions(url).servers.every((server) =>
      /^((nats|tls|ws|wss):\/\/)?(\[[0-9a-f:.]+\]|[^\s/:@[\]]+)(:\d{1,5})?$/i.test(server),
    )
  } catch {
    return false
  }
}
