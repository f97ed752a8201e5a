import { realpath } from 'node:fs/promises'
import { serverName } from './embedded/embedded-server.ts'
import { holderOf } from './embedded/folder-lock.ts'
import { type ServerUrls, urlsOf } from './roles.ts'
import { readServerInfo } from './server-info.ts'

/** The server that a living process runs for a data folder; `undefined` where there is none. */
export async function runningServer(folder: string): Promise<ServerUrls | undefined> {
  const dataFolder = await realpath(folder).catch(() => undefined)
  const claim = dataFolder && (await holderOf(dataFolder))
  if (!claim) return undefined
  if (claim.container) return urlsOf(dataFolder, claim.container.port)
  if (!claim.server || (await readServerInfo(claim.server.port))?.server_name !== serverName(dataFolder))
    return undefined
  return urlsOf(dataFolder, claim.server.port)
}
