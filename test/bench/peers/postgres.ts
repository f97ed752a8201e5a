import { chown, mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runProgram } from '../../../workers/nats-server/fetch/run-program.ts'
import { freePort } from '../../test-server.ts'
import { Launched } from '../processes.ts'
import { findProgram, versionOfProgram } from './find-program.ts'

const howToGet = `no PostgreSQL (initdb and postgres) was found. Any of these helps:
  Debian, Ubuntu: apt-get install postgresql
  macOS:          brew install postgresql
  elsewhere:      set POSTGRES_BIN to the folder of initdb and postgres`

export async function lackOfPostgres(): Promise<string | undefined> {
  return (await findPostgres()) ? undefined : howToGet
}

/** The folder of its programs: POSTGRES_BIN, on the PATH, or where Debian has them. */
async function findPostgres(): Promise<string | undefined> {
  const debian = '/usr/lib/postgresql'
  const versions = (await readdir(debian).catch(() => [])).sort((a, b) => Number(b) - Number(a))
  const folders = versions.map((version) => join(debian, version, 'bin'))
  const { POSTGRES_BIN } = process.env
  const initdb = await findProgram('initdb', [POSTGRES_BIN && join(POSTGRES_BIN, 'initdb')], folders)
  return initdb && dirname(initdb)
}

/** PostgreSQL with its stock settings, but that a commit waits for the disk only where it always has to. */
export async function startPostgres(
  folder: string,
  always: boolean,
): Promise<{ postgres: Launched; url: string; version: string }> {
  const bin = (await findPostgres()) ?? ''
  const data = join(folder, 'data')
  await mkdir(data, { mode: 0o700 })
  const user = await ordinaryUser()
  if (user) await Promise.all([folder, data].map((path) => chown(path, user.uid, user.gid)))
  const env = { ...process.env, LC_ALL: 'C.UTF-8' }
  const options = { ...user, env, cwd: data }
  const made = new Launched(
    'initdb',
    join(bin, 'initdb'),
    ['-D', data, '-U', 'bench', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
    options,
  )
  await made.printed('Success.')
  const port = await freePort()
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: data,
    synchronous_commit: always ? 'on' : 'off',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const postgres = new Launched('postgres', join(bin, 'postgres'), ['-D', data, ...args], options)
  await postgres.printed('ready to accept connections')
  const version = await versionOfProgram(join(bin, 'postgres'))
  return { postgres, url: `postgresql://bench@127.0.0.1:${port}/postgres`, version }
}

/** PostgreSQL does not run as root: as its own user then, or as nobody. */
async function ordinaryUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((of) => runProgram('id', [of, name])))
    if (uid?.code === 0 && gid?.code === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  }
  throw new Error('PostgreSQL does not run as root, and there is no user "nobody"')
}
