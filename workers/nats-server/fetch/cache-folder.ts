import { access, constants, mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** The folder for fetched programs: in the user's cache, or in the data folder where that is not writable. */
export async function cacheFolder(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const places = [
    // A relative path has to be ignored (XDG base directory specification).
    env.XDG_CACHE_HOME?.startsWith('/') ? join(env.XDG_CACHE_HOME, 'frontdesk') : undefined,
    join(env.HOME || homedir(), '.cache', 'frontdesk'),
    resolve(env.FRONTDESK_DATA || '.frontdesk', 'cache'),
  ]
  for (const place of places) if (place && (await isWritable(place))) return place
  throw new Error(`no folder to keep a nats-server in; tried ${places.filter(Boolean).join(', ')}`)
}

async function isWritable(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true })
    await access(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
