import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { connectOptions, type NatsLogin } from '../../engine/nats/connect-options.ts'
import { type GatewayRole, gatewayRoleNames, gatewayRoles } from '../../schemas/roles.ts'
import {
  absolutePath,
  perRole,
  port,
  readValues,
  type Values,
  type Variable,
  WrongSetting,
  yesOrNo,
} from './variable.ts'

export const connectionVariables = {
  /** The NATS server's URL; `undefined`: the embedded server of the data folder. */
  natsUrl: {
    name: 'NATS_URL',
    help: 'the NATS server, as nats://[user:password@]host:port, or tls:// to insist on TLS; default: the embedded one',
    allowed: 'a URL such as nats://127.0.0.1:4222 or nats://user:password@host:4222, or several with commas',
    schema: z.string().refine(isNatsUrl).optional(),
    isSecret: true,
  },
  /** The data folder, absolute. */
  data: {
    name: 'FRONTDESK_DATA',
    help: 'folder of the embedded server’s data; default .frontdesk',
    allowed: 'a path',
    schema: absolutePath.prefault('.frontdesk'),
  },
} satisfies Record<string, Variable>

/** `NATS_URL_WIDGET` and the like. A bot is a process of its own, and reads its URL itself. */
export const roleUrlVariables = perRole(gatewayRoleNames, (role) => ({
  name: `NATS_URL_${role.toUpperCase()}`,
  help: `NATS_URL as the gateway’s part for ${gatewayRoles[role]} uses it, with a user that may do no more; default NATS_URL`,
  allowed: 'a URL as NATS_URL is',
  schema: z.string().refine(isNatsUrl).optional(),
  isSecret: true,
}))

const file = (name: string, help: string): Variable<string | undefined> => ({
  name,
  help,
  allowed: 'a path',
  schema: absolutePath.optional(),
})

/** With NATS_URL; the embedded server has passwords of its own. */
const fileVariables = {
  ca: file('NATS_CA', 'file (PEM) of the authorities of that server’s certificate; default those of Node'),
  cert: file('NATS_CERT', 'file (PEM) of a client certificate for it, for servers that want one'),
  key: file('NATS_KEY', 'and of its key'),
  nkey: file('NATS_NKEY', 'file with the seed of an nkey, in place of a user and password'),
  creds: file('NATS_CREDS', 'file with a user’s JWT and seed, in place of a user and password'),
  tlsFirst: yesOrNo(
    'NATS_TLS_FIRST',
    '1: TLS begins before the server’s greeting (handshake_first); default 0',
  ),
}

/** `NATS_NKEY_WIDGET`, `NATS_CREDS_WIDGET` and the like. */
const roleNkeyVariables = perRole(gatewayRoleNames, (role) =>
  file(`NATS_NKEY_${role.toUpperCase()}`, `NATS_NKEY of the gateway’s part for ${gatewayRoles[role]}`),
)
const roleCredsVariables = perRole(gatewayRoleNames, (role) =>
  file(`NATS_CREDS_${role.toUpperCase()}`, `NATS_CREDS of the gateway’s part for ${gatewayRoles[role]}`),
)

/** The server, and what a client with all rights proves itself with. */
export const natsVariables: Variable[] = [connectionVariables.natsUrl, ...Object.values(fileVariables)]
/** The same of the gateway's roles. */
export const roleVariables: Variable[] = [roleUrlVariables, roleNkeyVariables, roleCredsVariables].flatMap(
  (group): Variable[] => Object.values(group),
)

/** The files for a server that NATS_URL names: of a client with all rights, and of each role of the gateway. */
export interface NatsLogins {
  engine: NatsLogin
  roles: Record<GatewayRole, NatsLogin>
}

/**
 * Reads the variables, and checks the files that they name. A role whose own nkey, creds or URL with a user is set
 * uses only that. Throws WrongSetting, which names the variable.
 */
export function readNatsLogins(env: NodeJS.ProcessEnv): NatsLogins {
  const values = readValues(fileVariables, env)
  const nkeys = readValues(roleNkeyVariables, env)
  const creds = readValues(roleCredsVariables, env)
  // Without it nothing uses them: they may be there for the nats command line.
  if (!env.NATS_URL) return { engine: {}, roles: perRoleFiles(() => ({})) }
  checkFiles(values)
  const { nkey, creds: ownCreds, ...tls } = values
  const engine = { ...tls, ...oneUser('', env.NATS_URL, { nkey, creds: ownCreds }) }
  const roles = perRoleFiles((role) => {
    const own = { nkey: nkeys[role], creds: creds[role] }
    const suffix = `_${role.toUpperCase()}`
    const url = env[`NATS_URL${suffix}`]
    const user = oneUser(suffix, url, own)
    const hasOwn = user.nkey !== undefined || user.creds !== undefined || hasUser(url)
    return hasOwn ? { ...tls, ...user } : engine
  })
  return { engine, roles }
}

