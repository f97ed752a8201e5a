import { access, constants, readdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { cacheFolder } from '../fetch/cache-folder.ts'
import { fetchServer } from '../fetch/fetch-server.ts'
import { isAtLeast, type SyncMode, versionOf, whyTooOld } from '../server-version.ts'

export interface FindOptions {
  env?: NodeJS.ProcessEnv
  report?: (line: string) => void
  cache?: string
  sync?: SyncMode
  fetch?: typeof fetchServer
}

/** The path of a nats-server that is new enough: from NATS_SERVER, the PATH, the cache, or fetched into the cache. */
export async function findServer(options: FindOptions = {}): Promise<string> {
  const env = options.env ?? process.env
  const { report = () => {}, sync } = options

  if (env.NATS_SERVER) return await given(env.NATS_SERVER, sync)
  const onPath = await inFolders((env.PATH ?? '').split(delimiter), report, sync)
  if (onPath) return onPath
  const cache = options.cache ?? (await cacheFolder(env))
  const cached = await inCache(cache, sync)
  if (cached) return cached
  return (options.fetch ?? fetchServer)({ cache, env, report })
}

async function given(binary: string, sync?: SyncMode): Promise<string> {
  const version = await versionOf(binary)
  if (!version) throw new Error(`NATS_SERVER=${binary} cannot be run as a nats-server`)
  const tooOld = whyTooOld(version, sync)
  if (tooOld) throw new Error(`NATS_SERVER=${binary} ${tooOld}`)
  return binary
}

async function inFolders(
  folders: string[],
  report: (line: string) => void,
  sync?: SyncMode,
): Promise<string | undefined> {
  for (const folder of folders) {
    const binary = join(folder, 'nats-server')
    if (folder === '' || !(await isExecutable(binary))) continue
    const version = await versionOf(binary)
    const problem = version ? whyTooOld(version, sync) : 'does not run'
    if (!problem) return binary
    report(`${binary} ${problem}. Looking further`)
  }
  return undefined
}

/** The cache holds `nats-server/<version>/nats-server`; the newest that runs wins. */
async function inCache(cache: string, sync?: SyncMode): Promise<string | undefined> {
  const folder = join(cache, 'nats-server')
  const versions = (await readdir(folder).catch(() => [])).filter((name) => /^\d/.test(name))
  versions.sort((a, b) => (isAtLeast(a, b) ? -1 : 1))
  for (const name of versions) {
    const binary = join(folder, name, 'nats-server')
    const version = await versionOf(binary)
    if (version && !whyTooOld(version, sync)) return binary
  }
  return undefined
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
