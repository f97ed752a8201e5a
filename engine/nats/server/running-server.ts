import { realpath } from 'node:fs/promises'
import { serverName } from './embedded-server.ts'
import { holderOf } from './folder-lock.ts'
import { readServerInfo } from './server-info.ts'

/** The URL of the server that a living process runs for a data folder; `undefined` where there is none. */
export async function runningServer(folder: string): Promise<string | undefined> {
  const dataFolder = await realpath(folder).catch(() => undefined)
  const claim = dataFolder && (await holderOf(dataFolder))
  if (!claim) return undefined
  if (claim.container) return claim.container.url
  if (!claim.server || (await readServerInfo(claim.server.port))?.server_name !== serverName(dataFolder))
    return undefined
  return `nats://127.0.0.1:${claim.server.port}`
}
