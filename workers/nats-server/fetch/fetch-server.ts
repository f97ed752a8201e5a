import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isAtLeast, versionOf } from '../server-version.ts'
import { fetchFromApt } from './fetch-from-apt.ts'
import { fetchRelease } from './fetch-release.ts'
import type { FetchOptions, Source } from './source.ts'

const abandonedAfterMs = 60 * 60 * 1_000

/** There is no server on this machine and none to fetch; the message says how to install one. */
export class NoServer extends Error {}

/** Fetches a nats-server into the cache: from apt's mirror, else from the project's release page. */
export async function fetchServer(
  options: FetchOptions & { cache: string; sources?: readonly Source[] },
): Promise<string> {
  const folder = join(options.cache, 'nats-server')
  await mkdir(folder, { recursive: true })
  await removeAbandoned(folder)
  // Each process has a folder of its own: two at the same time only do the work twice.
  const work = await mkdtemp(join(folder, '.fetch-'))
  try {
    for (const source of options.sources ?? [fetchFromApt, fetchRelease]) {
      const binary = await source(work, options)
      if (binary) return await install(binary, work, folder)
    }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  throw new NoServer(howToInstall)
}

export const howToInstall = `no nats-server 2.14.4 or newer was found, and none could be fetched. Any of these helps:
  Debian, Ubuntu: apt-get install nats-server where it is new enough (Debian 14 on); else as any Linux
  other Linux:    put the nats-server of https://github.com/nats-io/nats-server/releases on the PATH
  macOS:          brew install nats-server
  Windows:        run frontdesk in WSL, or start a nats-server with JetStream and set NATS_URL
  a binary:       set NATS_SERVER to its path
  a server:       set NATS_URL to its address; or start Docker, and frontdesk takes a container`

async function install(binary: string, work: string, folder: string): Promise<string> {
  const version = await versionOf(binary)
  if (!version || !isAtLeast(version))
    throw new Error(`fetched a nats-server that is ${version ?? 'unusable'}`)
  const ready = join(work, 'install')
  const target = join(folder, version)
  await mkdir(ready)
  await copyFile(binary, join(ready, 'nats-server'))
  await chmod(join(ready, 'nats-server'), 0o755)
  await rename(ready, target).catch(async (error) => {
    // Another process was faster: use its server, unless that does not run.
    if (await versionOf(join(target, 'nats-server'))) return
    await rm(target, { recursive: true, force: true })
    await rename(ready, target).catch(() => Promise.reject(error))
  })
  return join(target, 'nats-server')
}

/** Removes the folders that killed fetches left in the cache. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    if (!name.startsWith('.fetch-')) continue
    const age = await stat(path).then(
      (found) => Date.now() - found.mtimeMs,
      () => 0,
    )
    if (age > abandonedAfterMs) await rm(path, { recursive: true, force: true })
  }
}