function perRoleFiles(filesOf: (role: GatewayRole) => NatsLogin): Record<GatewayRole, NatsLogin> {
  return Object.fromEntries(gatewayRoleNames.map((role) => [role, filesOf(role)])) as Record<
    GatewayRole,
    NatsLogin
  >
}

/** One way to say who the client is: two could contradict each other. */
function oneUser(
  suffix: string,
  url: string | undefined,
  { nkey, creds }: Pick<NatsLogin, 'nkey' | 'creds'>,
): Pick<NatsLogin, 'nkey' | 'creds'> {
  const given = [
    ...(hasUser(url) ? [`the user in NATS_URL${suffix}`] : []),
    ...(nkey === undefined ? [] : [`NATS_NKEY${suffix}`]),
    ...(creds === undefined ? [] : [`NATS_CREDS${suffix}`]),
  ]
  if (given.length > 1) throw new WrongSetting(`only one of ${given.join(' and ')} may be set`)
  checkFile(`NATS_NKEY${suffix}`, nkey, 'the seed of an nkey (SU…)', (text) =>
    /^SU[A-Z2-7]{56}$/.test(text.trim()),
  )
  checkFile(
    `NATS_CREDS${suffix}`,
    creds,
    'a file of credentials, with a user’s JWT and the seed of its nkey',
    (text) =>
      /-BEGIN NATS USER JWT-+\s+\S+\s+-[\s\S]*-BEGIN USER NKEY SEED-+\s+SU[A-Z2-7]{56}\s+-/.test(text),
  )
  return { nkey, creds }
}

function hasUser(url: string | undefined): boolean {
  if (!url) return false
  const { user, token } = connectOptions(url)
  return user !== undefined || token !== undefined
}

function checkFiles({ ca, cert, key }: Values<typeof fileVariables>): void {
  checkFile('NATS_CA', ca, 'certificates in PEM', (pem) => new X509Certificate(pem).subject !== undefined)
  if ((cert === undefined) !== (key === undefined))
    throw new WrongSetting(
      `${cert === undefined ? 'NATS_CERT' : 'NATS_KEY'} must be set too: a certificate needs its key`,
    )
  const certPem = checkFile('NATS_CERT', cert, 'a certificate in PEM', (pem) => !!new X509Certificate(pem))
  const keyPem = checkFile(
    'NATS_KEY',
    key,
    'a key in PEM without a passphrase',
    (pem) => !!createPrivateKey(pem),
  )
  if (certPem === undefined || keyPem === undefined) return
  const certificate = new X509Certificate(certPem)
  if (!certificate.checkPrivateKey(createPrivateKey(keyPem)))
    throw new WrongSetting(`NATS_KEY=${key} is not the key of the certificate NATS_CERT=${cert}`)
  if (Date.parse(certificate.validTo) < Date.now())
    throw new WrongSetting(`NATS_CERT=${cert} has expired, on ${new Date(certificate.validTo).toISOString()}`)
}

/** Reads the file that a variable names. Throws WrongSetting where it cannot be read or holds something else. */
function checkFile(
  name: string,
  path: string | undefined,
  content: string,
  isRight: (text: string) => boolean,
): string | undefined {
  if (path === undefined) return undefined
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new WrongSetting(`${name}=${path} cannot be read: ${(error as Error).message}`, { cause: error })
  }
  if (holds(text, isRight)) return text
  // Without its content, which may be a secret.
  throw new WrongSetting(`${name}=${path} is not ${content}`)
}

function holds(text: string, isRight: (text: string) => boolean): boolean {
  try {
    return isRight(text)
  } catch {
    return false
  }
}

/** The embedded server reads both from the environment itself. */
export const embeddedServerVariables = {
  binary: {
    name: 'NATS_SERVER',
    help: 'the nats-server binary for the embedded server; default: found or fetched',
    allowed: 'a path',
    schema: z.string().optional(),
  },
  port: port(
    'FRONTDESK_NATS_PORT',
    4222,
    'port of the embedded server; default 4222, the next free one if taken',
  ),
} satisfies Record<string, Variable>

function isNatsUrl(url: string): boolean {
  try {
    return connectOptions(url).servers.every((server) =>
      /^((nats|tls|ws|wss):\/\/)?(\[[0-9a-f:.]+\]|[^\s/:@[\]]+)(:\d{1,5})?$/i.test(server),
    )
  } catch {
    return false
  }
}
