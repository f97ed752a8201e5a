import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { parseJson } from '../../schemas/parse-json.ts'
import { type NatsRole, natsRoles } from '../../schemas/roles.ts'
import { projectFile } from '../build/project-folder.mjs'

/** One server, as those who may do everything and as each role reach it. */
export interface ServerUrls {
  /** Usable as it stands from this machine, with user and password where the server wants them. */
  url: string
  roles: Record<NatsRole, string>
}

const users = ['frontdesk', ...natsRoles] as const
type Passwords = Record<(typeof users)[number], string>

/** The configuration of all accounts; it reads their passwords from the server's environment. */
export function rolesConfig(): Promise<string> {
  return readFile(projectFile('workers/nats-server/roles.conf'), 'utf8')
}

/**
 * A data folder's passwords, made once; those that the file has already are kept. For whoever holds the folder and
 * starts its server.
 */
export async function makePasswords(dataFolder: string): Promise<void> {
  const known: Partial<Passwords> = await readPasswords(dataFolder).catch((error) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  })
  if (users.every((user) => known[user])) return
  const made = users.map((user) => [user, known[user] || randomBytes(24).toString('base64url')])
  await writeFile(fileOf(dataFolder), `${JSON.stringify(Object.fromEntries(made), null, 2)}\n`, {
    mode: 0o600,
  })
}

/** They are in quotes, since NATS reads a variable's value as configuration: `1e5` would be a number. */
export async function passwordVariables(dataFolder: string): Promise<Record<string, string>> {
  const passwords = await readPasswords(dataFolder)
  return Object.fromEntries(
    users.map((user) => [`${user.toUpperCase()}_PASSWORD`, JSON.stringify(passwords[user])]),
  )
}

/** Where a data folder's server is, on a port of this machine. */
export async function urlsOf(dataFolder: string, port: number): Promise<ServerUrls> {
  const passwords = await readPasswords(dataFolder)
  const { frontdesk, ...others } = Object.fromEntries(
    users.map((user) => [user, `nats://${user}:${encodeURIComponent(passwords[user])}@127.0.0.1:${port}`]),
  ) as Passwords
  return { url: frontdesk, roles: others }
}

/** A server that NATS_URL names; NATS_URL_WIDGET and the like override it for a role each. */
export function givenUrls(url: string, env: NodeJS.ProcessEnv): ServerUrls {
  const urls = natsRoles.map((role) => [role, env[`NATS_URL_${role.toUpperCase()}`] || url])
  return { url, roles: Object.fromEntries(urls) as Record<NatsRole, string> }
}

async function readPasswords(dataFolder: string): Promise<Passwords> {
  const file = fileOf(dataFolder)
  const text = await readFile(file, 'utf8')
  const read = passwordFile.safeParse(parseJson(text))
  if (read.success) return read.data as Passwords
  // What it holds is not said.
  throw new Error(
    `${file} is no file of passwords, {"frontdesk": "…", …}: repair it, or remove it for new ones`,
  )
}

/** Of the characters that a URL, a header and NATS' configuration can all carry in quotes. */
const passwordFile = z.partialRecord(z.enum(users), z.string().regex(/^[ -~]+$/))

const fileOf = (dataFolder: string) => join(dataFolder, 'nats.passwords.json')
