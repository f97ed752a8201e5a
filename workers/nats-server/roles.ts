import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { open, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { parseJson } from '../../schemas/parse-json.ts'
import { type NatsRole, natsRoles } from '../../schemas/roles.ts'
import { projectFile } from '../build/project-folder.mjs'

/** The URLs of one server: with all rights, and as each role. */
export interface ServerUrls {
  /** For this machine, with user and password where the server needs them. */
  url: string
  roles: Record<NatsRole, string>
}

const users = ['frontdesk', ...natsRoles] as const
type Passwords = Record<(typeof users)[number], string>

/** The configuration of all accounts; their passwords are variables, of the configuration or the environment. */
export function rolesConfig(): Promise<string> {
  return readFile(projectFile('workers/nats-server/roles.conf'), 'utf8')
}

/**
 * Makes a data folder's passwords; those that the file has already are kept. For the process that holds the folder
 * and starts its server.
 */
export async function makePasswords(dataFolder: string): Promise<void> {
  const known: Partial<Passwords> = await readPasswords(dataFolder).catch((error) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  })
  if (users.every((user) => known[user])) return
  const made = users.map((user) => [user, known[user] || newPassword()])
  await replaceFile(passwordsPath(dataFolder), textOf(Object.fromEntries(made) as Passwords))
}

/** Writes the passwords as variables of the server's configuration, which includes the file. */
export async function writePasswordConfig(dataFolder: string): Promise<void> {
  const variables = Object.entries(await passwordVariables(dataFolder))
  const text = variables.map(([name, value]) => `${name}: ${value}\n`).join('')
  await replaceFile(
    join(dataFolder, passwordConfig),
    `# Written by frontdesk: changes here are lost.\n${text}`,
  )
}

/** The name of the file of `writePasswordConfig` in the data folder. */
export const passwordConfig = 'nats.passwords.conf'

/**
 * Makes new passwords in the place of all that a data folder has; programs that run on it read them for their next
 * connection. Returns the function that brings the former ones back.
 */
export async function replacePasswords(dataFolder: string): Promise<() => Promise<void>> {
  const former = await readPasswords(dataFolder)
  const write = async (passwords: Passwords) => {
    await replaceFile(passwordsPath(dataFolder), textOf(passwords))
    await writePasswordConfig(dataFolder)
  }
  await write(Object.fromEntries(users.map((user) => [user, newPassword()])) as Passwords)
  return () => write(former)
}

/** The passwords as environment variables, in quotes, since NATS reads a variable's value as configuration: `1e5` would be a number. */
export async function passwordVariables(dataFolder: string): Promise<Record<string, string>> {
  const passwords = await readPasswords(dataFolder)
  return Object.fromEntries(
    users.map((user) => [`${user.toUpperCase()}_PASSWORD`, JSON.stringify(passwords[user])]),
  )
}

/** The URLs of a data folder's server, on a port of this machine. */
export async function urlsOf(dataFolder: string, port: number): Promise<ServerUrls> {
  const passwords = await readPasswords(dataFolder)
  const { frontdesk, ...others } = Object.fromEntries(
    users.map((user) => [user, urlOf(user, passwords[user], `127.0.0.1:${port}`)]),
  ) as Passwords
  return { url: frontdesk, roles: others }
}

/** The URLs of a server that NATS_URL names; NATS_URL_WIDGET and the like override it, each for its role. */
export function givenUrls(url: string, env: NodeJS.ProcessEnv): ServerUrls {
  const urls = natsRoles.map((role) => [role, env[`NATS_URL_${role.toUpperCase()}`] || url])
  return { url, roles: Object.fromEntries(urls) as Record<NatsRole, string> }
}

/** A URL of the data folder's server with the password that its user has now; as it was, where that cannot be read. */
export function presentUrl(url: string, dataFolder: string): string {
  const [, user = ''] = /^nats:\/\/(\w+):/.exec(url) ?? []
  try {
    const password = passwordsIn(readFileSync(passwordsPath(dataFolder), 'utf8'))?.[user as keyof Passwords]
    return password === undefined ? url : urlOf(user, password, url.slice(url.lastIndexOf('@') + 1))
  } catch {
    return url
  }
}

async function readPasswords(dataFolder: string): Promise<Passwords> {
  const file = passwordsPath(dataFolder)
  const read = passwordsIn(await readOwn(file))
  if (read) return read
  // Without its content: it may hold passwords.
  throw new Error(
    `${file} is not a file of passwords, {"frontdesk": "…", …}: repair it, or remove it for new ones`,
  )
}

/** Reads a file of secrets that nobody else may read: takes the rights of others away, which a restored backup may have given. */
async function readOwn(path: string): Promise<string> {
  const file = await open(path)
  try {
    if (((await file.stat()).mode & 0o077) !== 0)
      await file.chmod(0o600).catch((cause: Error) => {
        throw new Error(`others may read ${path}, and their rights cannot be taken away: ${cause.message}`, {
          cause,
        })
      })
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

function passwordsIn(text: string): Passwords | undefined {
  return passwordFile.safeParse(parseJson(text)).data as Passwords | undefined
}

const newPassword = () => randomBytes(24).toString('base64url')
const textOf = (passwords: Passwords) => `${JSON.stringify(passwords, null, 2)}\n`

/** Replaces a file that nobody else may read as a whole: it may be read meanwhile. */
async function replaceFile(path: string, text: string): Promise<void> {
  const written = `${path}.${process.pid}`
  await writeFile(written, text, { mode: 0o600 })
  await rename(written, path)
}

function urlOf(user: string, password: string, host: string): string {
  return `nats://${user}:${encodeURIComponent(password)}@${host}`
}

/** Only characters that a URL, a header and NATS' configuration in quotes can all carry. */
const passwordFile = z.partialRecord(z.enum(users), z.string().regex(/^[ -~]+$/))

/** The file with the passwords of a data folder's server. */
export const passwordsPath = (dataFolder: string) => join(dataFolder, 'nats.passwords.json')
